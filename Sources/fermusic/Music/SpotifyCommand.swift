import Glibc
import JSON
import MusicMatching
import Terminal
import TextCoding

/// `fermusic spotify login|status|logout|save-playlist|play`
enum SpotifyCommand {
    static let command = Command(
        "spotify", summary: "Your Spotify account: log in, save a recommendation as a playlist, play it.",
        subcommands: [login, status, logout, save, play])

    static let timeout = Option<Duration>("timeout", default: .seconds(300), help: "How long to wait for the browser.")
    static let noBrowser = Flag("no-browser", help: "Do not open a browser, only print the address.")

    static let login = Command(
        "login", summary: "Let fermusic read your playlists, save lists and start playback.",
        discussion: """
            Needs SPOTIFY_CLIENT_ID (an app of your own at https://developer.spotify.com/dashboard) and, among the app's \
            redirect addresses, http://127.0.0.1:8888/callback or what SPOTIFY_REDIRECT_URI says. No secret is needed. \
            The login is kept in ~/.config/fermusic/spotify-login.json, for you alone, and lasts six months.

            On a computer without a browser: open the printed address anywhere, and paste the address where the \
            browser ends, even if it shows an error there.
            """,
        examples: [Example("fermusic spotify login")],
        parameters: [timeout, noBrowser, MusicOptions.catalogue]
    ) { a, console in
        let services = try ServiceOptions.services(memory: memory(a))
        let login = try services.spotifyLogin()
        let signals = SignalWatcher.start()
        try console.errors.line("Open this address and agree:\n\n\(login.address)\n")
        if login.listens {
            try console.errors.line("Waiting for the browser to come back (or paste the address where it ends) ...")
        } else {
            try console.errors.line("Then paste the address where the browser ends:")
        }
        if !a[noBrowser], environmentValue("DISPLAY") != nil || environmentValue("WAYLAND_DISPLAY") != nil {
            try? WebLink.open(login.address)
        }
        do {
            try login.finish(
                CallLimit(a[timeout]) { signals.received != nil }, input: STDIN_FILENO,
                onProblem: { try? console.errors.line("note: \($0)") })
        } catch  where signals.exitCode != nil {
            return signals.exitCode ?? .failed
        }
        try console.errors.line("connected with Spotify")
        return .done
    }

    static let status = Command(
        "status", summary: "Whether you are logged in, since when and for what.",
        discussion: "Asks nobody; 'fermusic doctor' tries whether it works.",
        examples: [Example("fermusic spotify status")],
        parameters: [MusicOptions.catalogue, SharedOptions.json]
    ) { a, console in
        let services = try ServiceOptions.services(memory: memory(a))
        let login = services.spotifyLoginStatus
        let hasApp = services.credentials.has(.spotifyClientID) && services.credentials.has(.spotifyClientSecret)
        if a[SharedOptions.json] {
            try console.output.line(SongText.jsonLine(json(login, hasApp)))
        } else if let login {
            try console.output.line("logged in since \(TimeText.day(login.authorised))")
            try console.output.line(
                login.hasEnded
                    ? "expired         \(TimeText.day(login.ends)); run 'fermusic spotify login'"
                    : "ends by         \(TimeText.day(login.ends)); log in again before")
            try console.output.line("allowed         \(printable(login.scopes.joined(separator: ", ")))")
            try console.output.line("kept in         \(printable(login.file))")
            for scope in login.missingScopes { try console.output.line("missing         \(scope)") }
        } else {
            try console.output.line("not logged in" + (hasApp ? "; songs can be found with the app's credentials" : ""))
        }
        return .done
    }

    static let logout = Command(
        "logout", summary: "Forget the login on this computer.",
        discussion: "To take back what you allowed, remove the app at https://www.spotify.com/account/apps.",
        examples: [Example("fermusic spotify logout")], parameters: [MusicOptions.catalogue]
    ) { a, console in
        let was = try ServiceOptions.services(memory: memory(a)).spotifyLogout()
        try console.errors.line(was ? "the login is forgotten" : "there was no login")
        return .done
    }

    static let name = Option<String?>("name", help: "The playlist's name; the mood and day by default.")
    static let device = Option<String?>("device", help: "The device's identifier; the active one by default.")
    static let wait = Option<Duration>("wait", default: .seconds(60), help: "How long Spotify may take in all.")

    static let save = Command(
        "save-playlist", summary: "Save the latest recommendation as a private playlist, or a playlist of yours.",
        discussion: "Needs 'fermusic spotify login'. Songs that Spotify does not have are named and left out.",
        examples: [
            Example("fermusic recommend --emotion sad --mode path --count 12"),
            Example("fermusic spotify save-playlist --name \"Out of the rain\""),
            Example("fermusic spotify save-playlist --playlist \"For the road\"", "what 'fermusic playlist' keeps"),
        ],
        parameters: [name, ServerCommand.playlist, wait, MusicOptions.catalogue, MusicOptions.moodMap]
    ) { a, console in
        let latest = try LatestList(a, console)
        let title = a[name] ?? latest.title
        let playlist = try latest.services.spotifyListener.save(
            latest.tracks, name: title, description: latest.about, latest.limit)
        try console.errors.line("saved \(counted(playlist.count, "song")) as '\(printable(title))'")
        try console.output.line(playlist.link)
        return .done
    }

    static let play = Command(
        "play",
        summary: "Play the latest recommendation, or a playlist of yours, on your active device. Needs Premium.",
        examples: [Example("fermusic spotify play")],
        parameters: [device, ServerCommand.playlist, wait, MusicOptions.catalogue, MusicOptions.moodMap]
    ) { a, console in
        let latest = try LatestList(a, console)
        try latest.services.spotifyListener.play(latest.tracks, device: a[device], latest.limit)
        try console.errors.line("playing \(counted(latest.tracks.count, "song"))")
        return .done
    }

    static func memory(_ a: Arguments) -> String { MusicOptions.place(a) }

    private static func json(_ login: SpotifyLoginStatus?, _ hasApp: Bool) -> JSONValue {
        var fields: [String: JSONValue] = [
            "loggedIn": .bool(login?.hasEnded == false), "appCredentials": .bool(hasApp),
        ]
        if let login {
            fields["since"] = .int(login.authorised)
            fields["ends"] = .int(login.ends)
            fields["expired"] = .bool(login.hasEnded)
            fields["scopes"] = JSONValue(login.scopes)
            fields["missingScopes"] = JSONValue(login.missingScopes)
            fields["file"] = .string(login.file)
        }
        return .object(fields)
    }
}

/// The songs that were recommended last, or those of a playlist, as Spotify's tracks.
private struct LatestList {
    let services: MusicServices
    /// What a playlist of them is called, and how it is described.
    let title: String
    let about: String
    let tracks: [String]
    let limit: CallLimit

    /// Throws `ProviderError` when Spotify cannot be asked; songs it does not have are named and left out.
    init(_ a: Arguments, _ console: Console) throws {
        let catalogue = try MusicOptions.openCatalogue(a, console)
        let songs: [Song]
        if let name = a[ServerCommand.playlist] {
            let list = try catalogue.playlist(named: PlaylistCommand.name(name))
            (title, about, songs) = (list.name, "Made by fermusic.", list.songs)
        } else {
            let entry = try PlaylistCommand.latest(catalogue)
            title = "\(entry.emotions), \(TimeText.day(entry.time))"
            (about, songs) = ("Made by fermusic for \(entry.emotions).", entry.songs)
        }
        services = try ServiceOptions.services(memory: catalogue.place)
        let signals = SignalWatcher.start()
        limit = CallLimit(a[SpotifyCommand.wait]) { signals.received != nil }
        let found = try services.spotifyTracks(of: songs, limit) { try? catalogue.note($0, of: $1.id) }
        for song in found.missing { try console.errors.line("Spotify has no '\(SongText.title(song))'") }
        tracks = found.ids
    }
}
