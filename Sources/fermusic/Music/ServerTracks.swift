import Glibc
import MusicMatching
import Terminal
import Threads
import Timing

/// Songs of the listener's music servers on their way to the player: each is fetched whole into a file without a name, the
/// next one while the one before it plays. For one thread that asks.
final class ServerTracks: Sendable {
    /// A song in a file that ends with this, and a path under which this process reads it.
    final class Fetched: Sendable {
        private let descriptor: Int32
        var path: String { "/proc/self/fd/\(descriptor)" }

        /// `nil` if there is no room for it.
        init?(_ bytes: [UInt8]) {
            var name = Array("\(environmentValue("TMPDIR") ?? "/tmp")/fermusic-XXXXXX".utf8CString)
            descriptor = mkstemp(&name)
            guard descriptor >= 0 else { return nil }
            unlink(name)
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            var done = 0
            while done < bytes.count {
                let put = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + done, bytes.count - done) }
                // `deinit` closes it.
                guard put > 0 else { return nil }
                done += put
            }
        }

        deinit { if descriptor >= 0 { close(descriptor) } }
    }

    private struct State {
        /// The number of the song that is fetched ahead.
        var ahead: Int?
        var result: Result<Fetched, ProviderError>?
    }

    private let servers: ServerSongs
    private let places: [String]
    private let state = Guarded(State())
    private let changed = Condition()
    private let isOver = Guarded(false)

    /// Bytes of a song at most: two hours of FLAC.
    private static let largest = 600 << 20
    /// For a whole song.
    private static let patience = Duration.seconds(120)

    /// - Parameter places: what the catalogue's songs were imported from.
    init(_ servers: ServerSongs, places: [String]) {
        self.servers = servers
        self.places = places
    }

    /// Whether one of the servers has a song.
    func has(_ song: Song) -> Bool { servers.server(of: song.identifiers, among: places) != nil }

    /// Begins to fetch a song that comes soon.
    func prepare(_ song: Song) {
        let isNew = state.withLock { state in
            if state.ahead == song.id { return false }
            state = State(ahead: song.id)
            return true
        }
        guard isNew else { return }
        let started = WorkerThread.startDetached { [self] in
            let result = fetch(song)
            state.withLock { if $0.ahead == song.id { $0.result = result } }
            changed.withLock { changed.broadcast() }
        }
        if !started { state.withLock { $0 = State() } }
    }

    /// A song, waited for. Throws `ProviderError`.
    func take(_ song: Song) throws(ProviderError) -> Fetched {
        guard state.withLock({ $0.ahead == song.id }) else { return try fetch(song).get() }
        defer { state.withLock { if $0.ahead == song.id { $0 = State() } } }
        while true {
            if let result = state.withLock({ $0.result }) { return try result.get() }
            changed.withLock { changed.wait(until: monotonicNanoseconds() + 50_000_000) }
        }
    }

    /// Nothing is fetched any more.
    func stop() {
        isOver.withLock { $0 = true }
        servers.close()
    }

    private func fetch(_ song: Song) -> Result<Fetched, ProviderError> {
        guard let server = servers.server(of: song.identifiers, among: places) else {
            return .failure(ProviderError(named: "the server", .notFound, "the song"))
        }
        do throws(ProviderError) {
            let sound = try servers.sound(of: song, from: server, ServerSongs.Wish())
            defer { servers.close(sound.download) }
            let limit = CallLimit(ServerTracks.patience) { [self] in isOver.withLock { $0 } }
            let bytes: [UInt8]
            do {
                bytes = try sound.download.rest(upTo: ServerTracks.largest, limit)
            } catch {
                throw ProviderError(named: server.name, error)
            }
            guard let fetched = Fetched(bytes) else {
                throw ProviderError(named: server.name, .refused, "there is no room for the song")
            }
            return .success(fetched)
        } catch {
            return .failure(error)
        }
    }
}
