import FaceVision
import MusicMatching
import Threads

extension WebApplication {
    /// Who may use it and how much.
    public struct Options: Sendable {
        /// The secret that visitors must know; `nil`: none is needed.
        public var token: String?
        /// Names beside `localhost` and IP addresses that the server answers to.
        public var hostNames: [String] = []
        /// Whether the only visitors are on this machine: then likes and history in the catalogue are theirs, and
        /// opinions are kept there.
        public var isPersonal = true
        /// Whether visitors hear the owner's music that the catalogue knows: files, and songs of `servers`.
        public var sharesFiles = true
        /// Gives songs of the owner's music servers; `nil` if none is asked.
        public var servers: ServerSongs?
        /// Saves playlists of a page for one person elsewhere too; `nil` if it does not.
        public var copies: PlaylistCopies?
        /// Requests per second of one client, and how many it may make at once after a pause; 0 for no limit.
        public var requestsPerSecond = 40.0
        public var burst = 120.0
        /// Whether a proxy, on this machine or one of `proxies`, says who the client is, whether it came over TLS and
        /// below which path it asked (`X-Forwarded-For`, `X-Forwarded-Proto`, `X-Forwarded-Prefix`).
        public var isBehindProxy = false
        public var proxies: [AddressRange] = []
        /// The path below which the page is, as `BasePath.parse` gives it.
        public var basePath = ""
        /// How faces are found unless a visitor says so, one of `FaceSearch.names`.
        public var detector = "auto"
        public var detectorSettings = DetectorSettings()
        /// Pictures analysed at once and waiting.
        public var analyses = Processors.available
        public var waiting = 4
        public var sessions = 500
        /// The page's folder; the one that belongs to the program if `nil`.
        public var pageFolder: String?
        /// Asks a music service what it knows of a song; may take seconds.
        public var media: (@Sendable (Song, _ service: String?, _ needsPreview: Bool) -> SongMedia)?
        /// Names of the services that visitors can choose, and of the one that is asked when they don't.
        public var services: [String] = []
        public var usualService: String?
        /// What the server's owner can do about a problem; visitors read it behind what is wrong.
        public var remedies: [Problem.Kind: String] = [:]
        /// Lines about requests; never with queries, bodies or tokens.
        public var log: (@Sendable (String) -> Void)?

        public init() {}
    }

    /// Where the songs are.
    public struct Music: Sendable {
        public var open: @Sendable () throws -> Catalogue
        public var moodMap: MoodMap

        public init(moodMap: MoodMap, open: @escaping @Sendable () throws -> Catalogue) {
            self.open = open
            self.moodMap = moodMap
        }
    }
}
