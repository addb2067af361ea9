import EmotionRecognition
import Emotions
import Files
import JSON
import MusicMatching

/// What the page needs to know before it begins, but for the songs.
struct PageFacts: Sendable {
    let shelf: ModelShelf
    let detectors: (names: [String], usual: String)
    let limits: AnalysisService.Limits
    /// See `EngineFiles.json`; where the page is below this path.
    let engine: @Sendable (_ base: String) -> JSONValue
    /// See `EngineFiles.matcher`.
    let matcher: @Sendable (_ base: String, _ songs: Int) -> JSONValue
    /// See `EngineFiles.sound`.
    let sound: @Sendable (_ base: String) -> JSONValue
    let moodMap: MoodMap
    let pageLanguages: [(code: String, name: String)]
    var isPersonal = false
    var isLive = false
    var services: [String] = []
    var usualService: String?

    /// Those that some model on the shelf can tell apart, the largest last.
    private var selections: [EmotionSelection] {
        let known = Set(shelf.entries.flatMap { $0.model.card.classNames.compactMap(Emotion.init(name:)) })
        let fitting = EmotionSelection.allCases.filter { known.isSuperset(of: $0.emotions) }
        return fitting.isEmpty ? [.eight] : fitting
    }

    /// The answer of `/api/v1/options` where there are so many songs, with their languages.
    func json(songs: Int, languages: [(code: String, songs: Int)], below base: String) -> JSONValue {
        let points = Emotion.allCases.map { emotion -> JSONValue in
            let point = moodMap.mood(of: EmotionVector(emotion))
            return [
                "emotion": .string(emotion.name), "valence": .double(point.valence), "energy": .double(point.energy),
            ]
        }
        return [
            "version": .string(Fermusic.version), "personal": .bool(isPersonal), "live": .bool(isLive),
            "models": .array(shelf.entries.map { .string($0.id) }),
            "detectors": JSONValue(detectors.names), "usualDetector": .string(detectors.usual),
            "engine": engine(base), "matcher": matcher(base, songs), "sound": sound(base), "opinions": .null,
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
                "bytes": .int(limits.bytes), "pixels": .int(limits.pixels),
                "count": .int(RecommendationParsing.counts.upperBound),
            ],
        ]
    }
}
