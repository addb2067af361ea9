import MusicMatching
import Terminal
import TextCoding

/// `fermusic catalogue tag`
enum CatalogueTagCommand {
    private static let places = Argument<[Path]>(
        "place", required: false,
        help: "Folders and files of your music; all that was imported, if none is named.")
    private static let isTrial = Flag("dry-run", help: "Say what would be written, and change nothing.")

    static let command = Command(
        "tag", summary: "Write moods into your music files, for other players.",
        discussion: """
            MP3 (ID3 2.3 and 2.4) and FLAC. The tag MOOD gets what people say a song suits, and how it sounds: "sad; \
            melancholy". Songs of which nothing but guesses from their names is known get none, and a mood that somebody \
            else wrote stays. All else in a file stays as it is; it is replaced as a whole, or not at all, so that other hard links to it \
            keep the old one. Write-protected files stay.
            """,
        examples: [
            Example("fermusic catalogue tag ~/Music"),
            Example("fermusic catalogue tag --dry-run", "how many files would get one"),
        ],
        parameters: [places, isTrial, MusicOptions.catalogue, SharedOptions.json]
    ) { a, console in
        let catalogue = try MusicOptions.openCatalogue(a, console)
        let signals = SignalWatcher.start()
        struct Stopped: Error {}
        var last = MoodTagReport()
        do {
            last = try catalogue.writeMoods(below: a[places].map(\.string), isTrial: a[isTrial]) { report in
                last = report
                if signals.received != nil { throw Stopped() }
            }
        } catch is Stopped {
            try console.errors.line("stopped; files that were written stay so")
        }
        for problem in last.problems {
            try console.errors.line("\(printable(problem.path)): \(SongText.line(problem.reason)); nothing written")
        }
        if a[SharedOptions.json] {
            try console.output.line(
                SongText.jsonLine([
                    "written": .int(last.written), "same": .int(last.same), "foreign": .int(last.foreign),
                    "unknown": .int(last.unknown), "failed": .int(last.problems.count),
                ]))
        } else {
            try console.output.line(
                "\(counted(last.written, "file")) \(a[isTrial] ? "would get" : "got") \(last.written == 1 ? "its" : "their") mood, \(last.same) had it, \(last.foreign) "
                    + "have somebody else's, of \(last.unknown) nothing is known but guesses")
        }
        if let code = signals.exitCode { return code }
        if last.files == 0 {
            try console.errors.line("error: no files of your music there; import a folder first")
            return .failed
        }
        return last.problems.count == last.files ? .failed : .done
    }
}
