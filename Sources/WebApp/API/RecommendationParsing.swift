import Emotions
import JSON
import MusicMatching
import TextCoding

/// Reads what songs are asked for.
enum RecommendationParsing {
    static let counts = 1...50

    static let known: Set<String> = [
        "emotions", "mode", "count", "languages", "withoutLanguages", "artists", "seed", "surprise", "like", "listener",
        "genres", "decades", "clean", "minutes", "only",
    ]

    /// What the visitor most likely understands: the languages the browser names, and English; nothing if it names none.
    static func usualLanguages(_ request: HTTPRequest) -> [Language] {
        Language.usual((request.headers["accept-language"] ?? "").split(separator: ",").map { String($0) })
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
        request.filter = try filter(
            genres: list(query.values("genre")), decades: list(query.values("decade")),
            isClean: query.choice("clean", ["true", "false"], default: "false") == "true",
            minutes: query.value("minutes"), only: query.value("only"))
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
        let clean = fields.value("clean")
        guard clean == nil || clean?.boolValue != nil else {
            throw Problem(.badRequest, "'clean' must be true or false")
        }
        request.filter = try filter(
            genres: fields.texts("genres", limit: 50), decades: fields.texts("decades", limit: 50),
            isClean: clean?.boolValue ?? false, minutes: fields.text("minutes"), only: fields.text("only"))
        request.seed = try seed(fields.integer("seed", 0...Int(Int32.max)))
        request.listener = try fields.value("listener").map(listener)
        return request
    }

    private static func filter(
        genres: [String], decades: [String], isClean: Bool, minutes: String?, only: String?
    ) throws -> SongFilter {
        var filter = SongFilter()
        guard genres.count <= 50, genres.allSatisfy({ $0.utf8.count <= 100 }) else {
            throw Problem(.badRequest, "at most 50 genres of at most 100 characters")
        }
        filter.genres = genres
        filter.decades = Set(
            try decades.map { text in
                guard let decade = SongFilter.decade(text) else {
                    throw Problem(.badRequest, "'\(text.prefix(40))' is not a decade such as 1990s or 90s")
                }
                return decade
            })
        filter.isClean = isClean
        if let minutes {
            guard let length = SongFilter.length(minutes) else {
                throw Problem(.badRequest, "'minutes' must be such as 4, 3-5 or 3:30-5")
            }
            filter.seconds = length
        }
        guard only == nil || only == "mine" else { throw Problem(.badRequest, "'only' must be mine") }
        filter.isOwn = only != nil
        return filter
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
        guard let vector = EmotionVector(feelings: text) else {
            guard let meant = EmotionVector.suggestion(text) else { throw badEmotions }
            throw Problem(.badRequest, badEmotions.detail + "; did you mean '\(meant)'?")
        }
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
        let known: Set = ["liked", "disliked", "likedArtists", "dislikedArtists", "played", "offered"]
        let fields = try Parameters(value, known: known, name: "'listener'")
        var listener = Listener()
        listener.liked = try fields.integers("liked", limit: 2000)
        listener.disliked = try fields.integers("disliked", limit: 2000)
        listener.likedArtists = try fields.texts("likedArtists", limit: 200)
        listener.dislikedArtists = try fields.texts("dislikedArtists", limit: 200)
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
