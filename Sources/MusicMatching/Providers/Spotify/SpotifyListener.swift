import JSON

/// What is done for a listener who has logged in: playlists and playback.
public struct SpotifyListener: Sendable {
    let api: SpotifyAPI

    /// A playlist that was made.
    public struct Playlist: Sendable, Equatable {
        public var link: String
        public var count: Int
    }

    /// Makes a private playlist of songs. Throws `ProviderError`; if the playlist was made by then, it says so.
    ///
    /// - Parameter tracks: identifiers of tracks.
    public func save(
        _ tracks: [String], name: String, description: String, _ limit: CallLimit
    ) throws(ProviderError) -> Playlist {
        let making = SpotifyAPI.Call(
            method: .post, path: "/me/playlists",
            body: ["name": .string(name), "description": .string(description), "public": false],
            name: "playlists", access: .listener)
        let (id, link) = try api.send(making, limit) { json -> (String, String)? in
            ServiceJSON.identifier(json?["id"]).map {
                ($0, ServiceJSON.link(json?["external_urls"]?["spotify"]) ?? "https://open.spotify.com/playlist/\($0)")
            }
        }
        for start in stride(from: 0, to: tracks.count, by: 100) {
            let part = tracks[start..<min(start + 100, tracks.count)]
            let adding = SpotifyAPI.Call(
                method: .post, path: "/playlists/\(id)/items",
                body: ["uris": JSONValue(part.map { "spotify:track:\($0)" }), "position": .int(start)],
                name: "playlists", access: .listener)
            do {
                try api.send(adding, limit) { _ in () }
            } catch {
                var error = error
                error.detail += (error.detail.isEmpty ? "" : "; ") + "the playlist \(link) has \(start) songs so far"
                throw error
            }
        }
        return Playlist(link: link, count: tracks.count)
    }

    /// Starts playing. Needs Premium and a device that is awake. Throws `ProviderError`.
    ///
    /// - Parameter device: its identifier; the active one by default.
    public func play(_ tracks: [String], device: String?, _ limit: CallLimit) throws(ProviderError) {
        let call = SpotifyAPI.Call(
            method: .put, path: "/me/player/play", query: device.map { [("device_id", $0)] } ?? [],
            body: ["uris": JSONValue(tracks.prefix(100).map { "spotify:track:\($0)" })], name: "player",
            access: .listener)
        try api.send(call, limit) { _ in () }
    }

    /// The songs that the listener keeps ("Liked Songs"), or those he hears most. Throws `ProviderError`.
    func songs(of library: SpotifyPlaylists.Library, _ limit: CallLimit) throws(ProviderError) -> [SongDraft] {
        var songs: [SongDraft] = [], offset = 0
        let page = 50
        while offset < 20_000 {
            let call = SpotifyAPI.Call(
                path: library.path, query: [("limit", "\(page)"), ("offset", "\(offset)")], name: "library",
                access: .listener)
            let (entries, isLast) = try api.send(call, limit) { json -> ([JSONValue], Bool)? in
                guard let items = json?["items"]?.arrayValue else { return nil }
                return (items, json?["next"].map(\.isNull) ?? (items.count < page))
            }
            // The most heard come without the entry around them.
            songs += entries.compactMap { SpotifyTrack.draft($0["track"] == nil ? ["track": $0] : $0) }
            offset += entries.count
            if isLast || entries.isEmpty { break }
        }
        return songs
    }

    /// The songs of a playlist that the listener owns or shares in; others are refused. Throws `ProviderError`.
    public func songs(ofPlaylist id: String, _ limit: CallLimit) throws(ProviderError) -> [SongDraft] {
        var songs: [SongDraft] = [], offset = 0
        let page = 50
        while offset < 20_000 {
            let call = SpotifyAPI.Call(
                path: "/playlists/\(id)/items",
                query: [("market", api.market), ("limit", "\(page)"), ("offset", "\(offset)")], name: "playlists",
                access: .listener)
            let entries: [JSONValue], isLast: Bool
            do {
                (entries, isLast) = try api.send(call, limit) { json -> ([JSONValue], Bool)? in
                    guard let items = json?["items"]?.arrayValue else { return nil }
                    return (items, json?["next"].map(\.isNull) ?? (items.count < page))
                }
            } catch {
                guard error.cause == .forbidden else { throw error }
                throw ProviderError(.spotify, .forbidden, "only playlists that you own or share in can be read")
            }
            songs += entries.compactMap(SpotifyTrack.draft)
            offset += entries.count
            if isLast || entries.isEmpty { break }
        }
        return songs
    }

    /// The name of a playlist; empty if it is not told.
    func name(ofPlaylist id: String, _ limit: CallLimit) -> String {
        let call = SpotifyAPI.Call(
            path: "/playlists/\(id)", query: [("market", api.market), ("fields", "name")], name: "playlists",
            access: .listener)
        return (try? api.send(call, limit) { $0?["name"]?.stringValue ?? "" }) ?? ""
    }
}

/// Playlists of the listener as lists to read again: `spotify:playlist:ID`, or the link that Spotify gives.
struct SpotifyPlaylists: ListProvider {
    let listener: SpotifyListener
    let time: Duration
    let isCancelled: @Sendable () -> Bool

    /// Lists that every listener has.
    enum Library: String {
        case liked = "spotify:liked"
        case top = "spotify:top"

        var path: String { self == .liked ? "/me/tracks" : "/me/top/tracks" }
    }

    func handles(_ place: String) -> Bool {
        Library(rawValue: place.lowercased()) != nil || SpotifyPlaylists.identifier(place) != nil
    }

    func list(at place: String, version: String) throws -> ProvidedList {
        if let library = Library(rawValue: place.lowercased()) {
            return .songs(try listener.songs(of: library, CallLimit(time, isCancelled: isCancelled)))
        }
        guard let id = SpotifyPlaylists.identifier(place) else {
            throw ProviderError(.spotify, .notFound, place)
        }
        let limit = CallLimit(time, isCancelled: isCancelled)
        let songs = try listener.songs(ofPlaylist: id, limit)
        return .songs(songs, playlist: listener.name(ofPlaylist: id, limit))
    }

    static func identifier(_ place: String) -> String? {
        for start in ["spotify:playlist:", "https://open.spotify.com/playlist/"] where place.hasPrefix(start) {
            let id = place.dropFirst(start.count).prefix { $0 != "?" && $0 != "/" && $0 != "#" }
            return ServiceJSON.identifier(.string(String(id)))
        }
        return nil
    }
}
