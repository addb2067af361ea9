import MusicMatching
import Threads

/// Connections to the catalogue: one is for one thread at a time.
final class CataloguePool: Sendable {
    /// Connections that are kept open.
    static let size = 8

    private struct State {
        var idle: [Box] = []
    }

    private final class Box: @unchecked Sendable {
        // Safe to share: whoever takes it out of `idle` has it alone.
        let catalogue: Catalogue

        init(_ catalogue: Catalogue) {
            self.catalogue = catalogue
            // Whoever waits here holds up a thread that serves many: rather is the visitor told to come again.
            catalogue.setBusyTimeout(.milliseconds(200))
            catalogue.setPatience(.seconds(5))
            catalogue.sharesSongs = true
        }
    }

    private let state = Guarded(State())
    private let open: @Sendable () throws -> Catalogue
    /// A catalogue in memory exists once.
    private let isSingle: Bool
    /// Whether it is on another machine, perhaps: asking may take as long as networks let one wait.
    let isRemote: Bool

    /// - Parameters:
    ///   - first: a connection that is open already.
    ///   - open: makes another one.
    init(_ first: sending Catalogue, open: @escaping @Sendable () throws -> Catalogue) {
        isSingle = first.path == ":memory:"
        isRemote = Catalogue.isAddress(first.place)
        self.open = open
        let box = Box(first)
        state.withLock { $0.idle.append(box) }
    }

    /// Lends a connection. Throws `Problem` for what the catalogue throws.
    func use<R>(_ body: (Catalogue) throws -> R) throws -> R {
        do {
            if isSingle {
                return try state.withLock { try body($0.idle[0].catalogue) }
            }
            let box = try state.withLock { $0.idle.popLast() } ?? Box(open())
            defer { state.withLock { if $0.idle.count < CataloguePool.size { $0.idle.append(box) } } }
            return try body(box.catalogue)
        } catch MusicError.noSuchSong(let name) {
            throw Problem(.notFound, "there is no song \(name)")
        } catch MusicError.noSuchPlaylist(let name) {
            throw Problem(.notFound, "there is no playlist \(name)")
        } catch MusicError.noSuchArtist(let name, nearest: _) {
            throw Problem(.notFound, "there is no artist \(name)")
        } catch MusicError.busy {
            throw Problem(.overloaded, "another program is writing to the catalogue", retryAfter: 2)
        } catch MusicError.unreachable {
            // Not 503, for which proxies take a server out that answers everything else.
            throw Problem(.catalogue, "the catalogue cannot be reached", retryAfter: 2)
        } catch is MusicError {
            throw Problem(.catalogue, "the catalogue cannot be read")
        }
    }

    /// Closes all that are not lent.
    func close() {
        if !isSingle { state.withLock { $0.idle = [] } }
    }
}
