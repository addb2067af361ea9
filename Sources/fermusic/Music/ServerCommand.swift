import Glibc
import JSON
import MusicMatching
import Terminal
import TextCoding
import Timing

/// `fermusic server check|save-playlist|play|scrobble`
enum ServerCommand {
    static let command = Command(
        "server",
        summary:
            "Your own music server, and ListenBrainz: try it, save and play recommendations there, tell what you heard.",
        subcommands: [check, save, play, scrobble])

    static let place = Argument<String>(
        "server",
        help: "subsonic:http://nas:4533 (Navidrome, gonic, Airsonic ...), jellyfin:http://nas:8096, mpd:localhost:6600."
    )
    static let name = Option<String?>("name", help: "The playlist's name; the mood and day by default.")
    static let wait = Option<Duration>("wait", default: .seconds(60), help: "How long the server may take in all.")

    private static let credentials = """
        Credentials come from the environment or ~/.config/fermusic/credentials: SUBSONIC_USER and SUBSONIC_PASSWORD (or \
        SUBSONIC_API_KEY), JELLYFIN_API_KEY and JELLYFIN_USER, MPD_PASSWORD, LISTENBRAINZ_TOKEN. Plain http is used where \
        you write it: in your own network everybody on it can then listen.
        """

    static let check = Command(
        "check", summary: "Whether the server answers and knows you.",
        discussion: credentials + " 'fermusic catalogue import SERVER' takes its songs over.",
        examples: [Example("fermusic server check subsonic:http://nas:4533")],
        parameters: [place, wait, MusicOptions.catalogue]
    ) { a, console in
        let services = try ServiceOptions.services(memory: SpotifyCommand.memory(a))
        let signals = SignalWatcher.start()
        let limit = CallLimit(a[wait]) { signals.received != nil }
        if a[place].lowercased() == "listenbrainz" {
            try console.output.line("ListenBrainz: \(printable(services.listenBrainz.check(limit)))")
            return .done
        }
        let server = try server(a, services)
        try console.output.line("\(server.name) at \(printable(server.place)): \(printable(server.check(limit)))")
        return .done
    }

    static let playlist = Option<String?>(
        "playlist", help: "A playlist of yours instead ('fermusic playlist list').")

    static let save = Command(
        "save-playlist", summary: "Save the latest recommendation as a playlist on the server, or a playlist of yours.",
        discussion:
            "Songs that the server does not have are named and left out; 'fermusic catalogue import SERVER' tells which "
            + "it has.",
        examples: [
            Example("fermusic recommend --emotion sad --mode path --count 12"),
            Example("fermusic server save-playlist subsonic:http://nas:4533 --name \"Out of the rain\""),
        ],
        parameters: [place, name, playlist, wait, MusicOptions.catalogue, MusicOptions.moodMap]
    ) { a, console in
        let latest = try LatestOnServer(a, console, playlist: a[playlist])
        let title = a[name] ?? latest.title
        let lost = try latest.server.save(latest.numbers, name: title, latest.limit)
        for song in lost { try console.errors.line("not there any more: \(printable(song))") }
        try console.errors.line("saved \(counted(latest.numbers.count - lost.count, "song")) as '\(printable(title))'")
        return .done
    }

    static let play = Command(
        "play", summary: "Play the latest recommendation, on a server that plays by itself (MPD).",
        examples: [Example("fermusic server play mpd:localhost:6600")],
        parameters: [place, wait, MusicOptions.catalogue, MusicOptions.moodMap]
    ) { a, console in
        let latest = try LatestOnServer(a, console)
        try latest.server.play(latest.numbers, latest.limit)
        try console.errors.line("playing \(counted(latest.numbers.count, "song"))")
        return .done
    }

    static let songs = Argument<[String]>(
        "song", help: "Songs you heard just now: numbers, or words of title and artist.")

    static let scrobble = Command(
        "scrobble", summary: "Tell ListenBrainz what you heard, and note it here as played.",
        discussion: "Needs LISTENBRAINZ_TOKEN, from https://listenbrainz.org/settings.",
        examples: [Example("fermusic server scrobble \"tom waits alice\"")],
        parameters: [songs, wait, MusicOptions.catalogue, MusicOptions.moodMap]
    ) { a, console in
        let catalogue = try MusicOptions.openCatalogue(a, console)
        let services = try ServiceOptions.services(memory: catalogue.place)
        let signals = SignalWatcher.start()
        let heard = try a[songs].map { try catalogue.song(named: $0) }
        let now = currentTime()
        try services.listenBrainz.submit(
            heard.enumerated().map { ($0.element, now - (heard.count - 1 - $0.offset)) },
            CallLimit(a[wait]) { signals.received != nil })
        for song in heard { try catalogue.note(.played, of: song.id, time: now) }
        try console.errors.line("told ListenBrainz of \(counted(heard.count, "song"))")
        return .done
    }

    static func server(_ a: Arguments, _ services: MusicServices) throws -> any MusicServer {
        guard let server = try services.server(at: a[place]) else {
            throw MusicError.badFile(
                path: a[place], reason: "is no server; they are written subsonic:http://nas:4533, jellyfin:..., mpd:..."
            )
        }
        return server
    }
}

/// The songs that were recommended last, or those of a playlist, as a server numbers them.
private struct LatestOnServer {
    let server: any MusicServer
    let title: String
    let numbers: [String]
    let limit: CallLimit

    init(_ a: Arguments, _ console: Console, playlist: String? = nil) throws {
        let catalogue = try MusicOptions.openCatalogue(a, console)
        let songs: [Song]
        if let playlist {
            let list = try catalogue.playlist(named: PlaylistCommand.name(playlist))
            (title, songs) = (list.name, list.songs)
        } else {
            let entry = try PlaylistCommand.latest(catalogue)
            (title, songs) = ("\(entry.emotions), \(TimeText.day(entry.time))", entry.songs)
        }
        let server = try ServerCommand.server(a, ServiceOptions.services(memory: catalogue.place))
        self.server = server
        let signals = SignalWatcher.start()
        limit = CallLimit(a[ServerCommand.wait]) { signals.received != nil }
        var numbers: [String] = []
        for song in songs {
            if let number = server.number(of: song) {
                numbers.append(number)
            } else {
                try console.errors.line("the server has no '\(SongText.title(song))'")
            }
        }
        guard !numbers.isEmpty else {
            throw MusicError.badFile(
                path: a[ServerCommand.place],
                reason: "has none of these songs; 'fermusic catalogue import' it first, and recommend from it")
        }
        self.numbers = numbers
    }
}
