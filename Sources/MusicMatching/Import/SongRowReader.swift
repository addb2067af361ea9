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

    /// The song of a record that may be broken.
    static func read(
        _ record: CSVReader.Record, _ reader: CSVReader, _ rows: SongRowReader
    ) -> Result<SongDraft, BadRow> {
        if let problem = record.problem { return .failure(BadRow(problem)) }
        return Result { () throws(BadRow) in try rows.song(reader) }
    }

    func song(_ reader: CSVReader) throws(BadRow) -> SongDraft {
        guard reader.fields.count == columns.count else {
            throw BadRow("\(reader.fields.count) fields, the first row has \(columns.count)")
        }
        var song = SongDraft(
            title: try name(reader, columns.title, "title"), artist: try name(reader, columns.artist, "artist"))
        song.artist = SongRowReader.credits(song.artist)
        // A list of this program's own form that does not say otherwise is an editor's, as the built-in one is.
        song.isEditorial = options.isEditorial || columns.format == .catalogue && columns.editorial == nil
        song.isBuiltIn = options.isBuiltIn
        if let column = columns.album {
            song.album = text(reader, column)
            guard song.album.utf8.count <= SongRowReader.nameLimit else { throw BadRow("the album's name is too long") }
        }
        if let column = columns.date { song.year = SongRowReader.year(text(reader, column)) }
        if let column = columns.language { song.language = Language(text(reader, column))?.code ?? "" }
        if song.language.isEmpty { song.language = options.language?.code ?? "" }
        for column in columns.genres { song.genres += SongRowReader.list(text(reader, column)) }
        try readLabels(reader, into: &song)
        try readFeatures(reader, into: &song)
        if let playlist = options.playlist, !song.mood.missing.isEmpty { song.hints.append(playlist) }
        readIdentifiers(reader, into: &song)
        if let column = columns.seconds { song.seconds = SongRowReader.seconds(text(reader, column)) }
        if let column = columns.explicit {
            song.isExplicit = ["true", "yes", "1", "explicit", "t", "y"].contains(text(reader, column).lowercased())
        }
        song.isOwn = columns.own.map { text(reader, $0) == "yes" } ?? columns.format.isCollection
        return song
    }

    private func readLabels(_ reader: CSVReader, into song: inout SongDraft) throws(BadRow) {
        if let column = columns.emotions {
            for word in SongRowReader.list(text(reader, column)) {
                if let emotion = Emotion(name: word) {
                    song.emotions.insert(EmotionSet(emotion))
                } else {
                    song.hints.append(word)
                }
            }
        }
        if let column = columns.mood {
            for word in SongRowReader.list(text(reader, column)) {
                if let emotion = Emotion(name: word) { song.emotions.insert(EmotionSet(emotion)) }
                song.hints.append(word)
            }
        }
        if let column = columns.playlist { song.hints += SongRowReader.list(text(reader, column)) }
        if let emotion = options.emotion ?? fileEmotion { song.emotions.insert(EmotionSet(emotion)) }
    }

    private func readFeatures(_ reader: CSVReader, into song: inout SongDraft) throws(BadRow) {
        var unknown = MoodAxes.none
        if let column = columns.estimated {
            for word in SongRowReader.list(text(reader, column)) {
                if let axis = MoodAxis(name: word) { unknown.insert(MoodAxes(axis)) }
            }
        }
        if let column = columns.editorial, text(reader, column) == "yes" { song.isEditorial = true }
        for axis in MoodAxis.allCases {
            guard let column = columns.features[axis.rawValue], !unknown.contains(axis) else { continue }
            let bytes = reader.bytes[reader.fields[column]]
            guard var value = TextDecoding.number(bytes) else {
                let written = text(reader, column)
                if SongRowReader.isMissing(written) { continue }
                throw BadRow("\(axis.name) '\(written.prefix(40))' is not a number")
            }
            if axis == .tempo {
                // Spotify writes 0 where it heard no beat.
                if value == 0 { continue }
            } else if columns.isPercent {
                value /= 100
            }
            let range = axis == .tempo ? 1...1000 : axis.range
            guard range.contains(value) else {
                throw BadRow(
                    "\(axis.name) \(text(reader, column).prefix(40)) is not in "
                        + (axis == .tempo ? "1...1000" : columns.isPercent ? "0...100" : "0...1"))
            }
            song.mood[axis] = value
        }
    }

    private func readIdentifiers(_ reader: CSVReader, into song: inout SongDraft) {
        if let column = columns.spotify, let id = SongIdentifier.spotifyTrack(text(reader, column)) {
            song.identifiers.append(SongIdentifier(.spotify, id))
        }
        if let column = columns.isrc, let code = SongIdentifier.isrc(text(reader, column)) {
            song.identifiers.append(SongIdentifier(.isrc, code))
        }
        if let column = columns.youtube {
            let id = text(reader, column)
            if id.utf8.count == 11 { song.identifiers.append(SongIdentifier(.youtube, id)) }
        }
    }

    private func name(_ reader: CSVReader, _ column: Int, _ what: String) throws(BadRow) -> String {
        guard reader.fields[column].count <= SongRowReader.nameLimit else {
            throw BadRow("the \(what) is longer than \(SongRowReader.nameLimit) bytes")
        }
        let name = text(reader, column)
        guard !name.isEmpty else { throw BadRow("no \(what)") }
        return name
    }

    private func text(_ reader: CSVReader, _ column: Int) -> String {
        let bytes = reader.bytes[reader.fields[column]]
        let text = TextDecoding.string(bytes)
        guard let first = text.utf8.first, let last = text.utf8.last, first <= 0x20 || last <= 0x20 else { return text }
        return String(trimmed(text[...]))
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
