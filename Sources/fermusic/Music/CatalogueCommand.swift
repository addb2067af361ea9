import Emotions
import Files
import MusicMatching
import NeuralNet
import Terminal
import TextCoding

/// `fermusic catalogue list|stats|export|mood-map`, and the others below it.
enum CatalogueCommand {
    static let search = Option<String?>("search", short: "s", help: "Words of title, artist or album.")
    static let language = Option<LanguageWord?>(
        "language", short: "l", help: "Only songs in this language, by name or ISO code.")
    static let emotion = Option<EmotionChoice?>("emotion", short: "e", help: "Only songs that suit this emotion.")
    static let limit = Option<Int>("limit", short: "n", default: 50, help: "Songs at most.", range: 1...1_000_000)
    static let offset = Option<Int>("offset", default: 0, help: "Songs to pass over.", range: 0...)
    static let command = Command(
        "catalogue", summary: "The songs at hand: add, refresh, list, count, export.",
        subcommands: [
            CatalogueImportCommand.command, list, stats, export, CatalogueTagCommand.command,
            CatalogueCopyCommand.command, RefreshCommand.command,
            moodMap,
        ])

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

    static let target = Argument<Path>("output", help: "The file to write, or - for standard output.")
    static let format = Option<ExportFormat>(
        "format", default: .csv, help: "A table of all songs, or a playlist of those of which there are files.")

    static let export = Command(
        "export", summary: "Write all songs as a CSV file, or your music as a playlist.",
        discussion: "What it writes can be imported again; estimates stay estimates.",
        examples: [
            Example("fermusic catalogue export songs.csv"),
            Example("fermusic catalogue export all.m3u8 --format m3u8"),
        ],
        parameters: [target, format, MusicOptions.catalogue, MusicOptions.moodMap]
    ) { a, console in
        let catalogue = try MusicOptions.openCatalogue(a, console)
        let path = a[target].string
        var leftOut = 0
        try SongListFile.write(path, console) { put in
            guard let playlist = PlaylistFormat(rawValue: a[format].rawValue) else { return try catalogue.export(put) }
            let name = path == "-" ? "fermusic" : path.withoutPathExtension
            let songs = try catalogue.songsWithFiles()
            let made = try playlist.playlist(of: songs, name: name, in: catalogue)
            leftOut = songs.count - made.songs
            try put(made.text)
        }
        if leftOut > 0 {
            try console.errors.line(
                "note: \(counted(leftOut, "song is", "songs are")) left out: line breaks, or bytes that are no text, in a file's "
                    + "name cannot be said in M3U; xspf can")
        }
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

/// What the catalogue is written as.
enum ExportFormat: String, ArgumentChoice { case csv, m3u8, xspf }

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
