import TextCoding

/// What separates a table's fields, and which lines before and between its rows are notes.
enum TableLines {
    /// Notes that may stand before the rows that are looked at.
    static let mostNotes = 10_000
    /// Lines that may stand above the header, such as a title.
    static let mostPreamble = 10

    /// What portable players write for Last.fm: artist, album, title, number, seconds and more, without a header (the
    /// format of audioscrobbler's portable player log, 1.0 and 1.1).
    static func isScrobblerLog(_ reader: CSVReader) -> Bool { reader.ahead.starts(with: "#AUDIOSCROBBLER/1.".utf8) }

    /// Passes over notes at the beginning and finds what separates fields.
    static func findSeparator(_ reader: CSVReader) throws {
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

    /// Whether a row is a note rather than one of songs.
    static func isNote(_ row: TableRow) -> Bool {
        row.fields.count == 1 && row.bytes.first == 0x23 && !isSong(row.bytes[...])
    }

    /// Whether a line is a song of which the title or artist begins with "#": "#SELFIE - The Chainsmokers".
    private static func isSong(_ line: ArraySlice<UInt8>) -> Bool {
        line.dropFirst().first.map { $0 > 0x20 && $0 != 0x23 } ?? false
            && DashedNames.parts(TextDecoding.string(line.prefix(1000))) != nil
    }

    private static func isHeader(_ line: ArraySlice<UInt8>) -> Bool {
        line.count < 10_000 && isHeader(TextDecoding.string(line))
    }

    /// Whether a line is a table's header, whatever separates its names.
    static func isHeader(_ line: String) -> Bool {
        [",", ";", "\t", "|"].contains { (separator: Character) in
            let names = line.split(separator: separator, omittingEmptySubsequences: false)
                .map { String($0.filter { $0 != "\"" }) }
            return names.count > 1 && SongColumns(names) != nil
        }
    }
}
