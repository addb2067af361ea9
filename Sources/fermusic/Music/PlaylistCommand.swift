import Files
import JSON
import MusicMatching
import Terminal
import TextCoding

/// `fermusic playlist`
enum PlaylistCommand {
    static let command = Command(
        "playlist", summary: "Playlists that last: save, list, show, export, remove.",
        subcommands: [save, list, show, export, remove])

    static let name = Argument<String>("name", help: "What the playlist is called.")
    static let songs = Argument<[String]>(
        "song", required: false,
        help: "Songs by their numbers, or by words of title and artist; those recommended last if none is named.")
    static let add = Flag("add", help: "Keep what is in it, and put the songs behind.")

    static let save = Command(
        "save", summary: "Save songs under a name; what was saved under it is replaced.",
        examples: [
            Example("fermusic recommend --emotion sad --mode path --count 12"),
            Example("fermusic playlist save \"Out of the rain\"", "the songs recommended last"),
            Example("fermusic playlist save --add \"Out of the rain\" 12 40"),
        ],
        parameters: [name, songs, add, MusicOptions.catalogue, MusicOptions.moodMap]
    ) { a, console in
        let name = try playlistName(a)
        let catalogue = try MusicOptions.openCatalogue(a, console)
        let numbers: [Int]
        if a[songs].isEmpty {
            numbers = try latest(catalogue).songs.map(\.id)
        } else {
            numbers = try a[songs].map { try catalogue.song(named: $0).id }
        }
        let count = try catalogue.savePlaylist(name, songs: numbers, appends: a[add])
        try console.errors.line("'\(printable(name))' has \(counted(count, "song"))")
        return .done
    }

    static let list = Command(
        "list", summary: "The playlists, the one changed last first.",
        parameters: [MusicOptions.catalogue, MusicOptions.moodMap, MusicOptions.jsonLines]
    ) { a, console in
        for entry in try MusicOptions.openCatalogue(a, console).playlists() {
            if a[MusicOptions.jsonLines] {
                try console.output.line(
                    SongText.jsonLine([
                        "name": .string(entry.name), "songs": .int(entry.songs), "changed": .int(entry.changed),
                    ]))
            } else {
                try console.output.line(
                    "\(TimeText.minute(entry.changed))  \(SongText.line(entry.name)) (\(entry.songs))")
            }
        }
        return .done
    }

    static let show = Command(
        "show", summary: "The songs of a playlist.",
        examples: [Example("fermusic playlist show \"Out of the rain\"")],
        parameters: [name, MusicOptions.catalogue, MusicOptions.moodMap, MusicOptions.jsonLines]
    ) { a, console in
        for song in try MusicOptions.openCatalogue(a, console).playlist(named: playlistName(a)).songs {
            try console.output.line(
                a[MusicOptions.jsonLines]
                    ? SongText.jsonLine(SongJSON.value(song)) : "\(SongText.title(song))  [\(song.id)]")
        }
        return .done
    }

    static let target = Argument<Path>("output", help: "The file to write, or - for standard output.")
    static let format = Option<ExportFormat>(
        "format", default: .xspf,
        help: "xspf and csv have all songs, m3u8 those of which there are files. 'catalogue import' reads them all.")

    static let export = Command(
        "export", summary: "Write a playlist for players, tables, or somebody else.",
        examples: [
            Example("fermusic playlist export \"Out of the rain\" rain.xspf"),
            Example("fermusic playlist export \"Out of the rain\" - --format m3u8"),
        ],
        parameters: [name, target, format, MusicOptions.catalogue, MusicOptions.moodMap]
    ) { a, console in
        let catalogue = try MusicOptions.openCatalogue(a, console)
        let playlist = try catalogue.playlist(named: playlistName(a))
        var left = 0
        try SongListFile.write(a[target].string, console) { put in
            guard let format = PlaylistFormat(rawValue: a[format].rawValue) else {
                return try put(Catalogue.csv(playlist.songs))
            }
            let list = try format.playlist(of: playlist.songs, name: playlist.name, in: catalogue)
            left = playlist.songs.count - list.songs
            try put(list.text)
        }
        if left > 0 {
            try console.errors.line(
                "note: \(left) of the songs have no file here that m3u8 can name; xspf names them too")
        }
        return .done
    }

    static let remove = Command(
        "remove", summary: "Delete a playlist; its songs stay.",
        examples: [Example("fermusic playlist remove \"Out of the rain\"")],
        parameters: [name, MusicOptions.catalogue, MusicOptions.moodMap]
    ) { a, console in
        let name = try playlistName(a)
        try MusicOptions.openCatalogue(a, console).removePlaylist(name)
        try console.errors.line("'\(printable(name))' is deleted")
        return .done
    }

    /// What was recommended last. Throws `MusicError.database` if that was nothing.
    static func latest(_ catalogue: Catalogue) throws -> HistoryEntry {
        guard let latest = try catalogue.history(limit: 1).first, !latest.songs.isEmpty else {
            throw MusicError.database(
                path: catalogue.path, reason: "nothing was recommended yet; run 'fermusic recommend' first")
        }
        return latest
    }

    private static func playlistName(_ a: Arguments) throws -> String { try name(a[name]) }

    /// A name as playlists have it. Throws `UsageError` for what can be none.
    static func name(_ text: String) throws -> String {
        guard let name = Catalogue.playlistName(text) else {
            throw UsageError.invalidValue(
                "<name>", value: text, expected: "a name of 1 to \(Catalogue.longestPlaylistName) characters")
        }
        return name
    }
}
