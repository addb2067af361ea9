import EmotionRecognition
import FaceVision
import Files
import MusicMatching
import Synchronization
import TextCoding
import Threads

/// The page, the interface behind it, and what keeps both safe.
public final class WebApplication: HTTPHandler {
    let options: Options
    let token: AccessToken?
    let origins: OriginCheck
    let limiter: RateLimiter
    let guesses: RateLimiter
    let router: Router
    let assets: AssetStore
    let analysis: AnalysisService
    private let catalogues: CataloguePool
    private let background: JobQueue
    /// Asks a catalogue that is far away, so that the threads which read requests never wait for it.
    let questions: JobQueue?
    private let relays: JobQueue
    let metrics = Metrics()
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
                services: options.services, usualService: options.usualService), own: own, background: background)
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
}
