import Emotions
import TextCoding

/// Makes songs of the rows of one table.
struct SongRowReader {
    struct BadRow: Error {
        var reason: String
        init(_ reason: String) { self.reason = reason }
    }

    /// Names longer than this are no names.
    static let nameLimit = 16 << 10

    let columns: SongColumns
    let options: ImportOptions
    /// What the file's name says about all its songs.
    let fileEmotion: Emotion?

    /// The song of a row. What is wrong with fields that a song can do without is put into `problems`; they are left
    /// empty. Throws `BadRow`.
    func song(
        _ record: CSVReader.Record, _ row: TableRow, _ problems: inout [String]
    ) throws(BadRow) -> SongDraft {
        if let problem = record.problem { throw BadRow(problem) }
        // Rows may end early, and tables from spreadsheets with many separators; but a name with a separator that is
        // not in quotes moves all that follows into wrong columns.
        if row.fields.count > columns.count, row.fields[columns.count...].contains(where: { !$0.isEmpty }) {
            throw BadRow("\(row.fields.count) fields, the first row has \(columns.count)")
        }
        let (title, artist) = try names(row)
        var song = SongDraft(title: title, artist: artist)
        // A list of this program's own form that does not say otherwise is an editor's, as the built-in one is.
        song.isEditorial =
            options.isEditorial || columns.areTagged || columns.format == .catalogue && columns.editorial == nil
        song.isBuiltIn = options.isBuiltIn
        if let column = columns.album {
            let album = SongRowReader.clean(row.text(column))
            if album.utf8.count <= SongRowReader.nameLimit {
                song.album = album
            } else {
                problems.append("the album's name is too long")
            }
        }
        if let column = columns.date {
            song.year = SongRowReader.year(row.text(column))
            if song.year == nil { note(row.text(column), "is no year", &problems) }
        }
        if let column = columns.language {
            song.language = Language(row.text(column))?.code ?? ""
            if song.language.isEmpty { note(row.text(column), "is no language that is known here", &problems) }
        }
        if song.language.isEmpty { song.language = options.language?.code ?? "" }
        for column in columns.genres { song.genres += SongRowReader.list(row.text(column)) }
        if let column = columns.themes { song.themes = SongRowReader.list(row.text(column)) }
        if let column = columns.explicit { song.isExplicit = SongRowReader.truth(row.text(column)) }
        if let column = columns.duration { song.duration = SongRowReader.duration(row.text(column)) }
        readLabels(row, into: &song, &problems)
        readFeatures(row, into: &song, &problems)
        if let playlist = options.playlist, !song.mood.missing.isEmpty { song.hints.append(playlist) }
        song.isOwn = columns.own.flatMap { SongRowReader.truth(row.text($0)) } ?? columns.isCollection
        readIdentifiers(row, into: &song)
        return song
    }

    private func names(_ row: TableRow) throws(BadRow) -> (title: String, artist: String) {
        let title = try name(row, columns.title, "title")
        var artist = columns.title == columns.artist ? "" : try optionalName(row, columns.artist, "artist")
        if artist.isEmpty, let column = columns.albumArtist { artist = try optionalName(row, column, "artist") }
        for column in columns.otherArtists {
            let other = try optionalName(row, column, "artist")
            if !other.isEmpty { artist += ", " + other }
        }
        if artist.isEmpty {
            guard let (first, second) = DashedNames.parts(title) else { throw BadRow("no artist") }
            return columns.order == .artistFirst ? (second, first) : (first, second)
        }
        return (title, SongRowReader.credits(artist))
    }

    /// Notes a field that says nothing although something is in it.
    private func note(_ text: String, _ what: String, _ problems: inout [String]) {
        let isNothing = text.utf8.allSatisfy { [0x20, 0x2D, 0x2E, 0x2F, 0x30, 0x3A].contains($0) }
        if isNothing || SongRowReader.isMissing(text) || SongRowReader.unsaid.contains(text.lowercased()) { return }
        problems.append("'\(text.prefix(40))' \(what)")
    }

    /// What tables write where there is nothing to say, also ISO 639's codes for several, other, unknown and no language.
    private static let unsaid: Set<String> = [
        "unknown", "other", "various", "instrumental", "und", "mul", "mis", "zxx", "xxx",
    ]

    private func readLabels(_ row: TableRow, into song: inout SongDraft, _ problems: inout [String]) {
        if let column = columns.emotions {
            for word in SongRowReader.list(row.text(column)) {
                if let emotion = MoodMap.emotion(ofMood: word) {
                    song.emotions.insert(EmotionSet(emotion))
                } else {
                    song.hints.append(word)
                    if MoodMap.standard.point(ofMoods: [word]) == nil {
                        note(word, "is no emotion or mood that is known here", &problems)
                    }
                }
            }
        }
        if let column = columns.mood {
            let words = SongRowReader.list(row.text(column))
            for word in words {
                if let emotion = MoodMap.emotion(ofMood: word) { song.emotions.insert(EmotionSet(emotion)) }
                song.hints.append(word)
            }
            if let first = words.first, song.emotions.isEmpty, MoodMap.standard.point(ofMoods: words) == nil {
                note(first, "is no emotion or mood that is known here", &problems)
            }
        }
        if let column = columns.seeds {
            for word in SongRowReader.list(row.text(column)) {
                if let emotion = Emotion(name: word) { song.emotions.insert(EmotionSet(emotion)) }
                song.hints.append(word)
            }
        }
        if let column = columns.playlist { song.hints += SongRowReader.list(row.text(column)) }
        if let emotion = options.emotion ?? fileEmotion { song.emotions.insert(EmotionSet(emotion)) }
    }

    private func readFeatures(_ row: TableRow, into song: inout SongDraft, _ problems: inout [String]) {
        var unknown = MoodAxes.none
        if let column = columns.estimated {
            for word in SongRowReader.list(row.text(column)) {
                if let axis = MoodAxis(name: word) { unknown.insert(MoodAxes(axis)) }
            }
        }
        if let column = columns.editorial, row.text(column) == "yes" { song.isEditorial = true }
        for axis in MoodAxis.allCases {
            guard let column = columns.features[axis.rawValue], !unknown.contains(axis), column < row.fields.count
            else {
                continue
            }
            // Most fields are plain numbers, which need no text.
            guard
                let value = TextDecoding.number(row.bytes[row.fields[column]]) ?? FeatureScale.number(row.text(column))
            else {
                let written = row.text(column)
                if !SongRowReader.isMissing(written) {
                    problems.append("\(axis.name) '\(written.prefix(40))' is not a number")
                }
                continue
            }
            // Spotify writes 0 where it heard no beat.
            if axis == .tempo, value == 0 { continue }
            let scale = columns.scales[axis.rawValue]
            let range = axis == .tempo ? 1...1000 : scale.range
            guard range.contains(value) else {
                let bounds = axis == .tempo ? "1...1000" : "\(Int(range.lowerBound))...\(Int(range.upperBound))"
                problems.append("\(axis.name) \(row.text(column).prefix(40)) is not in \(bounds)")
                continue
            }
            song.mood[axis] = axis == .tempo ? value : scale.value(value)
        }
    }

    private func readIdentifiers(_ row: TableRow, into song: inout SongDraft) {
        if let column = columns.spotify, let id = SongIdentifier.spotifyTrack(row.text(column)) {
            song.identifiers.append(SongIdentifier(.spotify, id))
        }
        if let column = columns.isrc, let code = SongIdentifier.isrc(row.text(column)) {
            song.identifiers.append(SongIdentifier(.isrc, code))
        }
        if let column = columns.youtube {
            let id = row.text(column)
            if id.utf8.count == 11 { song.identifiers.append(SongIdentifier(.youtube, id)) }
        }
    }

    private func name(_ row: TableRow, _ column: Int, _ what: String) throws(BadRow) -> String {
        let name = try optionalName(row, column, what)
        guard !name.isEmpty else { throw BadRow("no \(what)") }
        return name
    }

    private func optionalName(_ row: TableRow, _ column: Int, _ what: String) throws(BadRow) -> String {
        guard column >= row.fields.count || row.fields[column].count <= SongRowReader.nameLimit else {
            throw BadRow("the \(what) is longer than \(SongRowReader.nameLimit) bytes")
        }
        return SongRowReader.clean(row.text(column))
    }
}
