import Files
import Glibc
import JSON
import MediaFiles
import MusicMatching
import Terminal
import TextCoding
import Threads

/// Folders of music, for `catalogue import` and `catalogue refresh`.
enum LibraryCommand {
    static let watches = Flag(
        "watch", help: "Go on: read the folders again whenever something in them changes, until Ctrl-C.")

    /// What listens to songs while they are imported.
    static let analyser: (any SoundAnalyser)? = FileListener()

    /// Whether a path is a folder, or a file of music.
    static func isMusic(_ path: String) -> Bool {
        var status = stat()
        guard stat(path.cPath, &status) == 0 else { return false }
        return status.st_mode & S_IFMT == S_IFDIR || status.st_mode & S_IFMT == S_IFREG && MusicFile.isOne(path)
    }

    /// Imports, shows how far it is, and says what came of it; `nil` if a signal ended it.
    static func take(
        _ path: String, _ options: ImportOptions, _ catalogue: Catalogue, _ threads: Int?, asJSON: Bool,
        _ signals: SignalWatcher, _ console: Console
    ) throws -> LibraryReport? {
        let cancellation = Cancellation { signals.received != nil }
        var display: ProgressDisplay?
        let began = ContinuousClock.now
        func fields(_ report: LibraryReport) -> [(String, String)] {
            let seconds = (ContinuousClock.now - began) / .seconds(1)
            let rate = seconds > 0.2 ? Double(report.done) / seconds : 0
            return [("songs", "\(report.songs)"), ("songs/s", rate < 10 ? fixed(rate, 1) : "\(Int(rate))")]
        }
        let report = try catalogue.importMusic(
            path, options: options, analyser: analyser, threads: threads ?? Processors.available,
            cancellation: cancellation
        ) { report in
            if display == nil {
                display = ProgressDisplay("reading \(path)", total: report.total, stream: console.errors)
            }
            display?.update(report.done, fields: fields(report))
        }
        display?.finish(fields: fields(report))
        try print(report, path, asJSON, console)
        guard report.isWhole else {
            try console.errors.line("stopped; what was read stays, the next import goes on from there")
            return nil
        }
        return report
    }

    static func print(_ report: LibraryReport, _ path: String, _ asJSON: Bool, _ console: Console) throws {
        if asJSON { return try console.output.line(SongText.jsonLine(json(report, path))) }
        for problem in report.problems {
            try console.errors.line("\(printable(problem.path)): \(SongText.line(problem.reason)); no song of it")
        }
        for problem in report.unheard {
            try console.errors.line(
                "\(printable(problem.path)): cannot be listened to: \(SongText.line(problem.reason)); its song is there "
                    + "all the same")
        }
        if report.failed > report.problems.count {
            try console.errors.line(
                "\(printable(path)): \(counted(report.failed - report.problems.count, "more file gives", "more files give")) no song, "
                    + "as before")
        }
        var parts = [
            "\(counted(report.added, "song")) added", "\(report.merged) known better now",
            "\(report.unchanged) as before",
            "\(counted(report.skipped, "file")) not changed",
        ]
        if report.moved > 0 { parts.append("\(report.moved) moved") }
        if report.gone > 0 { parts.append("\(report.gone) gone") }
        if report.heard > 0 { parts.append("\(report.heard) listened to") }
        if report.nameless > 0 { parts.append("\(report.nameless) by somebody unknown") }
        parts.append("\(report.failed) without a song")
        try console.output.line("\(printable(path)): music: " + parts.joined(separator: ", "))
    }

    /// Why a folder gave nothing; `nil` if it gave something.
    static func failure(_ report: LibraryReport) -> String? {
        guard report.songs == 0 else { return nil }
        return report.total == 0
            ? "there are no music files in it (mp3, flac, ogg, opus, m4a, wav, aiff, wma ...)"
            : report.total == 1 ? "its only file could not be used" : "none of its \(report.total) files could be used"
    }

    static func json(_ report: LibraryReport, _ path: String) -> JSONValue {
        [
            "file": .string(path), "format": "music", "added": .int(report.added), "merged": .int(report.merged),
            "unchanged": .int(report.unchanged), "skipped": .int(report.skipped), "moved": .int(report.moved),
            "gone": .int(report.gone), "heard": .int(report.heard), "nameless": .int(report.nameless),
            "failed": .int(report.failed), "isWhole": .bool(report.isWhole),
            "problems": .array(
                report.problems.map { ["file": .string($0.path), "reason": .string($0.reason)] }),
            "unheard": .array(
                report.unheard.map { ["file": .string($0.path), "reason": .string($0.reason)] }),
        ]
    }

    /// Imports again whenever music changes at the places, until a signal comes.
    static func watch(_ watcher: FolderWatcher, _ signals: SignalWatcher, _ body: (String) throws -> Void) throws {
        while let changed = watcher.wait(isCancelled: { signals.received != nil }) {
            // Before reading: what comes meanwhile is told the next time.
            try watcher.renew()
            for place in changed where signals.received == nil { try body(place) }
        }
    }
}

extension PlaylistFormat: ArgumentChoice {}
