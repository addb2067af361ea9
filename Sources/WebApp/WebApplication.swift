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
        /// Requests per second of one client, and how many it may make at once after a pause; 0 for no limit.
        public var requestsPerSecond = 40.0
        public var burst = 120.0
        /// Whether a proxy on this machine says who the client is and whether it came over TLS (`X-Forwarded-For`,
        /// `X-Forwarded-Proto`).
        public var isBehindProxy = false
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
    private let metrics = Metrics()
    private let feed: LiveFeed?
    private let ticker: Ticker

    /// - Parameter feed: what a camera of this machine sees, if there is one.
    /// Throws what reading models, page and catalogue throw.
    public init(_ options: Options, models: ModelShelf, music: Music, feed: LiveFeed? = nil) throws {
        self.options = options
        self.feed = feed
        token = options.token.map(AccessToken.init)
        origins = OriginCheck(names: options.hostNames)
        limiter = RateLimiter(perSecond: options.requestsPerSecond, burst: options.burst)
        guesses = RateLimiter(perSecond: 0.2, burst: 10)
        assets = try AssetStore(folder: try options.pageFolder ?? AssetStore.standardFolder())
        var limits = AnalysisService.Limits()
        limits.workers = options.analyses
        limits.waiting = options.waiting
        limits.sessions = options.sessions
        let analysis = AnalysisService(
            models, try DetectorShelf(usual: options.detector, options.detectorSettings), limits: limits)
        self.analysis = analysis
        background = JobQueue(workers: 2, waitingLimit: 64)
        catalogues = CataloguePool(try music.open(), open: music.open)
        ticker = Ticker(seconds: 5) {
            analysis.sessions.sweep()
            feed?.nudge()
        }
        let analyse = AnalyseAPI(service: analysis, moodMap: music.moodMap, metrics: metrics)
        let songs = MusicAPI(
            catalogues: catalogues, background: background, media: options.media, isPersonal: options.isPersonal)
        let engine = EngineFiles(
            models, isUsualDetector: options.detector == "auto" && options.detectorSettings == DetectorSettings())
        let about = OptionsAPI(
            catalogues: catalogues,
            facts: PageFacts(
                shelf: models, detectors: (analysis.detectors.names, analysis.detectors.usual), limits: limits,
                engine: { engine.json(base: EngineRoutes.folder) }, moodMap: music.moodMap,
                pageLanguages: assets.languages, isPersonal: options.isPersonal, isLive: feed != nil,
                services: options.services, usualService: options.usualService))
        router = Router(
            routes: PageRoutes(assets: assets, token: token, guesses: guesses).routes + analyse.routes
                + songs.routes + about.routes + EngineRoutes(files: engine, background: background).routes
                + ServerRoutes(
                    metrics: metrics, feed: feed,
                    gauges: { [analysis, background] in
                        WebApplication.gauges(analysis, background, feed)
                    }
                ).routes)
    }

    /// Lets what runs end, then closes the catalogue. The server must have been drained.
    public func stop() {
        feed?.close()
        analysis.queue.stop()
        background.stop()
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

    /// The request as the proxy on this machine got it, if there is one.
    private func original(_ request: HTTPRequest) -> HTTPRequest {
        guard options.isBehindProxy, request.client == "127.0.0.1" || request.client == "::1" else { return request }
        var original = request
        // The last entry is the one that the proxy made itself.
        if let client = request.headers["x-forwarded-for"]?.split(separator: ",").last {
            original.client = String(trimmed(client).prefix(64))
        }
        if request.headers["x-forwarded-proto"]?.lowercased() == "https" { original.isSecure = true }
        return original
    }

    public func answer(_ request: HTTPRequest) -> Answer {
        let request = original(request)
        do {
            let (route, rest) = try router.find(request)
            switch try route.action(request, rest) {
            case .now(let response): return .now(finished(response, request))
            case .later(let place, let work): return .later(place) { [self] in finished(work($0), request) }
            }
        } catch let problem as Problem {
            return .now(refuse(problem, request))
        } catch {
            return .now(refuse(Problem(.failed, "the request could not be answered"), request))
        }
    }

    public func refuse(_ problem: Problem, _ request: HTTPRequest) -> HTTPResponse {
        var problem = problem
        if let remedy = options.remedies[problem.kind] { problem.detail += "; \(remedy)" }
        guard problem.kind == .unauthorized else { return finished(problem.response, request) }
        var response = problem.response
        // People who open the page without the token get a form instead of JSON.
        if request.method == "GET", (request.headers["accept"] ?? "").contains("text/html"),
            let page = assets.page("login.html")
        {
            var plain = request
            plain.headers["if-none-match"] = nil
            response = page.response(to: plain, isVersioned: false)
            response.status = 401
            response.headers.append(("WWW-Authenticate", "Bearer"))
        }
        // Otherwise each request of a browser whose token has changed would count as a guess.
        if request.cookie(AccessToken.cookieName) != nil {
            response.headers.append(("Set-Cookie", AccessToken.expiredCookie))
        }
        return finished(response, request)
    }

    private func finished(_ response: HTTPResponse, _ request: HTTPRequest) -> HTTPResponse {
        var response = response
        SecurityHeaders.add(to: &response, isSecure: original(request).isSecure)
        return response
    }

    public func note(_ request: HTTPRequest, status: Int, seconds: Double) {
        let route = (try? router.find(request).route.path) ?? "other"
        let method = ["GET", "HEAD", "POST", "DELETE"].contains(request.method) ? request.method : "other"
        metrics.requested(route: route, method: method, status: status, seconds: seconds)
        options.log?("\(original(request).client) \(method) \(route) \(status) \(Int(seconds * 1000)) ms")
    }
}
