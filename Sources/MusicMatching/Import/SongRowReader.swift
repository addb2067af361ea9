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
        if let column = columns.date { song.year = SongRowReader.year(row.text(column)) }
        if let column = columns.language { song.language = Language(row.text(column))?.code ?? "" }
        if song.language.isEmpty { song.language = options.language?.code ?? "" }
        for column in columns.genres { song.genres += SongRowReader.list(row.text(column)) }
        if let column = columns.themes { song.themes = SongRowReader.list(row.text(column)) }
        if let column = columns.explicit { song.isExplicit = SongRowReader.truth(row.text(column)) }
        if let column = columns.duration { song.duration = SongRowReader.duration(row.text(column)) }
        readLabels(row, into: &song)
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

    private func readLabels(_ row: TableRow, into song: inout SongDraft) {
        if let column = columns.emotions {
            for word in SongRowReader.list(row.text(column)) {
                if let emotion = Emotion(name: word) {
                    song.emotions.insert(EmotionSet(emotion))
                } else {
                    song.hints.append(word)
                }
            }
        }
        for column in [columns.mood, columns.seeds].compactMap({ $0 }) {
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

    /// A name without control characters: what moves a cursor or ends a text for other programs. Line breaks and tabs
    /// become blanks.
    static func clean(_ name: String) -> String {
        guard name.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return name }
        var result = String.UnicodeScalarView()
        for scalar in name.unicodeScalars {
            switch scalar.value {
            case 9, 10, 13: if result.last != " " { result.append(" ") }
            case 0..<0x20, 0x7F: break
            default: result.append(scalar)
            }
        }
        return String(trimmed(String(result)[...]))
    }

    /// Yes or no in the words of tables; `nil` for anything else.
    static func truth(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "yes", "1", "y", "explicit", "ja", "sí", "si", "sim", "oui", "ya", "да", "हाँ", "wahr", "verdadero",
            "vrai":
            return true
        case "false", "no", "0", "n", "clean", "nein", "não", "nao", "non", "tidak", "нет", "नहीं", "falsch", "falso",
            "faux",
            "notexplicit", "not explicit", "cleaned":
            return false
        default: return nil
        }
    }

    /// Milliseconds in "03:47", "1:02:03", "200s", "213000" (milliseconds from 10,000 on) or "213.4" (seconds).
    static func duration(_ text: String) -> Int? {
        let most = 86_400_000
        var bytes = text.utf8[...]
        let areSeconds = bytes.last == 0x73
        if areSeconds { bytes = bytes.dropLast() }
        let parts = bytes.split(separator: 0x3A, omittingEmptySubsequences: false)
        let numbers = parts.map { TextDecoding.number(Array($0)[...]) }
        var seconds = 0.0
        for number in numbers {
            guard let number, number >= 0, number < 1e9 else { return nil }
            seconds = seconds * 60 + number
        }
        let milliseconds = parts.count == 1 && seconds >= 10_000 && !areSeconds ? seconds : (seconds * 1000).rounded()
        return milliseconds > 0 && milliseconds < Double(most) ? Int(milliseconds) : nil
    }

    private static func isMissing(_ text: String) -> Bool {
        ["", "-", "nan", "na", "n/a", "null", "none"].contains(text.lowercased())
    }

    /// "['A', 'B']", as Python writes lists, and "A;B" become "A, B".
    static func credits(_ text: String) -> String {
        if text.hasPrefix("['") || text.hasPrefix("[\""), text.hasSuffix("]") {
            let names = text.dropFirst().dropLast().split(separator: ",").map { part in
                String(
                    trimmed(part).drop { $0 == "'" || $0 == "\"" }.reversed().drop { $0 == "'" || $0 == "\"" }
                        .reversed())
            }
            return names.joined(separator: ", ")
        }
        guard text.utf8.contains(0x3B) else { return text }
        return text.split(separator: ";").map { String(trimmed($0)) }.filter { !$0.isEmpty }.joined(separator: ", ")
    }

    /// Words between commas, semicolons or bars, with or without Python's list syntax.
    static func list(_ text: String) -> [String] {
        if text.isEmpty { return [] }
        let isOne = !text.utf8.contains { $0 == 0x3B || $0 == 0x2C || $0 == 0x7C || $0 == 0x5B }
        if isOne, text.utf8.count <= 100 { return [text] }
        var text = text[...]
        if text.hasPrefix("["), text.hasSuffix("]") { text = text.dropFirst().dropLast() }
        return text.split { $0 == ";" || $0 == "," || $0 == "|" }.map { part in
            var part = trimmed(part)
            if let first = part.first, first == "'" || first == "\"", part.count > 1, part.last == first {
                part = part.dropFirst().dropLast()
            }
            return String(part)
        }.filter { !$0.isEmpty && $0.utf8.count <= 100 }
    }

    /// The length in "215", "215000" (milliseconds, as services count) or "3:35"; `nil` if it is none.
    static func seconds(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count > 1 {
            let numbers = parts.compactMap { Int($0) }
            guard parts.count <= 3, numbers.count == parts.count, numbers.allSatisfy({ (0...9999).contains($0) }) else {
                return nil
            }
            return numbers.reduce(0) { $0 * 60 + $1 }
        }
        guard let number = Double(text), number > 0, number < 1e9 else { return nil }
        return Int(number >= 10_000 ? number / 1000 : number)
    }

    /// The year at the start of "1982-10-27" or "1982"; or at the end of "27/10/1982".
    static func year(_ text: String) -> Int? {
        let parts = text.utf8.split { !(0x30...0x39).contains($0) }
        for part in parts where part.count == 4 {
            if let year = Int(String(decoding: part, as: UTF8.self)), (1000...2999).contains(year) { return year }
        }
        return nil
    }
}

extension SongIdentifier {
    /// The 22 characters in `spotify:track:ID`, a link to a track, or by themselves.
    public static func spotifyTrack(_ text: String) -> String? {
        var id = text[...]
        if id.utf8.count == 22, id.utf8.allSatisfy(isBase62) { return text }
        guard id.utf8.contains(where: { $0 == 0x3A || $0 == 0x2F }) else { return nil }
        if id.hasPrefix("spotify:track:") {
            id = id.dropFirst(14)
        } else if let place = id.firstRange(ofTrack: "/track/") {
            id = id[place...].prefix { $0 != "?" && $0 != "/" && $0 != "#" }
        }
        return id.utf8.count == 22 && id.utf8.allSatisfy(isBase62) ? String(id) : nil
    }

    private static func isBase62(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    /// Twelve letters and digits, dashes left out.
    public static func isrc(_ text: String) -> String? {
        let code = text.uppercased().filter { $0 != "-" && $0 != " " }
        let isPlain = code.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) }
        return code.utf8.count == 12 && isPlain ? code : nil
    }
}

extension Substring {
    /// Where the text behind the first occurrence begins.
    fileprivate func firstRange(ofTrack pattern: String) -> Index? {
        var index = startIndex
        while index < endIndex {
            if self[index...].hasPrefix(pattern) { return self.index(index, offsetBy: pattern.count) }
            index = self.index(after: index)
        }
        return nil
    }
}
