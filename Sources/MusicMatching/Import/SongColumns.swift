import Emotions

/// Which column of a table holds what, recognised by the names in its first row.
struct SongColumns {
    /// The kinds of lists that are told apart, for messages.
    enum Format: String, Sendable {
        case moodSet = "mood-labelled feature table"
        case features = "feature table"
        case percentFeatures = "feature table in percent"
        case numberedPlaylist = "numbered playlist"
        case spotifyExport = "Spotify export"
        case catalogue = "fermusic catalogue"
        case plain = "list of titles and artists"

        /// Whether it is what somebody listens to, and not a table of all kinds of songs.
        var isCollection: Bool {
            switch self {
            case .moodSet, .features, .percentFeatures, .catalogue: false
            case .numberedPlaylist, .spotifyExport, .plain: true
            }
        }
    }

    var format = Format.plain
    /// Whether the first row names columns.
    var hasHeader = true
    var count: Int
    var title = 0
    var artist = 0
    var album: Int?
    var date: Int?
    var language: Int?
    var genres: [Int] = []
    var emotions: Int?
    var mood: Int?
    var playlist: Int?
    var spotify: Int?
    var isrc: Int?
    var youtube: Int?
    var estimated: Int?
    var editorial: Int?
    var explicit: Int?
    var seconds: Int?
    var own: Int?
    /// In the order of `MoodAxis`.
    var features: [Int?] = Array(repeating: nil, count: MoodAxis.allCases.count)
    /// Whether features other than tempo run from 0 to 100.
    var isPercent = false

    /// - Parameter names: the first row. `nil` if it shows no title and artist, and is not simply two columns.
    init?(_ names: [String]) {
        count = names.count
        let keys = names.map(SongColumns.key)
        func column(_ accepted: String...) -> Int? {
            for name in accepted {
                if let index = keys.firstIndex(of: name) { return index }
            }
            return nil
        }
        guard let title = column("trackname", "title", "songtitle", "songname", "tracktitle", "song", "name", "track"),
            let artist = column(
                "artistnames", "artistname", "artistsname", "artists", "artist", "trackartist", "singer", "performer")
        else {
            guard names.count == 2, keys.allSatisfy({ !$0.isEmpty }), column("title", "artist", "name") == nil else {
                return nil
            }
            hasHeader = false
            artist = 1
            return
        }
        self.title = title
        self.artist = artist
        album = column("albumname", "album", "trackalbumname", "albumtitle")
        date = column("year", "releasedyear", "releaseyear", "releasedate", "albumreleasedate", "trackalbumreleasedate")
        language = column("language", "lang")
        genres = ["genres", "genre", "artistgenres", "trackgenre", "playlistgenre", "playlistsubgenre"]
            .compactMap { keys.firstIndex(of: $0) }
        emotions = column("emotions", "emotion")
        mood = column("mood", "moods", "label")
        playlist = column("playlistname", "playlist")
        spotify = column("spotifyid", "trackuri", "spotifyuri", "spotifytrackid", "trackid", "uri", "id")
        isrc = column("isrc")
        youtube = column("youtubeid")
        estimated = column("estimated")
        editorial = column("editorial")
        explicit = column("explicit", "isexplicit")
        seconds = column("durationms", "trackdurationms", "lengthms", "duration", "length", "seconds")
        own = column("own")
        for axis in MoodAxis.allCases {
            features[axis.rawValue] = axis == .tempo ? column("tempo", "bpm") : column(axis.name)
        }
        isPercent = zip(names, keys).contains { name, key in name.contains("%") && MoodAxis(name: key) != nil }
        format = recognised(keys)
    }

    private func recognised(_ keys: [String]) -> Format {
        let hasFeatures = features[MoodAxis.valence.rawValue] != nil && features[MoodAxis.energy.rawValue] != nil
        if keys.contains("trackuri") || keys.contains("addedat") { return .spotifyExport }
        if estimated != nil || emotions != nil && hasFeatures { return .catalogue }
        if hasFeatures { return isPercent ? .percentFeatures : mood != nil ? .moodSet : .features }
        return keys.first == "" ? .numberedPlaylist : .plain
    }

    /// "Artist Name(s)", "artist(s)_name" and "artist_name" differ in what does not matter.
    private static func key(_ name: String) -> String {
        var key = ""
        for scalar in name.unicodeScalars {
            switch scalar.value {
            case 0x30...0x39, 0x61...0x7A: key.unicodeScalars.append(scalar)
            case 0x41...0x5A: key.unicodeScalars.append(Unicode.Scalar(UInt8(scalar.value) + 32))
            default: break
            }
        }
        return key
    }
}

extension SongColumns {
    /// Finds the separator and reads the first row. Throws `MusicError.badFile` if it names no columns for songs.
    static func read(_ reader: CSVReader) throws -> SongColumns {
        let line = reader.firstLine
        for candidate in [UInt8(ascii: "\t"), UInt8(ascii: ";")] {
            let count = line.count { $0 == candidate }
            if count > line.count(where: { $0 == UInt8(ascii: ",") }) { reader.separator = candidate }
        }
        guard let first = try reader.next() else { throw MusicError.badFile(path: reader.path, reason: "is empty") }
        let names = reader.fields.map { TextDecoding.string(reader.bytes[$0]) }
        guard first.problem == nil, let columns = SongColumns(names) else {
            throw MusicError.badFile(
                path: reader.path,
                reason:
                    "no columns for title and artist in the first row (found \(names.prefix(8).joined(separator: ", ")))"
            )
        }
        return columns
    }
}
