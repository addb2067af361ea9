import JSON

/// Tracks as Spotify describes them; anything may be missing or null.
enum SpotifyTrack {
    static func track(_ json: JSONValue?) -> ProviderTrack? {
        guard let json, let title = json["name"]?.stringValue, !title.isEmpty,
            let artists = json["artists"]?.arrayValue?.compactMap({ $0["name"]?.stringValue }), !artists.isEmpty
        else { return nil }
        var identifiers: [SongIdentifier] = []
        // Files of the listener's own have no identifier.
        if let id = ServiceJSON.identifier(json["id"]) { identifiers.append(SongIdentifier(.spotify, id)) }
        if let isrc = ServiceJSON.identifier(json["external_ids"]?["isrc"]) {
            identifiers.append(SongIdentifier(.isrc, isrc.uppercased()))
        }
        var track = ProviderTrack(title: title, artists: artists, identifiers: identifiers)
        track.album = json["album"]?["name"]?.stringValue ?? ""
        track.isPlayable = json["is_playable"]?.boolValue ?? true
        track.link =
            ServiceJSON.link(json["external_urls"]?["spotify"])
            ?? ServiceJSON.identifier(json["id"]).map { "https://open.spotify.com/track/\($0)" }
        track.cover = cover(json["album"]?["images"])
        return track
    }

    /// The smallest picture of at least 300 pixels; sizes may be null.
    private static func cover(_ images: JSONValue?) -> String? {
        let known = (images?.arrayValue ?? []).compactMap { image in
            ServiceJSON.link(image["url"]).map { (address: $0, width: image["width"]?.intValue ?? 300) }
        }
        let large = known.filter { $0.width >= 300 }.min { $0.width < $1.width }
        return (large ?? known.max { $0.width < $1.width })?.address
    }

    /// An entry of a playlist: what a listener keeps there, if it is a song.
    static func draft(_ entry: JSONValue) -> SongDraft? {
        // "track" is what "item" was called before.
        let newer = entry["item"]
        let item = newer?.isNull == false ? newer : entry["track"]
        guard let item, item["type"]?.stringValue ?? "track" == "track", let track = track(item) else { return nil }
        var draft = SongDraft(title: track.title, artist: track.artists.joined(separator: ", "))
        draft.album = track.album
        draft.year = item["album"]?["release_date"]?.stringValue.flatMap { Int($0.prefix(4)) }.flatMap {
            (1000...9999).contains($0) ? $0 : nil
        }
        draft.identifiers = track.identifiers
        return draft
    }
}
