import Emotions
import Files
import MusicMatching
import NeuralNet
import Terminal

/// `fermusic catalogue import|list|stats|export|refresh|mood-map`
enum CatalogueCommand {
    static let files = Argument<[Path]>(
        "file", help: "CSV files, https addresses of some, links of your Spotify playlists.")
    static let search = Option<String?>("search", short: "s", help: "Words of title, artist or album.")
    static let language = Option<LanguageWord?>(
        "language", short: "l", help: "A language, by name or ISO code; of songs to import that say none.")
    static let emotion = Option<EmotionChoice?>(
        "emotion", short: "e", help: "An emotion; what all songs to import suit.")
    static let limit = Option<Int>("limit", short: "n", default: 50, help: "Songs at most.", range: 1...1_000_000)
    static let offset = Option<Int>("offset", default: 0, help: "Songs to pass over.", range: 0...)
    static let once = Flag("once", help: "Do not read the files again in 'catalogue refresh'.")

    static let command = Command(
        "catalogue", summary: "The songs at hand: add, refresh, list, count, export.",
        subcommands: [importing, list, stats, export, RefreshCommand.command, moodMap])

    static let importing = Command(
        "import", summary: "Add songs from CSV files, addresses and playlists.",
        discussion: """
            Recognises by their columns: mood-labelled and plain feature tables (0 to 1 or percent), Spotify and \
            Exportify exports, playlists per emotion (the file's name is the emotion: sad.csv), lists of titles and \
            artists. UTF-8 and Latin-1. Songs that are there already are not added again, but what is new about them is \
            kept. Features that a list lacks are estimated from labels, genres and the list's name (workout.csv), and \
            count less.

            A row that cannot be used is reported and left out. Each file is taken over as a whole or not at all.
            """,
        examples: [
            Example("fermusic catalogue import data_moods.csv by-emotion/*.csv"),
            Example("fermusic catalogue import playlist.csv --language hindi"),
        ],
        parameters: [
            files, language, emotion, once, MusicOptions.catalogue, MusicOptions.moodMap, MusicOptions.jsonLines,
        ]
    ) { a, console in
        let catalogue = try MusicOptions.openCatalogue(a, console)
        // Another import may take a while.
        catalogue.setBusyTimeout(.seconds(300))
        var options = ImportOptions()
        options.language = a[language]?.language
        options.emotion = a[emotion]?.emotion
        let signals = SignalWatcher.start()
        let lists = try ServiceOptions.services(memory: catalogue.path).lists { signals.received != nil }
        for file in a[files] {
            let path = file.string
            let report = try withProgress("reading \(path)", signals, console) { progress in
                if let list = lists.first(where: { $0.handles(path) }) {
                    return try catalogue.importAndRemember(
                        path, from: list, options: options, remembers: !a[once], progress: progress)
                }
                return a[once]
                    ? try catalogue.importSongs(path, options: options, progress: progress)
                    : try catalogue.importAndRemember(path, options: options, progress: progress)
            }
            guard let report else { return signals.exitCode ?? .failed }
            try ImportText.print(report, path, a[MusicOptions.jsonLines], console)
        }
        return .done
    }

    /// Shows how far a file is read; `nil` if a signal ended it.
    static func withProgress(
        _ title: String, _ signals: SignalWatcher, _ console: Console,
        _ body: ((Double, Int) throws -> Void) throws -> ImportReport
    ) throws -> ImportReport? {
        struct Stopped: Error {}
        // Nobody knows how many songs there are before all are read.
        let display = ProgressDisplay(title, total: 100, isShare: true, stream: console.errors)
        do {
            let report = try body { share, songs in
                if signals.received != nil { throw Stopped() }
                display.update(Int(share * 100), fields: [("songs", "\(songs)")])
            }
            display.update(100)
            display.finish(fields: [("songs", "\(report.songs)")])
            return report
        } catch is Stopped {
            display.finish()
            try console.errors.line("stopped; nothing of this file was added")
            return nil
        }
    }

    static let list = Command(
        "list", summary: "Show songs.",
        examples: [
            Example("fermusic catalogue list --search \"arijit\""),
            Example("fermusic catalogue list --language ko --emotion happy --json", "one JSON object per song"),
        ],
        parameters: [
            search, language, emotion, limit, offset, MusicOptions.catalogue, MusicOptions.moodMap,
            MusicOptions.jsonLines,
        ]
    ) { a, console in
        var filter = Catalogue.Filter()
        filter.search = a[search] ?? ""
        filter.language = a[language]?.language
        filter.emotion = a[emotion]?.emotion
        filter.limit = a[limit]
        filter.offset = a[offset]
        let songs = try MusicOptions.openCatalogue(a, console).songs(filter)
        if a[MusicOptions.jsonLines] {
            for song in songs { try console.output.line(SongText.jsonLine(SongJSON.value(song))) }
            return .done
        }
        if songs.isEmpty {
            try console.errors.line("no such songs")
            return .done
        }
        var table = TextTable([
            .right("song"), .left("title"), .left("artist"), .left("year"), .left("in"), .right("valence"),
            .right("energy"), .left("suits"),
        ])
        for song in songs {
            let mark = song.estimated.contains(.valence) || song.estimated.contains(.energy) ? "~" : ""
            table.add(
                "\(song.id)", SongText.line(song.title, limit: 50), SongText.line(song.artist, limit: 40),
                song.year.map(String.init) ?? "", song.language, mark + fixed(song.mood.valence, 2),
                mark + fixed(song.mood.energy, 2), song.emotions.emotions.map(\.name).joined(separator: ","))
        }
        try console.output.write(table.render())
        if songs.contains(where: { !$0.estimated.isEmpty }) { try console.errors.line("~ is an estimate") }
        return .done
    }

    static let stats = Command(
        "stats", summary: "Count songs, languages, emotions.",
        examples: [Example("fermusic catalogue stats")],
        parameters: [MusicOptions.catalogue, MusicOptions.moodMap, SharedOptions.json]
    ) { a, console in
        let catalogue = try MusicOptions.openCatalogue(a, console)
        let statistics = try catalogue.statistics()
        if a[SharedOptions.json] {
            try console.output.line(SongText.jsonLine(StatisticsText.json(statistics, catalogue.path)))
        } else {
            try console.output.write(StatisticsText.text(statistics, catalogue.path))
        }
        return .done
    }

    static let target = Argument<Path>("output", help: "The CSV file to write, or - for standard output.")

    static let export = Command(
        "export", summary: "Write all songs as a CSV file.",
        discussion: "What it writes can be imported again; estimates stay estimates.",
        examples: [Example("fermusic catalogue export songs.csv")],
        parameters: [target, MusicOptions.catalogue, MusicOptions.moodMap]
    ) { a, console in
        let catalogue = try MusicOptions.openCatalogue(a, console)
        let path = a[target].string
        if path == "-" {
            try catalogue.export { try console.output.write($0) }
            return .done
        }
        do {
            try AtomicFile.replace(path) { file in try catalogue.export { try file.write(Array($0.utf8)) } }
        } catch let failure as FileFailure {
            throw MusicError.badFile(path: path, reason: "cannot write: \(failure.reason)")
        }
        try console.errors.line("wrote \(printable(path))")
        return .done
    }

    static let moodMap = Command(
        "mood-map", summary: "Print where emotions lie in mood space and what counts how much.",
        discussion: """
            Lines in ~/.config/fermusic/mood-map.conf, of the same form, replace the ones printed here. With --mood-map \
            a file is only checked.
            """,
        examples: [Example("fermusic catalogue mood-map > my.conf")],
        parameters: [MusicOptions.moodMap]
    ) { a, console in
        _ = try MusicOptions.readMoodMap(a)
        if let file = a[MusicOptions.moodMap] {
            try console.errors.line("\(printable(file.string)): all lines are understood")
        } else {
            try console.output.line(MoodMap.standardText)
        }
        return .done
    }
}

/// An emotion by its name.
struct EmotionChoice: ArgumentValue {
    let emotion: Emotion

    init?(argument: String) {
        guard let emotion = Emotion(name: argument) else { return nil }
        self.emotion = emotion
    }

    var argumentText: String { emotion.name }
    static var placeholder: String { "emotion" }
    static var expectation: String { "one of \(Emotion.allCases.map(\.name).joined(separator: ", "))" }
    static var completion: Completion { .words(Emotion.allCases.map(\.name)) }
}
