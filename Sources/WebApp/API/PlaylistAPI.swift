import JSON
import MusicMatching

/// Playlists of the catalogue's owner, and lists of songs as files. Visitors of a server for many keep theirs in their
/// browsers.
struct PlaylistAPI: Sendable {
    let catalogues: CataloguePool
    let isPersonal: Bool
    let own: OwnMusic
    /// Saves them at the owner's music servers and Spotify too; `nil` if it does not.
    let copies: PlaylistCopies?
    /// Where those are waited for.
    let relays: JobQueue
    /// Whether the server ends, and waits for nobody.
    let isOver: @Sendable () -> Bool

    private static let json = ["application/json"]
    private static let bodyLimit = 256 << 10

    var routes: [Route] {
        [
            Route(
                method: "POST", path: "/api/v1/songs", bodyLimit: Self.bodyLimit, accepts: Self.json, action: songs),
            Route(
                method: "POST", path: "/api/v1/playlist-file", bodyLimit: Self.bodyLimit, accepts: Self.json,
                action: file),
            Route(method: "GET", path: "/api/v1/playlists") { _, _ in try list() },
            Route(
                method: "POST", path: "/api/v1/playlists", bodyLimit: Self.bodyLimit, accepts: Self.json,
                action: save),
            // The name is no part of the path, since there may be a slash in it.
            Route(method: "DELETE", path: "/api/v1/playlists", action: remove),
        ].askingCatalogue + [
            Route(
                method: "POST", path: "/api/v1/playlist-copies", cost: 5, bodyLimit: Self.bodyLimit,
                accepts: Self.json, action: copy)
        ]
    }

    /// Songs, and lists, that anybody may ask for at once.
    private static let most = 500

    private func songs(_ request: HTTPRequest, _ rest: String) throws -> Answer {
        let fields = try Parameters(request.body, known: ["songs"])
        let numbers = try numbers(fields, Self.most)
        return try catalogues.use { catalogue in
            let songs = JSONValue.array(try catalogue.songs(numbers).map { SongJSON.value($0) })
            return .now(.json(["songs": own.added(to: songs, in: catalogue)]))
        }
    }

    private func file(_ request: HTTPRequest, _ rest: String) throws -> Answer {
        let fields = try Parameters(request.body, known: ["name", "songs", "format"])
        let name = try name(fields)
        let numbers = try numbers(fields, isPersonal ? Catalogue.mostSongsInPlaylist : Self.most)
        let types = [
            "m3u8": "application/vnd.apple.mpegurl", "xspf": "application/xspf+xml", "csv": "text/csv",
        ]
        let wanted = try fields.text("format") ?? "xspf"
        guard let type = types[wanted] else { throw Problem(.badRequest, "'format' must be csv, m3u8 or xspf") }
        guard wanted != "m3u8" || isPersonal else {
            throw Problem(.badRequest, "m3u8 names files, which are nothing to visitors; take csv or xspf")
        }
        return try catalogues.use { catalogue in
            let songs = try catalogue.songs(numbers)
            let text =
                try PlaylistFormat(rawValue: wanted)?.playlist(
                    of: songs, name: name, in: catalogue, namesFiles: isPersonal
                ).text ?? Catalogue.csv(songs)
            return .now(.text(text, type: type))
        }
    }

    private func list() throws -> Answer {
        try onlyPersonal()
        return try catalogues.use { catalogue in
            let lists = try catalogue.playlists().prefix(Self.most).map { entry -> JSONValue in
                let songs = try catalogue.songNumbers(ofPlaylist: entry.name)
                return ["name": .string(entry.name), "changed": .int(entry.changed), "songs": JSONValue(songs)]
            }
            let places = copies?.places(among: OwnMusic.places(catalogue)) ?? []
            return .now(
                .json([
                    "playlists": .array(lists),
                    "places": .array(places.map { ["id": .string($0.id), "name": .string($0.name)] }),
                ]))
        }
    }

    private func save(_ request: HTTPRequest, _ rest: String) throws -> Answer {
        try onlyPersonal()
        let fields = try Parameters(request.body, known: ["name", "songs"])
        let name = try name(fields)
        let numbers = try numbers(fields, Catalogue.mostSongsInPlaylist)
        let count = try catalogues.use { try $0.savePlaylist(name, songs: numbers) }
        return .now(.json(["name": .string(name), "songs": .int(count)]))
    }

    /// Saves songs as a playlist elsewhere.
    private func copy(_ request: HTTPRequest, _ rest: String) throws -> Answer {
        try onlyPersonal()
        let fields = try Parameters(request.body, known: ["name", "songs", "place"])
        let name = try name(fields)
        let numbers = try numbers(fields, Catalogue.mostSongsInPlaylist)
        let id = try fields.text("place")
        guard let queued = relays.place() else { throw Problem(.overloaded, "too much to do", retryAfter: 5) }
        return .later(queued) { _ in
            do {
                let (songs, sources) = try catalogues.use { (try $0.songs(numbers), OwnMusic.places($0)) }
                guard let copies, let place = copies.places(among: sources).first(where: { $0.id == id }) else {
                    throw Problem(.badRequest, "'place' must be one of those that playlists are listed with")
                }
                return save(songs, name: name, to: place, copies, below: request.base)
            } catch {
                return Problem.answer(of: error, below: request.base)
            }
        }
    }

    private func save(
        _ songs: [Song], name: String, to place: PlaylistCopies.Place, _ copies: PlaylistCopies, below base: String
    ) -> HTTPResponse {
        do throws(ProviderError) {
            let saved = try copies.save(
                songs, name: name, to: place, CallLimit(.seconds(60), isCancelled: isOver)
            ) { match, song in
                try? catalogues.use { try $0.note(match, of: song.id) }
            }
            return .json([
                "saved": .int(saved.count),
                "missing": JSONValue(saved.missing.map { "\($0.title) - \($0.artist)" }),
                "link": saved.link.map { .string($0) } ?? .null,
            ])
        } catch {
            return Problem(error, of: place.name).response(below: base)
        }
    }

    private func remove(_ request: HTTPRequest, _ rest: String) throws -> Answer {
        try onlyPersonal()
        guard let name = request.value("name") else { throw Problem(.badRequest, "'name' is needed") }
        try catalogues.use { try $0.removePlaylist(name) }
        return .now(HTTPResponse(204))
    }

    /// The songs, which must be named: a playlist would be emptied by a misspelt name of theirs.
    private func numbers(_ fields: Parameters, _ limit: Int) throws -> [Int] {
        guard fields.value("songs") != nil else { throw Problem(.badRequest, "'songs' is needed, a list of numbers") }
        return try fields.integers("songs", limit: limit)
    }

    private func name(_ fields: Parameters) throws -> String {
        guard let name = try fields.text("name").flatMap(Catalogue.playlistName) else {
            throw Problem(.badRequest, "'name' must be a text of 1 to \(Catalogue.longestPlaylistName) characters")
        }
        return name
    }

    private func onlyPersonal() throws {
        guard isPersonal else { throw Problem(.notFound, "this server keeps no playlists of its visitors") }
    }
}
