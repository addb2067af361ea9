import Emotions
import Files
import MediaFiles

/// The song that a file holds, by its tags, or else by its path.
enum FileSong {
    /// Where nothing tells who sings, it is somebody unknown, whom `ArtistKey` takes for nobody. Throws `NoSong` for what
    /// is none.
    ///
    /// - Parameters:
    ///   - root: the folder that was imported; what lies above it says nothing.
    ///   - isArtist: whether there are songs by somebody of that name.
    static func draft(
        _ tags: MediaTags, path: String, root: String, isArtist: (String) -> Bool
    ) throws(NoSong) -> SongDraft {
        if let duration = tags.duration, duration >= FileReading.longest {
            throw NoSong(reason: "lasts \(duration / 60_000) minutes, which no song does")
        }
        let byPath = names(path, root, isArtist)
        var title = tags.title
        var artist = isNobody(tags.artist) ? "" : tags.artist
        if artist.isEmpty, !isNobody(tags.albumArtist) { artist = tags.albumArtist }
        if artist.isEmpty, let (first, second) = DashedNames.parts(title) { (artist, title) = (first, second) }
        if title.isEmpty { title = byPath.title }
        if artist.isEmpty { artist = byPath.artist }
        if artist.isEmpty { artist = ArtistKey.unknown }
        guard let names = ListedSong.draft(title, artist, album: tags.album.isEmpty ? byPath.album : tags.album) else {
            throw NoSong(reason: "it has no usable title or artist")
        }
        var song = names
        song.isOfFile = true
        song.year = SongRowReader.year(tags.date)
        song.genres = SongRowReader.list(tags.genre).flatMap { $0.split(separator: "/").map(String.init) }
        song.language = Language(tags.language)?.code ?? ""
        song.duration = tags.duration
        song.isExplicit = tags.isExplicit
        // What this program wrote itself tells it nothing.
        for word in tags.mood == tags.ownMood ? [] : SongRowReader.list(tags.mood) {
            if let emotion = MoodMap.emotion(ofMood: word) { song.emotions.insert(EmotionSet(emotion)) }
            song.hints.append(word)
        }
        if let tempo = FeatureScale.number(tags.tempo), MoodAxis.tempo.range.contains(tempo) {
            song.mood[.tempo] = tempo
        }
        if let code = SongIdentifier.isrc(tags.isrc) { song.identifiers.append(SongIdentifier(.isrc, code)) }
        let recording = tags.musicBrainz.lowercased()
        if recording.utf8.count == 36, recording.utf8.allSatisfy({ $0 == 0x2D || isHexadecimal($0) }) {
            song.identifiers.append(SongIdentifier(.musicBrainz, recording))
        }
        return song
    }

    struct NoSong: Error { var reason: String }

    /// What is noted of a file by somebody unknown: that may fall away when more folders or artists are known.
    static let nobody = "neither tags nor name say who sings"

    /// Whether a path by itself says who sings.
    static func isNamed(byPath path: String, root: String, isArtist: (String) -> Bool) -> Bool {
        !names(path, root, isArtist).artist.isEmpty
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }

    /// Names that stand for many or none.
    static func isNobody(_ name: String) -> Bool {
        let key = NameKey.fold(name)
        return [
            "various", "various artists", "va", "v a", "diverse", "varios", "varios artistas", "unknown",
            "unknown artist",
            "unbekannter interpret", "unbekannter kunstler", "artista desconocido", "artiste inconnu", "soundtrack",
            "ost", "compilations", "",
        ].contains(key)
    }

    /// ".../Artist/Album/01 Title.mp3", "Artist - Title.mp3", "01 - Artist - Title.mp3".
    private static func names(
        _ path: String, _ root: String, _ isArtist: (String) -> Bool
    ) -> (title: String, artist: String, album: String) {
        let name = readable(path.withoutPathExtension)
        var parts: [String] = []
        var folder = path.parentFolder
        while folder.utf8.count > root.utf8.count, parts.count < 2 {
            parts.append(readable(folder.lastPathPart))
            folder = folder.parentFolder
        }
        if let (artist, title) = DashedNames.parts(name), Int(artist) == nil {
            return (title, artist, parts.first ?? "")
        }
        let title = withoutNumber(name)
        if parts.count == 2 { return (title, isNobody(parts[1]) ? "" : parts[1], parts[0]) }
        if let only = parts.first, isArtist(only) { return (title, only, "") }
        return (title, "", "")
    }

    private static func readable(_ name: String) -> String {
        let text = name.contains(" ") ? name : name.split(separator: "_").joined(separator: " ")
        // Bytes of a path that are no UTF-8 are private characters.
        return TextRepair.text(
            Array(text.unicodeScalars.flatMap { $0.pathByte.map { [$0] } ?? Array(String($0).utf8) }))
    }

    /// "01 Title", "1-03. Title", "07_Title".
    private static func withoutNumber(_ name: String) -> String {
        let rest = name.drop { $0.isNumber || $0 == "-" || $0 == "." || $0 == "_" || $0 == " " }
        let number = name.prefix(name.count - rest.count)
        // "99 Luftballons" is no 99th track.
        let isNumber = number.hasPrefix("0") || number.contains { $0 != " " && !$0.isNumber }
        return rest.isEmpty || !isNumber || number.count > 8 ? name : String(rest)
    }
}
