import Emotions
import Files
import Glibc

extension Catalogue {
    /// Takes a list of songs over, its kind recognised by its contents: a table (CSV with commas, semicolons or tabs, in
    /// UTF-8, UTF-16 or Latin-1, its columns recognised by their names in many languages), a playlist (M3U, PLS, XSPF), the
    /// library of iTunes, JSON of an account, or a gzip or zip file with such. A row that cannot be used is reported and left
    /// out, a field that cannot is reported and left empty. All in one transaction: a failure, a kill or an error thrown
    /// by `progress` leaves the catalogue as it was. Throws `MusicError`.
    ///
    /// - Parameter progress: called now and then with the share of the file that was read, and the songs so far.
    public func importSongs(
        _ path: String, options: ImportOptions = ImportOptions(),
        progress: (Double, Int) throws -> Void = { _, _ in }
    ) throws -> ImportReport {
        do {
            let files = try ListFile.open(path) { try progress(0, 0) }
            return try importSongs(files, path, options: options, progress: progress)
        } catch let failure as FileFailure {
            throw MusicError.badFile(path: path, reason: failure.reason)
        }
    }

    func importSongs(
        _ files: [ListFile], _ path: String, options: ImportOptions, progress: (Double, Int) throws -> Void
    ) throws -> ImportReport {
        try loading { try take(files, path, options, progress) }
    }

    /// All of `body`'s changes or none, with room for many of them.
    func loading<R>(_ body: () throws -> R) throws -> R { try database.loading { try transaction(body) } }

    private func take(
        _ files: [ListFile], _ path: String, _ options: ImportOptions, _ progress: (Double, Int) throws -> Void
    ) throws -> ImportReport {
        var report = ImportReport()
        for file in files {
            guard case .packed(let archive, let entry) = file else {
                try take(file, path, options, &report, progress)
                continue
            }
            try progress(0, report.songs)
            do {
                for list in try ListFile.unpacked(archive, entry) {
                    try take(list, path, options, &report, progress)
                }
            } catch let failure as FileFailure {
                report.notes.append(failure.reason)
            } catch MusicError.unknownColumns, MusicError.badFile {
                // Not every table in an archive is one of songs.
            }
        }
        if case .packed = files.first, report.songs == 0, report.badRows == 0 {
            let reason = report.notes.first ?? "no list of songs in this archive"
            throw MusicError.badFile(path: path, reason: reason)
        }
        // The built-in list knows its songs, and is read in every start after an update.
        if !options.isBuiltIn { try estimate() }
        return report
    }

    private func take(
        _ file: ListFile, _ path: String, _ options: ImportOptions, _ report: inout ImportReport,
        _ progress: (Double, Int) throws -> Void
    ) throws {
        switch file {
        case .table(let reader): try readSongs(reader, options, &report, progress)
        case .list(let list): try add(list, path, options, &report, progress)
        case .packed: break
        }
    }

    /// So many rows are added at once.
    private static let batch = 2000

    private func readSongs(
        _ reader: CSVReader, _ options: ImportOptions, _ report: inout ImportReport,
        _ progress: (Double, Int) throws -> Void
    ) throws {
        // Two columns that nobody named are another matter: a name of somebody, somewhere, says little.
        let table = try SongTable(
            reader, named: options.columns, isArtist: { (try? hasSongs(by: ArtistKey.key($0))) ?? false },
            isFamous: { (try? artistTable.knows(ArtistKey.key($0))) ?? false })
        var options = options
        let name = reader.path.withoutPathExtension
        options.playlist = moodWord(options.playlist ?? name)
        let rows = SongRowReader(columns: table.columns, options: options, fileEmotion: ListName.emotion(name, moodMap))
        report.format = table.columns.format.rawValue
        for note in table.notes { report.noteField(row: 1, note + "; the column is not read") }
        var count = 0
        func share() -> Double { Double(reader.bytesRead) / Double(max(reader.size, 1)) }
        var waiting: [SongDraft] = []
        func addWaiting() throws {
            try add(waiting) { report.count($0) }
            waiting.removeAll(keepingCapacity: true)
        }
        while let (record, row) = try table.next(passing: { try progress(share(), report.songs) }) {
            var problems: [String] = []
            switch Result(catching: { () throws(SongRowReader.BadRow) in try rows.song(record, row, &problems) }) {
            case .success(let song):
                for problem in problems { report.noteField(row: record.line, problem) }
                waiting.append(song)
            case .failure(let bad): report.noteRow(row: record.line, bad.reason)
            }
            count += 1
            if count % Catalogue.batch == 0 {
                try addWaiting()
                try progress(share(), report.songs)
            }
        }
        try addWaiting()
    }

    /// Adds the songs of a playlist or account. An entry that is a file here is the song of that file; other entries count
    /// by their names.
    func add(
        _ list: SongList, _ path: String, _ options: ImportOptions, _ report: inout ImportReport,
        _ progress: (Double, Int) throws -> Void
    ) throws {
        report.format = list.format
        let name = list.name.isEmpty ? path.withoutPathExtension : list.name
        let mood = moodWord(options.playlist ?? name), emotion = options.emotion ?? ListName.emotion(name, moodMap)
        let folder = Catalogue.absolute(path).parentFolder
        for (index, entry) in list.songs.enumerated() {
            if index % 1000 == 999 { try progress(Double(index) / Double(list.songs.count), report.songs) }
            var draft = entry.song
            let place = try entry.place.flatMap { try song(atPlace: $0, from: folder) }
            if let place {
                // Its tags know its names better than the list.
                draft = SongDraft(title: place.title, artist: place.artist)
                draft?.isOfFile = true
            } else if draft == nil, let written = entry.place {
                draft = ListPlaces.song(written, from: folder) ?? ListPlaces.names(written)
            }
            guard var draft else {
                report.noteRow(
                    row: index + 1, "no title and artist" + (entry.place.map { ": \($0.prefix(200))" } ?? ""))
                continue
            }
            draft.plays = entry.plays
            if draft.language.isEmpty, let language = options.language { draft.language = language.code }
            if let emotion { draft.emotions.formUnion(EmotionSet(emotion)) }
            if let mood, !draft.mood.missing.isEmpty { draft.hints.append(mood) }
            if emotion != nil || mood != nil { draft.isOfFile = false }
            report.count(try place.map { try add(draft, to: $0.id) } ?? add(draft))
            if place != nil { report.matchedFiles += 1 }
        }
    }

    /// A list's name if it tells a mood, as "workout" and "Lofi beats" do; other names say nothing about songs.
    func moodWord(_ name: String) -> String? {
        name.utf8.count <= 100 && moodMap.point(ofWords: [name]) != nil ? name : nil
    }
}
