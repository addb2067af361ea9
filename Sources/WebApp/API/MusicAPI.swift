import Emotions
import Files
import JSON
import MusicMatching

/// What a music service knows of a song, for showing and playing it.
public struct SongMedia: Sendable, Equatable {
    /// Addresses of a picture, of half a minute to listen to, of the song at the service.
    public var cover: String?
    public var preview: String?
    public var link: String?
    /// What players are told to play.
    public var spotify: String?
    public var youtube: String?
    /// Whose it is, to be shown with it.
    public var service: String?

    public init() {}
}

/// Songs.
struct MusicAPI: Sendable {
    let catalogues: CataloguePool
    let background: JobQueue
    /// Asks music services; may take seconds. `nil` without services.
    let media: (@Sendable (Song, _ service: String?, _ needsPreview: Bool) -> SongMedia)?
    /// Whether the catalogue's owner and the visitors are the same people: then its likes and history count, and
    /// opinions are kept in it.
    let isPersonal: Bool
    let own: OwnMusic

    private static let json = ["application/json"]

    var routes: [Route] {
        [
            Route(method: "GET", path: "/api/v1/recommendations") { request, _ in
                try answer(RecommendationParsing.request(request), of: request)
            },
            Route(method: "POST", path: "/api/v1/recommendations", bodyLimit: 512 << 10, accepts: MusicAPI.json) {
                request, _ in try answer(RecommendationParsing.request(request.body), of: request)
            },
            Route(
                method: "POST", path: "/api/v1/feedback", bodyLimit: 64 << 10, accepts: MusicAPI.json, action: feedback),
            Route(method: "GET", path: "/api/v1/catalogue/search", action: search),
        ].askingCatalogue + [Route(method: "GET", path: "/api/v1/media/{song}", cost: 2, action: findMedia)]
    }

    private func answer(_ wanted: RecommendationRequest, of visitor: HTTPRequest) throws -> Answer {
        var request = wanted
        request.usualLanguages = RecommendationParsing.usualLanguages(visitor)
        if !isPersonal { request.listener = request.listener ?? Listener() }
        return try catalogues.use { catalogue in
            // Of a household each has a history, and all have one taste.
            if isPersonal, request.listener != nil { request.listener?.add(opinionsOf: try catalogue.opinions()) }
            let songs = try catalogue.recommend(request)
            return .now(.json(withOwn(RecommendationJSON.value(songs, for: request), catalogue)))
        }
    }

    private func withOwn(_ answer: JSONValue, _ catalogue: Catalogue) -> JSONValue {
        guard var fields = answer.objectValue else { return answer }
        fields["songs"] = own.added(to: fields["songs"], in: catalogue)
        return .object(fields)
    }

    private func feedback(_ request: HTTPRequest, _ rest: String) throws -> Answer {
        let fields = try Parameters(request.body, known: ["song", "songs", "artist", "opinion"])
        let song = try fields.integer("song", 1...Int(Int32.max))
        let songs = try fields.integers("songs", limit: 2000)
        let artist = try fields.text("artist")
        let named = [song != nil, fields.value("songs") != nil, artist != nil]
        guard named.count(where: { $0 }) == 1,
            let opinion = try fields.text("opinion").flatMap(Opinion.init)
        else {
            let opinions = Opinion.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem(
                .badRequest,
                "'song' (a number), 'songs' (a list of them) or 'artist' (a name), and 'opinion' (\(opinions)) are needed"
            )
        }
        let kept = try catalogues.use { catalogue in
            if let artist {
                guard let name = try catalogue.artist(named: artist).meant else {
                    throw MusicError.noSuchArtist(artist, nearest: nil)
                }
                if isPersonal { try catalogue.note(opinion, ofArtist: name) }
            } else if let song {
                if isPersonal { try catalogue.note(opinion, of: song) } else { _ = try catalogue.song(song) }
            } else if isPersonal {
                return try note(opinion, of: songs, in: catalogue)
            }
            return songs
        }
        var answer: [String: JSONValue] = ["opinion": .string(opinion.rawValue), "kept": .bool(isPersonal)]
        if let artist {
            answer["artist"] = .string(artist)
        } else if let song {
            answer["song"] = .int(song)
        } else {
            answer["songs"] = JSONValue(kept)
        }
        return .now(.json(.object(answer)))
    }

    /// Songs that are in the catalogue no more are passed over: the others.
    private func note(_ opinion: Opinion, of songs: [Int], in catalogue: Catalogue) throws -> [Int] {
        try catalogue.transaction {
            try songs.filter { song in
                do {
                    try catalogue.note(opinion, of: song)
                    return true
                } catch MusicError.noSuchSong {
                    return false
                }
            }
        }
    }

    private func search(_ request: HTTPRequest, _ rest: String) throws -> Answer {
        let text = request.value("q") ?? ""
        guard text.unicodeScalars.count <= 100 else { throw Problem(.badRequest, "'q' has more than 100 characters") }
        let limit = try request.integer("limit", 1...100, default: 20)
        let kind = try request.choice("kind", ["songs", "artists"], default: "songs")
        if kind == "artists" {
            let found = try catalogues.use { try $0.artists(beginning: text, limit: limit) }
            return .now(
                .json([
                    "artists": .array(found.map { ["name": .string($0.name), "songs": .int($0.songs)] }), "songs": [],
                ]))
        }
        var filter = Catalogue.Filter()
        filter.search = text
        filter.limit = limit
        if let name = request.value("language") {
            guard let language = Language(name) else { throw Problem(.badRequest, "'language' is not known") }
            filter.language = language
        }
        let wanted = filter
        return try catalogues.use { catalogue in
            let songs = try catalogue.songs(wanted).map { SongJSON.value($0) }
            return .now(.json(withOwn(["songs": .array(songs), "artists": []], catalogue)))
        }
    }

    private func findMedia(_ request: HTTPRequest, _ rest: String) throws -> Answer {
        guard let id = Int(rest), id > 0, id <= Int(Int32.max) else {
            throw Problem(.notFound, "songs have whole numbers")
        }
        let service = request.value("service")
        let needsPreview = try request.choice("preview", ["true", "false"], default: "false") == "true"
        guard let place = background.place() else {
            throw Problem(.overloaded, "the music services are slow", retryAfter: 5)
        }
        return .later(place) { _ in
            do {
                let song = try catalogues.use { try $0.song(id) }
                return MusicAPI.response(media?(song, service, needsPreview) ?? SongMedia(), song)
            } catch {
                return Problem.answer(of: error, below: request.base)
            }
        }
    }

    private static func response(_ media: SongMedia, _ song: Song) -> HTTPResponse {
        func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
        return .json([
            "song": .int(song.id), "cover": text(media.cover), "preview": text(media.preview), "link": text(media.link),
            "service": text(media.service),
            "players": ["spotify": text(media.spotify), "youtube": text(media.youtube)],
        ])
    }
}
