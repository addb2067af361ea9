import Emotions
import JSON
import MusicMatching
import TextCoding

/// Reads what songs are asked for.
enum RecommendationParsing {
    static let counts = 1...50

    static let known: Set<String> = [
        "emotions", "mode", "count", "languages", "withoutLanguages", "artists", "seed", "surprise", "like", "listener",
    ]

    /// What the visitor most likely understands: the languages the browser names, and English; nothing if it names none.
    static func usualLanguages(_ request: HTTPRequest) -> [Language] {
        let named = (request.headers["accept-language"] ?? "").split(separator: ",").prefix(20).compactMap { entry in
            Language(String(trimmed(entry).prefix { $0.isLetter }))
        }
        return named.isEmpty ? [] : named + [Language("en")].compactMap { $0 }
    }

    /// `?emotion=happy=0.6,surprise=0.4&mode=lift&language=hi,en&artist=...` Throws `Problem`.
    static func request(_ query: HTTPRequest) throws -> RecommendationRequest {
        let words = query.value("emotion")
        guard words != nil || query.value("like") != nil else {
            throw Problem(.badRequest, "'emotion' is needed, such as sad or happy=0.6,surprise=0.4")
        }
        var request = RecommendationRequest(try words.map(emotions) ?? EmotionVector(.neutral))
        request.mode = try mode(query.choice("mode", MoodMode.allCases.map(\.rawValue), default: "match"))
        request.count = try query.integer("count", counts, default: 5)
        request.languages = try languages(list(query.values("language")))
        request.excludedLanguages = try languages(list(query.values("without")))
        request.artists = query.values("artist").filter { !$0.isEmpty }
        guard request.artists.count <= 50 else { throw Problem(.badRequest, "at most 50 artists") }
        if query.value("like") != nil { request.like = try query.integer("like", 1...Int(Int32.max), default: 0) }
        request.seed = try seed(
            query.value("seed").map { _ in try query.integer("seed", 0...Int(Int32.max), default: 0) })
        return request
    }

    /// The same as a JSON object. Throws `Problem`.
    static func request(_ body: [UInt8]) throws -> RecommendationRequest {
        let fields = try Parameters(body, known: known)
        let like = try fields.integer("like", 1...Int(Int32.max))
        guard fields.value("emotions") != nil || like != nil else {
            throw Problem(.badRequest, "'emotions' is needed, such as {\"sad\": 1}")
        }
        var request = RecommendationRequest(try fields.value("emotions").map(emotions) ?? EmotionVector(.neutral))
        request.like = like
        request.mode = try mode(fields.text("mode") ?? "match")
        request.count = try fields.integer("count", counts) ?? 5
        request.languages = try languages(fields.texts("languages", limit: 200))
        request.excludedLanguages = try languages(fields.texts("withoutLanguages", limit: 200))
        request.artists = try fields.texts("artists", limit: 50)
        request.surpriseShare = try fields.number("surprise", 0...1)
        request.seed = try seed(fields.integer("seed", 0...Int(Int32.max)))
        request.listener = try fields.value("listener").map(listener)
        return request
    }

    private static func seed(_ given: Int?) -> UInt64 {
        given.map { UInt64($0) } ?? UInt64.random(in: 0...UInt64(Int32.max))
    }

    private static func mode(_ text: String) throws -> MoodMode {
        guard let mode = MoodMode(rawValue: text) else {
            throw Problem(
                .badRequest, "'mode' must be \(MoodMode.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return mode
    }

    private static func list(_ texts: [String]) -> [String] {
        texts.flatMap { $0.split(separator: ",").map { String(trimmed($0)) } }.filter { !$0.isEmpty }
    }

    private static func languages(_ names: [String]) throws -> [Language] {
        guard names.count <= 200 else { throw Problem(.badRequest, "at most 200 languages") }
        return try names.map { name in
            guard let language = Language(name) else {
                throw Problem(.badRequest, "'\(name.prefix(40))' is not a language such as hi or hindi")
            }
            return language
        }
    }

    private static func emotions(_ text: String) throws -> EmotionVector {
        guard let vector = EmotionVector(text) else { throw badEmotions }
        return vector
    }

    private static func emotions(_ value: JSONValue) throws -> EmotionVector {
        let weights = value.objectValue?.map { ($0.key, $0.value.number ?? .nan) }
        guard let vector = weights.flatMap({ EmotionVector(named: $0) }) else { throw badEmotions }
        return vector
    }

    private static var badEmotions: Problem {
        Problem(
            .badRequest,
            "emotions are \(Emotion.allCases.map(\.name).joined(separator: ", ")), with weights that are not negative")
    }

    private static func listener(_ value: JSONValue) throws -> Listener {
        let fields = try Parameters(value, known: ["liked", "disliked", "played", "offered"], name: "'listener'")
        var listener = Listener()
        listener.liked = try fields.integers("liked", limit: 2000)
        listener.disliked = try fields.integers("disliked", limit: 2000)
        listener.played = try events(fields, "played")
        listener.offered = try events(fields, "offered")
        return listener
    }

    private static func events(_ fields: Parameters, _ name: String) throws -> [Listener.Event] {
        try fields.list(name, limit: 2000).map { value in
            let event = try Parameters(value, known: ["song", "time"], name: "'\(name)'")
            guard let song = event.value("song")?.integer, let time = try event.integer("time", 0...Int(Int32.max) * 2)
            else { throw Problem(.badRequest, "'\(name)' must hold objects with 'song' and 'time'") }
            return Listener.Event(song: song, time: time)
        }
    }
}
