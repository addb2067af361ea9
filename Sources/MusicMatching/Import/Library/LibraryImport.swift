import Glibc
import MediaFiles
import Timing

/// One pass over a folder. All on one thread but for the reading.
struct LibraryImport {
    let catalogue: Catalogue
    var database: any CatalogueDatabase { catalogue.database }
    let root: String
    let files: [String]
    let options: ImportOptions
    let analyser: (any SoundAnalyser)?
    var report = LibraryReport()
    /// The numbers of the files that are there.
    var seen: Set<Int> = []
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
                report.note(path, error.reason)
                seen.formUnion(try known("path = ?", .text(path)).map(\.id))
                return
            }
            try fail(reading, error.reason)
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
        let isNobodys = ArtistKey.isUnknown(draft.artist)
        if isNobodys { report.nameless += 1 }
        try keep(reading, tags, song: result.id, problem: isNobodys ? FileSong.nobody : "")
        switch result {
        case .added: report.added += 1
        case .merged: report.merged += 1
        case .unchanged: report.unchanged += 1
        }
        if let before, let old = before.song, old != result.id {
            try catalogue.rename(
                old, to: result.id, isSameMusic: LibraryImport.isSameMusic(before.duration, tags.duration))
        }
        try keepSound(reading, result.id)
    }

    /// By how long they last: tags change nothing of that, but for what is guessed by a file's size.
    private static func isSameMusic(_ before: Int?, _ now: Int?) -> Bool {
        guard let before, let now else { return true }
        return abs(before - now) <= 2000
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
