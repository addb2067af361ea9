import MusicMatching
import Threads

/// The catalogue in the form from which browsers choose songs themselves, so that no mood is sent: made when asked for.
struct SongsFile: Sendable {
    static let name = "songs.fmsongs"
    /// Of more the server chooses: each is some 30 bytes on the line, and a page has all of them in its memory.
    static let mostSongs = 50_000
    /// For so long it is taken for what the catalogue has.
    private static let lasting = Duration.seconds(60)
    /// As `Cache-Control` has it: which songs are the owner's is in it.
    static let keeping = "private, no-cache"

    let catalogues: CataloguePool
    /// Whether it says which files visitors hear.
    let namesFiles: Bool

    private final class Kept: Sendable {
        let asset = Guarded<(time: ContinuousClock.Instant, asset: Asset)?>(nil)
        /// Held while it is made; `asset` is not, which threads ask that must not wait.
        let making = Guarded(())
        /// What `isThere` said last.
        let isThere = Guarded(false)
    }
    private let kept = Kept()

    init(catalogues: CataloguePool, namesFiles: Bool) {
        self.catalogues = catalogues
        self.namesFiles = namesFiles
    }

    /// Whether a catalogue of so many songs is given to browsers.
    static func holds(_ songs: Int) -> Bool {
        songs <= mostSongs && EngineFiles.path(of: EngineFiles.songsModule) != nil
    }

    /// The same of the catalogue as it is now, or was before it could not be read.
    var isThere: Bool {
        let now = (try? catalogues.use { try $0.count }).map(SongsFile.holds)
        return kept.isThere.withLock {
            $0 = now ?? $0
            return $0
        }
    }

    /// What was made a moment ago.
    var known: Asset? { kept.asset.withLock { SongsFile.current($0) } }

    private static func current(_ kept: (time: ContinuousClock.Instant, asset: Asset)?) -> Asset? {
        kept.flatMap { $0.time.duration(to: .now) < lasting ? $0.asset : nil }
    }

    /// The file; nil for a catalogue that is too large. Whoever comes while it is made waits. Cost: some 0.1 s for the
    /// built-in songs. Throws `Problem`.
    func make() throws -> Asset? {
        try kept.making.withLock { _ in
            if let asset = known { return asset }
            let bytes = try catalogues.use { catalogue -> [UInt8]? in
                guard SongsFile.holds(try catalogue.count) else { return nil }
                return try catalogue.compact(
                    keepsOwner: true, namesFiles: namesFiles, mostSongs: SongsFile.mostSongs
                ).bytes
            }
            guard let bytes else { return nil }
            let old = kept.asset.withLock { $0?.asset }
            // Packing takes longer than reading.
            let asset =
                old.flatMap { $0.bytes == bytes ? $0 : nil } ?? Asset(bytes, type: AssetStore.type(of: SongsFile.name))
            kept.asset.withLock { $0 = (.now, asset) }
            return asset
        }
    }
}
