import TextCoding

/// A table of songs whose columns are understood: its rows one by one.
final class SongTable {
    /// Rows that are looked at to tell what columns hold.
    static let sampled = 500
    /// Lines that may stand above the header, such as a title.
    private static let mostPreamble = 10
    /// Notes that may stand before the rows that are looked at.
    private static let mostNotes = 10_000

    let reader: CSVReader
    let columns: SongColumns
    /// What was wrong with whole columns.
    let notes: [String]
    private var sample: [(record: CSVReader.Record, row: TableRow)] = []
    private var place = 0

    /// Finds separator, header and columns. Throws `MusicError.unknownColumns` if it shows no columns for songs.
    ///
    /// - Parameters:
    ///   - named: what the columns hold, by the user's word; otherwise the header must say it.
    ///   - isArtist: whether there are songs by somebody of that name.
    init(_ reader: CSVReader, named: [String]? = nil, isArtist: (String) -> Bool = { _ in false }) throws {
        self.reader = reader
        try reader.lookAhead(1 << 16)
        try SongTable.findSeparator(reader)
        var notes = 0
        while sample.count < SongTable.sampled, notes < SongTable.mostNotes, let record = try reader.next() {
            // A note between rows is none.
            if reader.separator != 0, SongTable.isNote(reader.row) {
                notes += 1
            } else {
                sample.append((record, reader.row))
            }
        }
        guard let first = sample.first else { throw MusicError.badFile(path: reader.path, reason: "is empty") }
        let rows = sample.filter { $0.record.problem == nil }.map(\.row)
        var found: SongColumns?
        if let named {
            found = SongColumns(named)
            guard found != nil else {
                throw MusicError.badFile(path: reader.path, reason: "the named columns have no title and artist")
            }
            if first.record.problem == nil, SongColumns(first.row.texts) != nil { place = 1 }
        } else if let (index, columns) = SongTable.header(sample) {
            (found, place) = (columns, index + 1)
        } else if let (columns, start) = SongTable.withoutHeader(rows, reader, isArtist) {
            (found, place) = (columns, start)
        }
        guard var columns = found else { throw SongTable.refusal(rows.first?.texts ?? [], reader) }
        columns.chooseTitle(sample.dropFirst(place).filter { $0.record.problem == nil }.map(\.row))
        if columns.title == columns.artist || columns.albumArtist == nil {
            columns.order = SongTable.order(of: rows.dropFirst(place), columns, isArtist)
        }
        self.notes = columns.judge(sample.dropFirst(place).filter { $0.record.problem == nil }.map(\.row))
        self.columns = columns
    }

    /// The next row behind the header; `nil` at the end. Throws `FileFailure`, and what `passing` throws.
    ///
    /// - Parameter passing: called now and then while notes are passed over.
    func next(passing: () throws -> Void = {}) throws -> (record: CSVReader.Record, row: TableRow)? {
        if place < sample.count {
            defer { place += 1 }
            return sample[place]
        }
        sample = []
        place = 0
        var notes = 0
        while let record = try reader.next() {
            guard columns.count > 1, SongTable.isNote(reader.row) else { return (record, reader.row) }
            notes += 1
            if notes % 4096 == 0 { try passing() }
        }
        return nil
    }

    /// Whether a row is a note rather than one of songs.
    private static func isNote(_ row: TableRow) -> Bool {
        row.fields.count == 1 && row.bytes.first == 0x23 && !isSong(row.bytes[...])
    }

    /// Whether a line is a song of which the title or artist begins with "#": "#SELFIE - The Chainsmokers".
    private static func isSong(_ line: ArraySlice<UInt8>) -> Bool {
        line.dropFirst().first.map { $0 > 0x20 && $0 != 0x23 } ?? false
            && DashedNames.parts(TextDecoding.string(line.prefix(1000))) != nil
    }

    /// Whether a line is a table's header, whatever separates its names.
    private static func isHeader(_ line: ArraySlice<UInt8>) -> Bool {
        line.count < 10_000
            && [UInt8(ascii: ","), 0x3B, 9, UInt8(ascii: "|")].contains { sign in
                let names = line.split(separator: sign, omittingEmptySubsequences: false).map { name in
                    TextDecoding.string(name.filter { $0 != 0x22 }[...])
                }
                return names.count > 1 && SongColumns(names) != nil
            }
    }

    // MARK: The header

    private static func header(
        _ sample: [(record: CSVReader.Record, row: TableRow)]
    ) -> (Int, SongColumns)? {
        for (index, (record, row)) in sample.prefix(mostPreamble).enumerated() {
            if record.problem != nil { return nil }
            let texts = row.texts
            if let columns = SongColumns(texts) { return (index, columns) }
            // Only a title may stand above a header.
            if texts.count(where: { !$0.isEmpty }) > 1 { return nil }
        }
        return nil
    }

    /// Tables that say what they hold in another way: one column of artists with titles, what Last.fm's users export,
    /// two columns of which one is known to be artists.
    private static func withoutHeader(
        _ rows: [TableRow], _ reader: CSVReader, _ isArtist: (String) -> Bool
    ) -> (SongColumns, start: Int)? {
        guard let first = rows.first?.texts else { return nil }
        if let title = SongColumns.lonelyTitle(first), hold(rows.dropFirst(), title) {
            var names = first.map { _ in "" }
            names[title] = "artist title"
            for (index, name) in first.enumerated() where index != title { names[index] = name }
            return SongColumns(names).map { ($0, 1) }
        }
        if SongColumns.looksLikeHeader(first) { return nil }
        let count = first.count
        // A bad row or two are no reason to refuse the others.
        guard rows.count(where: { $0.fields.count == count }) * 2 > rows.count || count == 1 else { return nil }
        switch count {
        case 1: return hold(rows[...], 0) ? SongColumns(["artist title"]).map { ($0, 0) } : nil
        case 4 where rows.allSatisfy({ isMoment($0.text(3)) }):
            var columns = SongColumns(["artist", "album", "title", ""])
            columns?.format = .scrobbles
            return columns.map { ($0, 0) }
        case 2:
            guard let artist = artistColumn(rows, isArtist) else { return nil }
            return SongColumns(artist == 0 ? ["artist", "title"] : ["title", "artist"]).map { ($0, 0) }
        default: return nil
        }
    }

    /// Which of two columns holds artists: the one with names that are known, or that come again. The first row must say
    /// so too, or it could be a header in an unknown language.
    private static func artistColumn(_ rows: [TableRow], _ isArtist: (String) -> Bool) -> Int? {
        let scores = (0..<2).map { column -> (first: Bool, all: Int) in
            let names = rows.map { NameKey.fold($0.text(column)) }
            var counts: [String: Int] = [:]
            for name in names { counts[name, default: 0] += 1 }
            let known = rows.prefix(100).map { isArtist($0.text(column)) }
            let repeated = names.count { counts[$0, default: 0] > 1 }
            return (known.first == true || counts[names[0], default: 0] > 1, known.count { $0 } + repeated)
        }
        if scores[0].first, scores[0].all > 2 * scores[1].all || !scores[1].first, scores[0].all > scores[1].all {
            return 0
        }
        if scores[1].first, scores[1].all > 2 * scores[0].all || !scores[0].first, scores[1].all > scores[0].all {
            return 1
        }
        return nil
    }

    /// "01 Jan 2024 10:00" or "2024-01-01 10:00:00".
    private static func isMoment(_ text: String) -> Bool {
        SongRowReader.year(text) != nil && text.utf8.contains(0x3A) || text.isEmpty
    }

    /// Whether most fields of a column are two names with a dash between.
    private static func hold(_ rows: ArraySlice<TableRow>, _ column: Int) -> Bool {
        let count = rows.count { DashedNames.parts($0.text(column)) != nil }
        return count > 0 && count * 10 >= rows.count * 8
    }

    /// Which of two dashed names is the artist: the first, unless those behind the dash are known and the others are not.
    private static func order(
        of rows: ArraySlice<TableRow>, _ columns: SongColumns, _ isArtist: (String) -> Bool
    ) -> SongColumns.Order {
        guard columns.order == .artistFirst else { return columns.order }
        var first = 0, second = 0
        for row in rows.prefix(100) where columns.title == columns.artist || row.text(columns.artist).isEmpty {
            guard let parts = DashedNames.parts(row.text(columns.title)) else { continue }
            if isArtist(parts.0) { first += 1 }
            if isArtist(parts.1) { second += 1 }
        }
        return second > 2 * first ? .titleFirst : .artistFirst
    }

    private static func refusal(_ names: [String], _ reader: CSVReader) -> MusicError {
        let keys = names.map(ColumnWords.key)
        let found = names.prefix(8).map { String($0.prefix(40)) }.joined(separator: ", ")
        let reason: String
        if keys.contains(where: { $0 == "videoid" }) {
            reason = "names videos by their numbers only; songs with titles are in 'music library songs.csv' beside it"
        } else if names.count == 2 {
            reason =
                "no columns for title and artist in the first row (found \(found)), and nothing tells which of the two is "
                + "which"
        } else {
            reason = "no columns for title and artist in the first row (found \(found))"
        }
        return MusicError.unknownColumns(path: reader.path, reason: reason)
    }

    // MARK: The separator

    /// Passes over notes at the beginning and finds what separates fields.
    private static func findSeparator(_ reader: CSVReader) throws {
        for _ in 0..<mostNotes {
            try reader.lookAhead(1 << 16)
            guard let line = firstLine(reader) else { break }
            let text = String(decoding: line.prefix(100), as: UTF8.self)
            if text.lowercased().hasPrefix("sep="), let sign = line.dropFirst(4).first {
                reader.separator = sign
                return reader.passLine()
            }
            guard text.hasPrefix("#"), !isSong(line) else { break }
            // "#,Title,Artist": songs that are numbered; but "# title, artist" above a header explains it.
            if isHeader(line) {
                let rest = reader.ahead.prefix(1 << 16).split(whereSeparator: { $0 == 10 || $0 == 13 }).dropFirst()
                guard let next = rest.first(where: { $0.first != 0x23 }), isHeader(next) else { break }
            }
            reader.passLine()
        }
        let lines = reader.ahead.prefix(1 << 16).split(whereSeparator: { $0 == 10 || $0 == 13 }).prefix(50)
        if areDashedNames(lines, isText: reader.path.lowercased().hasSuffix(".txt")) {
            reader.separator = 0
            return
        }
        // Titles above the header have none.
        for line in lines.prefix(mostPreamble) {
            let counts = [UInt8(ascii: ","), 0x3B, 9, UInt8(ascii: "|")].map { ($0, count(of: $0, in: line)) }
            guard let best = counts.max(by: { $0.1 < $1.1 }), best.1 > 0 else { continue }
            reader.separator = counts[0].1 == best.1 ? counts[0].0 : best.0
            return
        }
    }

    /// Whether each line holds one song, "Artist - Title", in which commas are commas.
    private static func areDashedNames(_ lines: ArraySlice<ArraySlice<UInt8>>, isText: Bool) -> Bool {
        func hasSeparators(_ line: ArraySlice<UInt8>) -> Bool { line.contains { $0 == 0x2C || $0 == 0x3B || $0 == 9 } }
        guard let first = lines.first else { return false }
        let isHeader = DashedNames.parts(TextDecoding.string(first)) == nil
        let songs = isHeader ? lines.dropFirst() : lines
        let dashed = songs.count { DashedNames.parts(TextDecoding.string($0)) != nil }
        guard !songs.isEmpty, dashed * 10 >= songs.count * 8, !lines.contains(where: { $0.first == 0x22 }) else {
            return false
        }
        if isHeader { return !hasSeparators(first) && SongColumns.lonelyTitle([TextDecoding.string(first)]) != nil }
        return isText || songs.count(where: hasSeparators) * 10 < songs.count * 2
    }

    private static func firstLine(_ reader: CSVReader) -> ArraySlice<UInt8>? {
        reader.ahead.isEmpty ? nil : reader.ahead.prefix { $0 != 10 && $0 != 13 }
    }

    /// Outside of quotes.
    private static func count(of sign: UInt8, in line: ArraySlice<UInt8>) -> Int {
        var isQuoted = false, count = 0
        for byte in line {
            if byte == 0x22 { isQuoted.toggle() } else if byte == sign, !isQuoted { count += 1 }
        }
        return count
    }
}

/// "Artist - Title" in one field.
enum DashedNames {
    /// What is before and behind the first dash between blanks; numbers in front of the whole are left out, and notes
    /// such as "Remastered 2011" are no names.
    static func parts(_ text: String) -> (String, String)? {
        var text = text[...]
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        if !digits.isEmpty, digits.count <= 4 {
            let rest = text[digits.endIndex...]
            if let sign = rest.first, sign == "." || sign == ")", rest.dropFirst().first == " " {
                text = rest.dropFirst(2)
            } else if rest.hasPrefix(" - "), rest.dropFirst(3).utf8.contains(0x2D) {
                text = rest.dropFirst(3)
            }
        }
        for dash in [" - ", " – ", " — "] {
            guard let place = text.firstPlace(of: dash) else { continue }
            let first = trimmedText(text[..<place.lowerBound]), second = trimmedText(text[place.upperBound...])
            guard !first.isEmpty, !second.isEmpty, !NameKey.title("x - \(second)").elementsEqual("x") else {
                return nil
            }
            return (first, second)
        }
        return nil
    }

    private static func trimmedText(_ text: Substring) -> String { text.trimmingBlanks }
}

extension Substring {
    /// The first place of a text in it.
    func firstPlace(of text: String) -> Range<Index>? {
        let pattern = Array(text.utf8)
        guard let lead = pattern.first else { return nil }
        var start = utf8.startIndex
        while let found = utf8[start...].firstIndex(of: lead) {
            if utf8[found...].starts(with: pattern) { return found..<utf8.index(found, offsetBy: pattern.count) }
            start = utf8.index(after: found)
        }
        return nil
    }
}
