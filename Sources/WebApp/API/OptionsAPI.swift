import EmotionRecognition
import Emotions
import Files
import JSON
import MusicMatching
import Threads

/// What the page needs to know before it begins.
struct OptionsAPI: Sendable {
    let catalogues: CataloguePool
    let analysis: AnalysisService
    let engine: EngineFiles
    let moodMap: MoodMap
    let pageLanguages: [(code: String, name: String)]
    let isPersonal: Bool
    let isLive: Bool
    let services: [String]
    let usualService: String?

    /// Counting a large catalogue takes a while, and its languages seldom change.
    private final class Kept: Sendable {
        let counts = Guarded<(time: ContinuousClock.Instant, songs: Int, languages: [(code: String, songs: Int)])?>(nil)
    }
    private let kept = Kept()

    init(
        catalogues: CataloguePool, analysis: AnalysisService, engine: EngineFiles, moodMap: MoodMap,
        pageLanguages: [(code: String, name: String)],
        isPersonal: Bool, isLive: Bool, services: [String], usualService: String?
    ) {
        self.catalogues = catalogues
        self.analysis = analysis
        self.engine = engine
        self.moodMap = moodMap
        self.pageLanguages = pageLanguages
        self.isPersonal = isPersonal
        self.isLive = isLive
        self.services = services
        self.usualService = usualService
    }

    var routes: [Route] {
        [Route(method: "GET", path: "/api/v1/options") { request, _ in .now(try answer(request)) }]
    }

    private func counts() throws -> (songs: Int, languages: [(code: String, songs: Int)]) {
        if let known = kept.counts.withLock({ $0 }), known.time.duration(to: .now) < .seconds(300) {
            return (known.songs, known.languages)
        }
        let (songs, languages) = try catalogues.use { (try $0.count, try $0.languageCounts()) }
        kept.counts.withLock { $0 = (.now, songs, languages) }
        return (songs, languages)
    }

    /// Those that some model on the shelf can tell apart, the largest last.
    private var selections: [EmotionSelection] {
        let known = Set(analysis.shelf.entries.flatMap { $0.model.card.classNames.compactMap(Emotion.init(name:)) })
        let fitting = EmotionSelection.allCases.filter { known.isSuperset(of: $0.emotions) }
        return fitting.isEmpty ? [.eight] : fitting
    }

    private func answer(_ request: HTTPRequest) throws -> HTTPResponse {
        let (songs, languages) = try counts()
        let points = Emotion.allCases.map { emotion -> JSONValue in
            let point = moodMap.mood(of: EmotionVector(emotion))
            return [
                "emotion": .string(emotion.name), "valence": .double(point.valence), "energy": .double(point.energy),
            ]
        }
        return .json([
            "version": .string(Fermusic.version), "personal": .bool(isPersonal), "live": .bool(isLive),
            "models": .array(analysis.shelf.entries.map { .string($0.id) }),
            "detectors": JSONValue(analysis.detectors.names), "usualDetector": .string(analysis.detectors.usual),
            "engine": engine.json(base: request.base + EngineRoutes.folder),
            "modes": JSONValue(MoodMode.allCases.map(\.rawValue)), "emotions": .array(points),
            "emotionSets": .array(
                selections.map { ["name": .string($0.rawValue), "emotions": JSONValue($0.emotions.map(\.name))] }),
            "services": JSONValue(services), "usualService": usualService.map { .string($0) } ?? .null,
            "pageLanguages": .array(pageLanguages.map { ["code": .string($0.code), "name": .string($0.name)] }),
            "songs": .int(songs),
            "languages": .array(
                languages.filter { !$0.code.isEmpty }.map {
                    [
                        "code": .string($0.code), "name": .string(Language($0.code)?.name ?? $0.code),
                        "songs": .int($0.songs),
                    ]
                }),
            "limits": [
                "bytes": .int(analysis.limits.bytes), "pixels": .int(analysis.limits.pixels),
                "count": .int(RecommendationParsing.counts.upperBound),
            ],
        ])
    }
}
