import TextCoding

/// A table of songs whose columns are understood: its rows one by one.
final class SongTable {
    /// Rows that are looked at to tell what columns hold.
    static let sampled = 500

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
    ///   - isFamous: whether somebody of that name is known, with songs or without.
    init(
        _ reader: CSVReader, named: [String]? = nil, isArtist: (String) -> Bool = { _ in false },
        isFamous: (String) -> Bool = { _ in false }
    ) throws {
        self.reader = reader
        try reader.lookAhead(1 << 16)
        reader.encoding = TextEncoding.of(reader.ahead.prefix(1 << 16))
        let isLog = TableLines.isScrobblerLog(reader)
        try TableLines.findSeparator(reader)
        var notes = 0
        while sample.count < SongTable.sampled, notes < TableLines.mostNotes, let record = try reader.next() {
            // A note between rows is none.
            if reader.separator != 0, TableLines.isNote(reader.row) {
                notes += 1
            } else {
                sample.append((record, reader.row))
            }
        }
        guard let first = sample.first else { throw MusicError.badFile(path: reader.path, reason: "is empty") }
        let rows = sample.filter { $0.record.problem == nil }.map(\.row)
        var found: SongColumns?, saysOrder = true
        if isLog, named == nil {
            found = SongColumns(["artist", "album", "title", "", "duration", "", "", ""])
            found?.format = .scrobbles
        } else if let named {
            found = SongColumns(named)
            guard found != nil else {
                throw MusicError.badFile(path: reader.path, reason: "the named columns have no title and artist")
            }
            if first.record.problem == nil, SongColumns(first.row.texts) != nil { place = 1 }
        } else if let (index, columns) = SongTable.header(sample) {
            (found, place) = (columns, index + 1)
        } else if let (columns, start) = SongTable.withoutHeader(rows, reader, isArtist) {
            (found, place, saysOrder) = (columns, start, false)
        }
        guard var columns = found else { throw SongTable.refusal(rows.first?.texts ?? [], reader) }
        columns.chooseTitle(sample.dropFirst(place).filter { $0.record.problem == nil }.map(\.row))
        // A header that names both says in which order they are.
        if columns.title == columns.artist ? !saysOrder : columns.albumArtist == nil {
            columns.order = SongTable.order(of: rows.dropFirst(place), columns) { isArtist($0) || isFamous($0) }
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
            guard columns.count > 1, TableLines.isNote(reader.row) else { return (record, reader.row) }
            notes += 1
            if notes % 4096 == 0 { try passing() }
        }
        return nil
    }

    // MARK: The header

    private static func header(
        _ sample: [(record: CSVReader.Record, row: TableRow)]
    ) -> (Int, SongColumns)? {
        for (index, (record, row)) in sample.prefix(TableLines.mostPreamble).enumerated() {
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

    /// Which of two dashed names is the artist: the first, unless more of those behind the dash are known,
    /// in enough rows that it is no title which happens to be somebody's name.
    private static func order(
        of rows: ArraySlice<TableRow>, _ columns: SongColumns, _ isArtist: (String) -> Bool
    ) -> SongColumns.Order {
        guard columns.order == .artistFirst else { return columns.order }
        var first = 0, second = 0, all = 0
        for row in rows where columns.title == columns.artist || row.text(columns.artist).isEmpty {
            guard let parts = DashedNames.parts(row.text(columns.title)) else { continue }
            all += 1
            if isArtist(parts.0) { first += 1 }
            if isArtist(parts.1) { second += 1 }
        }
        return second > first && 4 * second >= all ? .titleFirst : .artistFirst
    }

    private static func refusal(_ names: [String], _ reader: CSVReader) -> MusicError {
        let keys = names.map(ColumnWords.key)
        let found = names.prefix(8).map { String($0.prefix(40)) }.joined(separator: ", ")
        let reason: String
        if keys.contains(where: { $0 == "videoid" || $0 == "playlistid" }) {
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
}
