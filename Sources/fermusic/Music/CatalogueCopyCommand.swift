import MusicMatching
import Terminal
import TextCoding

/// `fermusic catalogue copy`
enum CatalogueCopyCommand {
    private static let source = Argument<Path>("from", help: "The catalogue to copy: a file or postgresql://...")
    private static let target = Argument<Path>(
        "to", help: "Where to: a file or postgresql://..., new or without songs.")

    static let command = Command(
        "copy", summary: "Move a catalogue to a PostgreSQL server, or back into a file.",
        discussion: """
            Everything goes along: songs with their numbers, likes, history, playlists, files, what services answered. All of \
            it or nothing. A password is better kept out of the list of processes: in PGPASSWORD, or in ~/.pgpass.
            """,
        examples: [
            Example("fermusic catalogue copy ~/.local/share/fermusic/catalogue.db postgresql://music@db/music"),
            Example("fermusic catalogue copy postgresql://music@db/music backup.db"),
        ],
        parameters: [source, target]
    ) { a, console in
        let (from, to) = (a[source].string, a[target].string)
        guard to != ":memory:" else {
            throw UsageError.invalidValue("to", value: to, expected: "a place that lasts: a file or postgresql://...")
        }
        let catalogue = try Catalogue(existing: from)
        let signals = SignalWatcher.start()
        struct Stopped: Error {}
        let display = ProgressDisplay("copying", total: max(1, try catalogue.count), stream: console.errors)
        do {
            let songs = try catalogue.copy(to: to) { songs in
                if signals.received != nil { throw Stopped() }
                display.update(songs)
            }
            display.finish()
            try console.output.line("\(counted(songs, "song is", "songs are")) in \(printable(Catalogue.shown(to)))")
            return .done
        } catch is Stopped {
            display.finish()
            try console.errors.line("stopped; nothing was copied")
            return signals.exitCode ?? .failed
        }
    }
}
