import Emotions
import Files
import Glibc

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
        let columns = try SongColumns.read(reader)
        var options = options
        options.playlist = moodWord(options.playlist ?? reader.path.withoutPathExtension)
        let rows = SongRowReader(
            columns: columns, options: options, fileEmotion: Emotion(name: reader.path.withoutPathExtension))
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
        // The built-in list knows its songs, and is read in every start after an update.
        if !options.isBuiltIn { try estimateAnew() }
        return report
    }

    /// A list's name if it tells a mood, as "workout" and "Lofi beats" do; other names say nothing about songs.
    func moodWord(_ name: String) -> String? {
        name.utf8.count <= 100 && moodMap.point(ofWords: [name]) != nil ? name : nil
    }
}
