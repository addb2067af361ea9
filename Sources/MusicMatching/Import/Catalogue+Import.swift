import Emotions
import Files
import Glibc

/// How a list of songs is read.
public struct ImportOptions: Sendable {
    /// The language of songs for which the list gives none.
    public var language: Language?
    /// What all the songs suit; otherwise the file's name may say it ("sad.csv").
    public var emotion: Emotion?
    /// A word about all the songs, such as the name of a playlist.
    public var playlist: String?
    /// Whether features are somebody's judgement rather than measured.
    public var isEditorial = false
    /// Whether it is the list that is part of the program.
    var isBuiltIn = false

    public init() {}
}

/// What an import did.
public struct ImportReport: Sendable {
    /// A row that could not be used, counted as an editor counts lines, and why.
    public struct BadRow: Sendable, Equatable {
        public var row: Int
        public var reason: String
    }

    /// The kind of list, in words.
    public var format = ""
    public var added = 0
    /// Songs that were there and of which something new was learned.
    public var merged = 0
    public var unchanged = 0
    public var badRows = 0
    /// The first thousand of them.
    public var problems: [BadRow] = []

    /// Rows that name a song.
    public var songs: Int { added + merged + unchanged }
}

extension Catalogue {
    /// Takes a list of songs over: CSV with commas, semicolons or tabs, in UTF-8 or Latin-1, its kind recognised by its
    /// columns. A bad row is reported and left out. All in one transaction: a failure, a kill or an error thrown by
    /// `progress` leaves the catalogue as it was. Throws `MusicError`.
    ///
    /// - Parameter progress: called now and then with the share of the file that was read, and the songs so far.
    public func importSongs(
        _ path: String, options: ImportOptions = ImportOptions(),
        progress: (Double, Int) throws -> Void = { _, _ in }
    ) throws -> ImportReport {
        do {
            return try importSongs(try CSVReader(path), options: options, progress: progress)
        } catch let failure as FileFailure {
            throw MusicError.badFile(path: path, reason: failure.reason)
        }
    }

    func importSongs(
        _ reader: CSVReader, options: ImportOptions, progress: (Double, Int) throws -> Void
    ) throws -> ImportReport {
        // Many pages change; the more of them fit, the fewer are written twice.
        try database.execute("PRAGMA cache_size = -524288")
        defer { try? database.execute("PRAGMA cache_size = -2000") }
        return try transaction { try readSongs(reader, options, progress) }
    }

    private func readSongs(
        _ reader: CSVReader, _ options: ImportOptions, _ progress: (Double, Int) throws -> Void
    ) throws -> ImportReport {
        let columns = try readColumns(reader)
        let rows = SongRowReader(
            columns: columns, options: options, fileEmotion: Emotion(name: reader.path.fileStem))
        var report = ImportReport()
        report.format = columns.format.rawValue
        var isFirst = !columns.hasHeader
        var count = 0
        while true {
            // The first row was read already to look for names of columns.
            let record: CSVReader.Record?
            if isFirst {
                record = CSVReader.Record(line: 1)
                isFirst = false
            } else {
                record = try reader.next()
            }
            guard let record else { break }
            switch SongRowReader.read(record, reader, rows) {
            case .success(let song):
                switch try add(song) {
                case .added: report.added += 1
                case .merged: report.merged += 1
                case .unchanged: report.unchanged += 1
                }
            case .failure(let problem):
                report.badRows += 1
                if report.problems.count < 1000 {
                    report.problems.append(.init(row: record.line, reason: problem.reason))
                }
            }
            count += 1
            if count % 1000 == 0 {
                try progress(Double(reader.bytesRead) / Double(max(reader.size, 1)), report.songs)
            }
        }
        return report
    }

    private func readColumns(_ reader: CSVReader) throws -> SongColumns {
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

extension String {
    /// The file's name without folders and extension.
    var fileStem: String {
        let name = self[(lastIndex(of: "/").map { index(after: $0) } ?? startIndex)...]
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return String(name) }
        return String(name[..<dot])
    }
}
