import Files
import MediaFiles
import MusicMatching
import Terminal

/// `fermusic catalogue refresh`
enum RefreshCommand {
    static let places = Argument<[String]>(
        "list", required: false,
        help:
            "Folders of music, lists, https addresses of some, or links of your Spotify playlists to add to those that are read.",
        completion: .files)
    static let every = Option<Weekday?>("every", help: "Also read them each week on this day.")
    static let never = Flag("never", help: "End the weekly schedule.")
    static let forget = Flag("forget", help: "Stop reading the named files; their songs stay.")

    static let command = Command(
        "refresh", summary: "Read your lists again and add what is new.",
        discussion: """
            The lists are the files you imported, CSV files on the web (https://...) and Spotify playlists of yours \
            (needs 'fermusic spotify login'). With --every the day is kept, and lines for cron and systemd are \
            printed that read the lists on it; 'fermusic serve' does so by itself.
            """,
        examples: [
            Example("fermusic catalogue refresh"),
            Example("fermusic catalogue refresh my-playlist.csv --every sunday"),
            Example("fermusic catalogue refresh https://open.spotify.com/playlist/37i9dQZF1DX0XUsuxWHRQd"),
        ],
        parameters: [
            places, every, never, forget, MusicOptions.catalogue, MusicOptions.moodMap, MusicOptions.jsonLines,
        ],
        run: run)

    private static func run(_ a: Arguments, _ console: Console) throws -> ExitCode {
        if a[every] != nil, a[never] { throw UsageError.conflict("--every", "--never") }
        if a[forget], a[places].isEmpty { throw UsageError.missingArgument("<list>") }
        let catalogue = try MusicOptions.openCatalogue(a, console)
        catalogue.setBusyTimeout(.seconds(300))
        if a[forget] {
            for place in a[places] where try !catalogue.forget(place) {
                throw MusicError.badFile(path: place, reason: "is none of the lists that are read")
            }
            return .done
        }
        if a[never] { try catalogue.setSchedule(nil) }
        if let day = a[every] { try schedule(day, catalogue, a, console) }
        for place in a[places] { try catalogue.remember(place) }
        return try refresh(catalogue, asJSON: a[MusicOptions.jsonLines], console)
    }

    private struct Stopped: Error {}

    /// Reads the lists again if the schedule says so, for a server that runs all the time. Gives nothing if a signal
    /// ended it; then it is done the next time.
    static func refreshIfDue(_ a: Arguments) throws -> [RefreshResult] {
        let catalogue = try MusicOptions.openCatalogue(a)
        let signals = SignalWatcher.start()
        let lists = try ServiceOptions.services(memory: catalogue.place).lists { signals.received != nil }
        do {
            let results = try catalogue.refreshIfDue(providers: lists) { _, _, _ in
                if signals.received != nil { throw Stopped() }
            }
            return results ?? []
        } catch is Stopped {
            return []
        }
    }

    /// What helps against a failure, to be put behind it.
    static func remedy(_ result: RefreshResult) -> String { Remedies.words(result.cause).map { "; \($0)" } ?? "" }

    private static func refresh(_ catalogue: Catalogue, asJSON: Bool, _ console: Console) throws -> ExitCode {
        let signals = SignalWatcher.start()
        let lists = try ServiceOptions.services(memory: catalogue.place).lists { signals.received != nil }
        let results: [RefreshResult]
        do {
            results = try catalogue.refresh(
                providers: lists, analyser: LibraryCommand.analyser,
                cancellation: Cancellation { signals.received != nil }
            ) { _, _, _ in
                if signals.received != nil { throw Stopped() }
            }
        } catch is Stopped {
            return signals.exitCode ?? .failed
        }
        if let code = signals.exitCode { return code }
        var code = ExitCode.done
        for result in results {
            switch result.outcome {
            case .read(let report):
                try ImportText.print(report, result.place, asJSON, console)
                if let failure = report.failure {
                    code = .failed
                    try console.errors.line("error: \(printable(result.place)): nothing added: \(failure)")
                }
            case .music(let report): try LibraryCommand.print(report, result.place, asJSON, console)
            case .unchanged:
                if asJSON {
                    try console.output.line(
                        SongText.jsonLine(["file": .string(result.place), "unchangedFile": .bool(true)]))
                } else {
                    try console.output.line("\(printable(result.place)): has not changed")
                }
            case .failed(let reason):
                code = .failed
                try console.errors.line("error: \(printable(result.place)): \(printable(reason))\(remedy(result))")
            }
        }
        if results.isEmpty {
            try console.errors.line("no lists to read; 'fermusic catalogue import FILE' adds one")
        }
        return code
    }

    private static func schedule(
        _ day: Weekday, _ catalogue: Catalogue, _ a: Arguments, _ console: Console
    ) throws {
        let schedule = RefreshSchedule(day: day)
        try catalogue.setSchedule(schedule)
        var command = [ProgramFile.programPath() ?? "fermusic", "catalogue", "refresh"]
        // Nobody knows where it will be started.
        if let path = a[MusicOptions.catalogue] { command += ["--catalogue", Catalogue.absolute(path.string)] }
        if let path = a[MusicOptions.moodMap] { command += ["--mood-map", Catalogue.absolute(path.string)] }
        try console.errors.line("cron (crontab -e):  \(schedule.crontabLine(command))")
        try console.errors.line("or systemd:         \(schedule.systemdLine(command))")
        if command[0].utf8.split(separator: UInt8(ascii: "/")).contains(where: { $0.elementsEqual(".build".utf8) }) {
            try console.errors.line("note: that program is in a build folder; 'make install' puts it where it stays")
        }
    }
}
