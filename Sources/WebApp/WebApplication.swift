import EmotionRecognition
import FaceVision
import Files
import MusicMatching
import Synchronization
import TextCoding
import Threads

/// The page, the interface behind it, and what keeps both safe.
public final class WebApplication: HTTPHandler {
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

    private let options: Options
    private let token: AccessToken?
    private let origins: OriginCheck
    private let limiter: RateLimiter
    private let guesses: RateLimiter
    private let router: Router
    private let assets: AssetStore
    private let analysis: AnalysisService
    private let catalogues: CataloguePool
    private let background: JobQueue
    /// Asks a catalogue that is far away, so that the threads which read requests never wait for it.
    private let questions: JobQueue?
    private let relays: JobQueue
    private let metrics = Metrics()
    private let feed: LiveFeed?
    private let ticker: Ticker
    private let departure = Departure()
    /// Once nobody waits for answers any more.
    private let end = Departure()

    /// - Parameter feed: what a camera of this machine sees, if there is one.
    /// Throws what reading models, page and catalogue throw.
    public init(_ options: Options, models: ModelShelf, music: Music, feed: LiveFeed? = nil) throws {
        self.options = options
        self.feed = feed
        token = options.token.map(AccessToken.init)
        origins = OriginCheck(names: options.hostNames)
        limiter = RateLimiter(perSecond: options.requestsPerSecond, burst: options.burst)
        guesses = RateLimiter(perSecond: 0.2, burst: 10)
        assets = try AssetStore(
            folder: try options.pageFolder ?? AssetStore.standardFolder(), base: options.basePath)
        var limits = AnalysisService.Limits()
        limits.workers = options.analyses
        limits.waiting = options.waiting
        limits.sessions = options.sessions
        let analysis = AnalysisService(
            models, try DetectorShelf(usual: options.detector, options.detectorSettings), limits: limits)
        self.analysis = analysis
        background = JobQueue(workers: 2, waitingLimit: 64)
        relays = JobQueue(workers: 6, waitingLimit: 48)
        catalogues = CataloguePool(try music.open(), open: music.open)
        questions = catalogues.isRemote ? JobQueue(workers: CataloguePool.size, waitingLimit: 64) : nil
        ticker = Ticker(seconds: 5) {
            analysis.sessions.sweep()
            feed?.nudge()
        }
        let analyse = AnalyseAPI(service: analysis, moodMap: music.moodMap, metrics: metrics)
        let own = OwnMusic(isShared: options.sharesFiles, servers: options.servers)
        let songs = MusicAPI(
            catalogues: catalogues, background: background, media: options.media, isPersonal: options.isPersonal,
            own: own)
        let engine = EngineFiles(
            models, isUsualDetector: options.detector == "auto" && options.detectorSettings == DetectorSettings())
        let about = OptionsAPI(
            catalogues: catalogues,
            facts: PageFacts(
                shelf: models, detectors: (analysis.detectors.names, analysis.detectors.usual), limits: limits,
                engine: { engine.json(base: $0 + EngineFiles.folder) },
                matcher: { engine.matcher(base: $0 + EngineFiles.folder, songs: $1) },
                sound: { engine.sound(base: $0 + EngineFiles.folder) }, moodMap: music.moodMap,
                pageLanguages: assets.languages, isPersonal: options.isPersonal, isLive: feed != nil,
                services: options.services, usualService: options.usualService), own: own)
        let songsFile = SongsFile(catalogues: catalogues, namesFiles: options.sharesFiles)
        router = Router(
            routes: PageRoutes(
                assets: assets, token: token, engine: { engine.kept }, songs: songsFile, background: background,
                guesses: guesses
            ).routes + analyse.routes
                + songs.routes + about.routes
                + PlaylistAPI(
                    catalogues: catalogues, isPersonal: options.isPersonal, own: own, copies: options.copies,
                    relays: relays, isOver: { [end] in end.hasBegun }
                ).routes
                + FileAPI(catalogues: catalogues, isOpen: options.sharesFiles).routes
                + StreamAPI(catalogues: catalogues, own: own, relays: relays).routes
                + EngineRoutes(files: engine, songs: songsFile, background: background).routes
                + ServerRoutes(
                    metrics: metrics, feed: feed, departure: departure,
                    gauges: { [analysis, background] in
                        WebApplication.gauges(analysis, background, feed)
                    }
                ).routes)
    }

    /// From now on says that nobody new should be sent here (`/readyz`); everything is still answered.
    public func leave() { departure.begin() }

    /// Lets what runs end, then closes the catalogue. The server must have been drained.
    public func stop() {
        end.begin()
        feed?.close()
        options.servers?.close()
        relays.stop()
        analysis.queue.stop()
        background.stop()
        questions?.stop()
        catalogues.close()
    }

    /// Pictures that wait or are looked at.
    package var analyses: Int { analysis.queue.load }

    /// Bytes of all that a visit of the page loads before anything is played, compressed as it is sent.
    public var visitBytes: Int { assets.visitBytes(compressed: true) }

    /// The paths with their methods, for comparing with the description of the API.
    package var operations: [(method: String, path: String)] { router.routes.map { ($0.method, $0.path) } }

    private static func gauges(
        _ analysis: AnalysisService, _ background: JobQueue, _ feed: LiveFeed?
    ) -> [(name: String, help: String, value: Int)] {
        [
            ("sessions", "Streams of pictures that are followed.", analysis.sessions.count),
            ("analyses_waiting", "Pictures that wait or are looked at.", analysis.queue.load),
            ("background_jobs", "Questions to music services under way.", background.load),
            ("live_watchers", "Who watches the camera.", feed?.watchers ?? 0),
        ]
    }

    /// Whether a text can be a token: letters, digits and `-._~`, 12 to 200 of them.
    public static func isUsableToken(_ text: String) -> Bool { AccessToken.isUsable(text) }

    // MARK: - Requests

    public func admit(_ request: HTTPRequest) throws -> Int {
        let request = original(request)
        try origins.check(request)
        let found = Result { try router.find(request) }
        let known = try? found.get().route
        try limiter.charge(payer(request, known), cost: known?.cost ?? 1, "slow down a little")
        if known?.isOpen != true { try authorise(request) }
        let route = try found.get().route
        try router.check(request, route)
        return route.bodyLimit
    }

    /// Whose share a request is taken from. Pictures are their session's: there may be many cameras behind one address.
    private func payer(_ request: HTTPRequest, _ route: Route?) -> String {
        guard route?.path == AnalyseAPI.path, let session = request.headers[AnalyseAPI.sessionHeader],
            analysis.sessions.find(session) != nil
        else { return request.client }
        return session
    }

    private func authorise(_ request: HTTPRequest) throws {
        guard let token, !token.isCarried(by: request) else { return }
        // Whoever tries tokens gets slow.
        if AccessToken.isTried(by: request) { try guesses.charge(request.client, "too many wrong tokens") }
        throw Problem(.unauthorized, "give the token that the server was started with as 'Authorization: Bearer TOKEN'")
    }

    /// The request as the proxy on this machine got it, if there is one, with the path as routes have it.
    private func original(_ request: HTTPRequest) -> HTTPRequest {
        var original = request
        original.base = options.basePath
        original.path = BasePath.cut(options.basePath, from: request.path)
        guard options.isBehindProxy, isProxy(request.client) else { return original }
        if let prefix = request.headers[BasePath.header].flatMap(BasePath.parse) { original.base = prefix }
        // The last entry is the one that the proxy made itself; there may be more of them.
        let entries = (request.headers["x-forwarded-for"] ?? "").split(separator: ",").map { trimmed($0) }
        if let client = entries.last(where: { !isProxy(String($0)) }) ?? entries.first {
            original.client = String(client.prefix(64))
        }
        if request.headers["x-forwarded-proto"]?.lowercased() == "https" { original.isSecure = true }
        return original
    }

    private func isProxy(_ client: String) -> Bool {
        client == "127.0.0.1" || client == "::1" || options.proxies.contains { $0.contains(client) }
    }

    public func answer(_ request: HTTPRequest) -> Answer {
        let request = original(request)
        do {
            let (route, rest) = try router.find(request)
            guard route.asksCatalogue, let questions else { return answer(request, route, rest) }
            guard let place = questions.place() else {
                throw Problem(.overloaded, "the catalogue is slow", retryAfter: 2)
            }
            return .later(place) { [self] worker in
                switch answer(request, route, rest) {
                case .now(let response): return response
                // It is done here.
                case .later(let other, let work):
                    defer { other.giveBack() }
                    return work(worker)
                }
            }
        } catch {
            return .now(refusal(problem(error), request))
        }
    }

    private func answer(_ request: HTTPRequest, _ route: Route, _ rest: String) -> Answer {
        do {
            switch try route.action(request, rest) {
            case .now(let response): return .now(finished(response, request))
            case .later(let place, let work): return .later(place) { [self] in finished(work($0), request) }
            }
        } catch {
            return .now(refusal(problem(error), request))
        }
    }

    private func problem(_ error: any Error) -> Problem {
        error as? Problem ?? Problem(.failed, "the request could not be answered")
    }

    public func refuse(_ problem: Problem, _ request: HTTPRequest) -> HTTPResponse {
        refusal(problem, original(request))
    }

    private func refusal(_ problem: Problem, _ request: HTTPRequest) -> HTTPResponse {
        var problem = problem
        if let remedy = options.remedies[problem.kind] { problem.detail += "; \(remedy)" }
        var response = problem.response(below: request.base)
        guard problem.kind == .unauthorized else { return finished(response, request) }
        // People who open the page without the token get a form instead of JSON.
        if request.method == "GET", (request.headers["accept"] ?? "").contains("text/html"),
            let page = assets.page("login.html", below: request.base)
        {
            var plain = request
            plain.headers["if-none-match"] = nil
            response = page.response(to: plain, isVersioned: false)
            response.status = 401
            response.headers.append(("WWW-Authenticate", "Bearer"))
        }
        // Otherwise each request of a browser whose token has changed would count as a guess.
        if request.cookie(AccessToken.cookieName) != nil {
            response.headers.append(("Set-Cookie", AccessToken.expiredCookie(below: request.base)))
        }
        return finished(response, request)
    }

    private func finished(_ response: HTTPResponse, _ request: HTTPRequest) -> HTTPResponse {
        var response = response
        SecurityHeaders.add(to: &response, isSecure: request.isSecure)
        return response
    }

    public func note(_ request: HTTPRequest, status: Int, seconds: Double) {
        let request = original(request)
        let route = (try? router.find(request).route.path) ?? "other"
        let method = ["GET", "HEAD", "POST", "DELETE"].contains(request.method) ? request.method : "other"
        metrics.requested(route: route, method: method, status: status, seconds: seconds)
        options.log?("\(request.client) \(method) \(route) \(status) \(Int(seconds * 1000)) ms")
    }
}
