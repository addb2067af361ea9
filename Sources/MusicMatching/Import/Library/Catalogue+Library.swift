import Files
import Glibc
import MediaFiles
import Threads
import Timing

extension Catalogue {
    /// Takes over the songs of a folder of music, or of one file. Files that are as they were (by size and time) are not
    /// opened, those that lie elsewhere now are recognised by their contents, those that are gone are marked. What is read
    /// is kept every second: stopped or killed at any moment it goes on from there the next time.
    ///
    /// - Parameters:
    ///   - analyser: listens to each song; what it says is kept by its name, and not asked for again.
    ///   - threads: that read files.
    ///   - progress: called on this thread after each file.
    /// Throws `MusicError`, and what `progress` throws; FFmpeg missing is `MusicError.badFile`.
    public func importMusic(
        _ path: String, options: ImportOptions = ImportOptions(), analyser: (any SoundAnalyser)? = nil,
        threads: Int = Processors.available, cancellation: Cancellation = Cancellation(),
        progress: (LibraryReport) throws -> Void = { _ in }
    ) throws -> LibraryReport {
        let root = Catalogue.absolute(path)
        do { _ = try FFmpeg.load() } catch { throw MusicError.badFile(path: path, reason: "\(error)") }
        var status = stat()
        guard stat(root.cPath, &status) == 0 else {
            throw MusicError.badFile(path: path, reason: FileFailure.last.reason)
        }
        let isFolder = status.st_mode & S_IFMT == S_IFDIR
        guard !isFolder || access(root.cPath, R_OK | X_OK) == 0 else {
            throw MusicError.badFile(path: path, reason: FileFailure.last.reason)
        }
        let folder = isFolder ? MusicFolder(root) { cancellation.isCancelled } : nil
        var work = LibraryImport(
            self, root: isFolder ? root : root.parentFolder, files: folder?.files ?? [root], options: options,
            analyser: analyser)
        for problem in folder?.problems ?? [] { work.report.note(problem.path, problem.reason) }
        let readers = FileReaders(analyser, threads: threads, cancellation)
        guard readers.hasThreads else { throw MusicError.badFile(path: path, reason: "the system has no thread left") }
        do {
            try work.run(readers, cancellation, progress)
        } catch {
            cancellation.cancel()
            readers.close()
            throw error
        }
        readers.close()
        work.report.isWhole = !cancellation.isCancelled
        if work.report.isWhole, work.report.added > 0 { try transaction { try estimateAnew() } }
        if isFolder, work.report.isWhole, folder?.problems.isEmpty ?? true { try work.markGone() }
        return work.report
    }
}

/// One pass over a folder. All on one thread but for the reading.
private struct LibraryImport {
    private let catalogue: Catalogue
    private var database: any CatalogueDatabase { catalogue.database }
    private let root: String
    private let files: [String]
    private let options: ImportOptions
    private let analyser: (any SoundAnalyser)?
    var report = LibraryReport()
    /// The numbers of the files that are there.
    private var seen: Set<Int> = []
    private var readings: [FileReading] = []
    private var lastWritten = monotonicNanoseconds()

    init(
        _ catalogue: Catalogue, root: String, files: [String], options: ImportOptions, analyser: (any SoundAnalyser)?
    ) {
        self.catalogue = catalogue
        self.root = root
        self.files = files
        self.options = options
        self.analyser = analyser
        report.total = files.count
    }

    mutating func run(
        _ readers: FileReaders, _ cancellation: Cancellation, _ progress: (LibraryReport) throws -> Void
    ) throws {
        for path in files {
            if cancellation.isCancelled { break }
            if let task = try task(path) {
                readers.put(task)
            } else {
                report.done += 1
                try progress(report)
            }
            readings += readers.take(waits: false)
            try writeIfDue(progress)
        }
        while !cancellation.isCancelled, readers.isBusy {
            readings += readers.take(waits: true)
            try writeIfDue(progress)
        }
        // What was read before the signal came is worth keeping.
        readings += readers.take(waits: false)
        try write(progress)
    }

    /// Keeps what was read once a second, or when it is much: a transaction costs as much as many files.
    private mutating func writeIfDue(_ progress: (LibraryReport) throws -> Void) throws {
        let now = monotonicNanoseconds()
        guard readings.count >= 500 || !readings.isEmpty && now - lastWritten > 1_000_000_000 else { return }
        try write(progress)
    }

    private mutating func write(_ progress: (LibraryReport) throws -> Void) throws {
        let readings = readings
        self.readings = []
        try catalogue.transaction {
            for reading in readings { try write(reading) }
        }
        lastWritten = monotonicNanoseconds()
        report.done += readings.count
        if !readings.isEmpty { try progress(report) }
    }

    // MARK: What is to be done

    private struct Known {
        var id: Int
        var state: (size: Int, modified: Int)
        var content: Int
        var song: Int?
        var isGone: Bool
        var path: String
        var problem: String
    }

    private func known(_ condition: String, _ values: SQLValue...) throws -> [Known] {
        try database.rows(
            "SELECT id, size, modified, content, song, gone, path, problem FROM files WHERE \(condition) ORDER BY id",
            values
        ) { row in
            Known(
                id: row.integer(0), state: (row.integer(1), row.integer(2)), content: row.integer(3),
                song: row.optionalInteger(4), isGone: !row.isNull(5), path: row.text(6), problem: row.text(7))
        }
    }

    /// What is to be done with a file; `nil` if that is nothing, or was done at once.
    private mutating func task(_ path: String) throws -> FileReading.Task? {
        guard let state = FileReading.State(path) else {
            report.note(path, "went away, or cannot be looked at")
            return nil
        }
        var file = try known("path = ?", .text(path)).first, content = 0
        // Only a file of the same size can be this one, moved.
        if file == nil,
            try database.integer("SELECT EXISTS (SELECT 1 FROM files WHERE size = ?)", .integer(state.size)) != 0
        {
            content = FileReading.content(path, state.size)
            file = try movedHere(path, state, content)
        }
        guard let file else { return FileReading.Task(path: path, state: state, content: content) }
        seen.insert(file.id)
        guard file.state.size == state.size, file.state.modified == state.modified else {
            return FileReading.Task(path: path, state: state)
        }
        if file.isGone { try database.run("UPDATE files SET gone = NULL WHERE id = ?", .integer(file.id)) }
        guard let song = file.song else {
            // It gave none, and would give none now, unless more is known of who sings.
            if file.problem == FileSong.nobody,
                FileSong.isNamed(
                    byPath: path, root: root, isArtist: { (try? catalogue.hasSongs(by: ArtistKey.key($0))) ?? false })
            {
                return FileReading.Task(path: path, state: state, content: file.content)
            }
            report.failed += 1
            return nil
        }
        if try !isHeard(song) {
            return FileReading.Task(path: path, state: state, song: song, content: file.content)
        }
        if file.path == path { report.skipped += 1 }
        return nil
    }

    private func isHeard(_ song: Int) throws -> Bool {
        guard let analyser else { return true }
        return try database.integer(
            "SELECT count(*) FROM sounds WHERE song = ? AND analyser = ?", .integer(song), .text(analyser.name)) > 0
    }

    /// The file that lay elsewhere, if this is it: same contents, and nothing at the old place.
    private mutating func movedHere(_ path: String, _ state: FileReading.State, _ content: Int) throws -> Known? {
        let same = try known("size = ? AND content = ?", .integer(state.size), .integer(content))
        guard content != 0, state.size > 0, var file = same.first(where: { access($0.path.cPath, F_OK) != 0 }) else {
            return nil
        }
        try database.run(
            "UPDATE files SET path = ?, tail = ?, modified = ?, gone = NULL WHERE id = ?", .text(path),
            .text(path.lastPathPart), .integer(state.modified), .integer(file.id))
        report.moved += 1
        // The path stays the old one: it was counted.
        file.state.modified = state.modified
        file.isGone = false
        return file
    }

    // MARK: What was learned

    private mutating func write(_ reading: FileReading) throws {
        let path = reading.task.path
        if let song = reading.task.song {
            report.skipped += 1
            return try keepSound(reading, song)
        }
        guard case .success(let tags) = reading.tags else {
            guard case .failure(let error) = reading.tags else { return }
            if FileReading.mayPass(error) {
                // What was known of the file stays; it is read again the next time.
                report.note(path, LibraryImport.reason(error))
                seen.formUnion(try known("path = ?", .text(path)).map(\.id))
                return
            }
            try fail(reading, LibraryImport.reason(error))
            return
        }
        let draft: SongDraft
        do {
            draft = try FileSong.draft(tags, path: path, root: root) { name in
                (try? catalogue.hasSongs(by: ArtistKey.key(name))) ?? false
            }
        } catch {
            return try fail(reading, error.reason)
        }
        let before = try known("path = ?", .text(path)).first
        let result = try catalogue.add(completed(draft))
        try keep(reading, tags, song: result.id, problem: "")
        switch result {
        case .added: report.added += 1
        case .merged: report.merged += 1
        case .unchanged: report.unchanged += 1
        }
        if let old = before?.song, old != result.id { try catalogue.forgetIfUnused(old) }
        try keepSound(reading, result.id)
    }

    private func completed(_ draft: SongDraft) -> SongDraft {
        var draft = draft
        if draft.language.isEmpty, let language = options.language { draft.language = language.code }
        if let emotion = options.emotion { draft.emotions.formUnion(EmotionSet(emotion)) }
        return draft
    }

    private mutating func keepSound(_ reading: FileReading, _ song: Int) throws {
        switch reading.sound {
        case .success(let sound):
            try catalogue.note(sound, of: song, analyser: analyser?.name ?? "", content: reading.content)
            report.heard += 1
        case .failure(let failure):
            if report.unheard.count < 1000 {
                report.unheard.append(.init(path: reading.task.path, reason: failure.reason))
            }
            if failure.mayPass { return }
            // Once is enough; what was heard in another of its files stays.
            try database.run(
                """
                INSERT INTO sounds (song, content, analyser) VALUES (?, ?, ?) \
                ON CONFLICT (song) DO UPDATE SET analyser = excluded.analyser
                """, .integer(song), .integer(reading.content), .text(analyser?.name ?? ""))
        case nil: break
        }
    }

    private mutating func fail(_ reading: FileReading, _ reason: String) throws {
        report.note(reading.task.path, reason)
        try keep(reading, nil, song: nil, problem: reason)
    }

    private mutating func keep(_ reading: FileReading, _ tags: MediaTags?, song: Int?, problem: String) throws {
        func hundredths(_ gain: Double?) -> SQLValue { SQLValue(gain.map { Int(($0 * 100).rounded()) }) }
        try database.run(
            """
            INSERT INTO files (path, tail, size, modified, content, song, duration, track_gain, album_gain, has_cover, \
            problem, gone) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, NULL) \
            ON CONFLICT (path) DO UPDATE SET size = ?3, modified = ?4, content = ?5, song = ?6, duration = ?7, \
            track_gain = ?8, album_gain = ?9, has_cover = ?10, problem = ?11, gone = NULL
            """, .text(reading.task.path), .text(reading.task.path.lastPathPart), .integer(reading.task.state.size),
            .integer(reading.task.state.modified), .integer(reading.content), SQLValue(song), SQLValue(tags?.duration),
            hundredths(tags?.trackGain), hundredths(tags?.albumGain), .integer(tags?.hasCover == true ? 1 : 0),
            .text(problem))
        seen.insert(
            try database.integer("SELECT id FROM files WHERE path = ?", .text(reading.task.path)))
    }

    /// A file's trouble without the path, which is said anyway.
    private static func reason(_ error: MediaError) -> String {
        if case .cannotOpen(_, let reason) = error { return reason }
        return "\(error)"
    }

    /// Marks files below the folder that were not found.
    mutating func markGone() throws {
        let base = root.hasSuffix("/") ? root : root + "/"
        let missing = try database.rows(
            "SELECT id, path FROM files WHERE gone IS NULL AND substr(path, 1, length(?1)) = ?1",
            [.text(base)]
        ) { ($0.integer(0), $0.text(1)) }.filter { !seen.contains($0.0) && access($0.1.cPath, F_OK) != 0 }
        try catalogue.transaction {
            for (id, _) in missing {
                try database.run("UPDATE files SET gone = ? WHERE id = ?", .integer(currentTime()), .integer(id))
            }
        }
        report.gone = missing.count
    }
}

extension Catalogue {
    /// Deletes a song that only files named, of which none names it now, and of which nobody said anything.
    fileprivate func forgetIfUnused(_ song: Int) throws {
        let credit = try database.first(
            """
            SELECT artist FROM songs WHERE id = ?1 AND own = 2 AND built_in = 0 AND plays = 0 \
            AND id NOT IN (SELECT song FROM files WHERE song IS NOT NULL) AND id NOT IN (SELECT song FROM feedback) \
            AND id NOT IN (SELECT song FROM history_songs) AND id NOT IN (SELECT song FROM playlist_songs)
            """, .integer(song)
        ) { $0.text(0) }
        guard let credit else { return }
        for artist in ArtistKey.keys(of: credit) {
            try database.run("DELETE FROM song_artists WHERE artist = ? AND song = ?", .text(artist), .integer(song))
        }
        try database.run("DELETE FROM songs WHERE id = ?", .integer(song))
    }
}
