import Emotions
import Files
import JSON

/// Songs in JSON: what Spotify, ListenBrainz, Last.fm, YouTube Music and others give of somebody's account.
///
/// They call title and artist by a few names, at any depth. An object that has both is a song; albums, artists, podcasts
/// and videos have not, or are told by their kind.
struct AccountJSON {
    private static let mostSongs = 5_000_000
    /// Who listens for less than half a minute passes the song over.
    private static let leastHeard = 30_000

    private var list = SongList("JSON list")
    /// Places of songs in the list, so that a history of years has each once.
    private var places: [String: Int] = [:]

    /// Reads a document, or a document in each line. Throws `FileFailure`.
    static func read(_ bytes: ArraySlice<UInt8>) throws -> SongList {
        var reader = AccountJSON()
        let text = String(decoding: wholeCharacters(bytes), as: UTF8.self)
        do {
            try reader.take(JSONValue(parsing: text))
        } catch let whole as JSONError {
            // ListenBrainz gives a listen a line.
            let lines = text.utf8.split(whereSeparator: { $0 == 10 || $0 == 13 })
            guard lines.count > 1, lines[0].first == 0x7B, (try? JSONValue(parsing: String(lines[0]) ?? "")) != nil
            else {
                throw FileFailure("no JSON that can be read: \(whole)")
            }
            for line in lines {
                guard let value = try? JSONValue(parsing: String(line) ?? "") else { continue }
                try reader.take(value)
            }
        }
        if reader.list.songs.isEmpty {
            throw FileFailure("no songs in it: nothing has a title and an artist")
        }
        return reader.list
    }

    /// Programs that cut titles after so many units of UTF-16 leave half a character at the end, which is no JSON: it becomes
    /// U+FFFD, so that one title does not cost the others.
    private static func wholeCharacters(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var result = Array(bytes), place = 0
        /// The unit that is written at a place, "\u" and four digits.
        func unit(_ place: Int) -> UInt32? {
            guard place + 6 <= result.count, result[place] == 0x5C, result[place + 1] == 0x75 else { return nil }
            return UInt32(String(decoding: result[place + 2..<place + 6], as: UTF8.self), radix: 16)
        }
        while let found = result[place...].firstIndex(of: 0x5C) {
            switch unit(found) {
            case nil: place = found + 2
            case .some(0xD800...0xDBFF) where unit(found + 6).map { (0xDC00...0xDFFF).contains($0) } ?? false:
                place = found + 12
            case .some(0xD800...0xDFFF):
                result.replaceSubrange(found + 2..<found + 6, with: "FFFD".utf8)
                place = found + 6
            default: place = found + 6
            }
            if place >= result.count { break }
        }
        return result
    }

    private mutating func take(_ value: JSONValue) throws {
        switch value {
        case .array(let values): for value in values { try take(value) }
        case .object(let object):
            if try takeSong(object) { return }
            if list.name.isEmpty, object["items"] != nil || object["track"]?.arrayValue != nil {
                list.name = (object["name"] ?? object["title"])?.stringValue ?? ""
            }
            // In a fixed order, for the same songs get the same numbers.
            for key in object.keys.sorted() where !key.hasPrefix("banned") { try take(object[key] ?? .null) }
        default: break
        }
    }

    /// Whether the object is a song, or something with names that is none.
    private mutating func takeSong(_ object: [String: JSONValue]) throws -> Bool {
        if let header = object["header"]?.stringValue { return try takeWatched(object, header) }
        if object["album_type"] != nil || object["total_tracks"] != nil { return false }
        if let kind = object["type"]?.stringValue, ["artist", "album", "episode", "show", "playlist"].contains(kind) {
            return false
        }
        // A listen of ListenBrainz holds its names one level deeper.
        if object["listened_at"] != nil, var inner = object["track_metadata"]?.objectValue {
            inner["listened_at"] = object["listened_at"]
            return try takeSong(inner)
        }
        guard let title = AccountJSON.title(object), let artist = AccountJSON.artist(object) else { return false }
        let heard = (object["msPlayed"] ?? object["ms_played"])?.intValue
        if let heard, heard < AccountJSON.leastHeard { return true }
        guard var song = ListedSong.draft(title, artist, album: AccountJSON.album(object)) else { return true }
        describe(&song, object)
        try add(song, plays: heard == nil && object["listened_at"] == nil && object["date"] == nil ? 0 : 1)
        return true
    }

    private mutating func add(_ song: SongDraft, plays: Int) throws {
        let key = song.title + "\u{0}" + song.artist
        if let place = places[key] {
            list.songs[place].plays += plays
            return
        }
        guard list.songs.count < AccountJSON.mostSongs else {
            throw FileFailure("more than \(AccountJSON.mostSongs) songs")
        }
        places[key] = list.songs.count
        var listed = ListedSong(song)
        listed.plays = plays
        list.songs.append(listed)
    }

    /// An entry of Takeout's history: a song only if YouTube Music played it.
    private mutating func takeWatched(_ object: [String: JSONValue], _ header: String) throws -> Bool {
        guard header == "YouTube Music", let title = object["title"]?.stringValue,
            let channel = object["subtitles"]?.arrayValue?.first?["name"]?.stringValue
        else { return true }
        let verbs = [
            "Watched ", "Has visto ", "Assistiu a ", "Vous avez regardé ", "Hai guardato ", "Menonton ", "Ditonton ",
        ]
        var name = title[...]
        if let verb = verbs.first(where: { title.hasPrefix($0) }) { name = title.dropFirst(verb.count) }
        for ending in [" angesehen", " bekeken", " को देखा गया", " を視聴しました"] where name.hasSuffix(ending) {
            name = name.dropLast(ending.count)
        }
        let topic = AccountJSON.topics.first { channel.hasSuffix(" - " + $0) }
        let song =
            topic.map { ListedSong.draft(String(name), String(channel.dropLast($0.count + 3))) }
            ?? ListedSong.draft(dashed: String(name)) ?? ListedSong.draft(String(name), channel)
        guard var song else { return true }
        if let link = object["titleUrl"]?.stringValue, let id = AccountJSON.video(link) {
            song.identifiers.append(SongIdentifier(.youtube, id))
        }
        try add(song, plays: 1)
        return true
    }

    /// What YouTube writes behind an artist's name where the channel is made by itself, in the account's language.
    private static let topics = [
        "Topic", "Thema", "Onderwerp", "Tema", "Tópico", "Thème", "Argomento", "Temat", "Тема", "トピック", "주제", "主題",
        "主题",
    ]

    private func describe(_ song: inout SongDraft, _ object: [String: JSONValue]) {
        let more = object["additional_info"]
        let uris = ["trackUri", "spotify_track_uri", "uri", "spotify_id", "id"].flatMap { [object[$0], more?[$0]] }
        if let id = uris.compactMap({ $0?.stringValue }).compactMap(SongIdentifier.spotifyTrack).first {
            song.identifiers.append(SongIdentifier(.spotify, id))
        }
        let codes = [object["isrc"], more?["isrc"], object["external_ids"]?["isrc"]]
        if let code = codes.compactMap({ $0?.stringValue }).compactMap(SongIdentifier.isrc).first {
            song.identifiers.append(SongIdentifier(.isrc, code))
        }
        song.isExplicit = object["explicit"]?.boolValue
        let duration = object["duration_ms"]?.intValue ?? more?["duration_ms"]?.intValue
        if let duration, (1...86_400_000).contains(duration) { song.duration = duration }
        for axis in MoodAxis.allCases {
            // Only what is certainly written as this program writes it.
            if let value = object[axis.name]?.doubleValue, axis.range.contains(value) { song.mood[axis] = value }
        }
        song.language = object["language"]?.stringValue.flatMap { Language($0)?.code } ?? ""
        song.genres = (object["genres"] ?? object["genre"]).map(AccountJSON.words) ?? []
        for word in (object["emotions"] ?? object["emotion"] ?? object["mood"]).map(AccountJSON.words) ?? [] {
            if let emotion = MoodMap.emotion(ofMood: word) { song.emotions.insert(EmotionSet(emotion)) }
            song.hints.append(word)
        }
        song.year = (object["album"]?["release_date"] ?? object["year"])?.stringValue.flatMap(SongRowReader.year)
    }

    private static func words(_ value: JSONValue) -> [String] {
        switch value {
        case .string(let text): SongRowReader.list(text)
        case .array(let values): values.prefix(12).flatMap { $0.stringValue.map(SongRowReader.list) ?? [] }
        default: []
        }
    }

    private static func title(_ object: [String: JSONValue]) -> String? {
        for key in [
            "trackName", "track_name", "master_metadata_track_name", "trackTitle", "track_title", "title", "Title",
            "name",
        ] {
            if let title = object[key]?.stringValue { return title }
        }
        // "track" is a title, or an object with one.
        return object["track"]?.stringValue ?? object["song"]?.stringValue
    }

    private static func artist(_ object: [String: JSONValue]) -> String? {
        for key in [
            "artistName", "artist_name", "master_metadata_album_artist_name", "artist", "Artist", "artists", "creator",
            "singer",
        ] {
            if let name = names(object[key]) { return name }
        }
        return nil
    }

    /// A name, an object with one, or several.
    private static func names(_ value: JSONValue?) -> String? {
        switch value {
        case .string(let name): return name
        case .object(let object): return (object["name"] ?? object["#text"])?.stringValue
        case .array(let values):
            let all = values.compactMap { names($0) }
            return all.isEmpty ? nil : all.joined(separator: ", ")
        default: return nil
        }
    }

    private static func album(_ object: [String: JSONValue]) -> String? {
        for key in ["albumName", "album_name", "master_metadata_album_album_name", "release_name", "album", "Album"] {
            if let name = names(object[key]) { return name }
        }
        return nil
    }

    private static func video(_ link: String) -> String? {
        guard let place = link[...].firstPlace(of: "watch?v=") else { return nil }
        let id = link[place.upperBound...].prefix { $0 != "&" && $0 != "#" }
        return id.utf8.count == 11 ? String(id) : nil
    }
}
