import Emotions
import Files
import Glibc
import MusicMatching
import SoundOutput
import Terminal

/// `fermusic play`
enum PlayCommand {
    static let count = Option<Int?>(
        "count", short: "n", help: "End after so many songs; without it the music goes on.", range: 1...10_000)
    static let only = Option<PlayedOnly?>(
        "only", help: "Songs of your own only, none of the pieces that come with fermusic.")
    static let playlist = Option<String?>(
        "playlist", help: "The songs of a playlist of yours ('fermusic playlist list'), in order, instead of a mood's.")
    static let player = Option<String?>(
        "player", help: "Another program that plays: it is given the files, 20 unless --count says more (mpv, vlc).")

    static let command = Command(
        "play", summary: "Music for what you feel, now.",
        discussion: """
            Plays your own files that the catalogue knows ('fermusic catalogue import ~/Music') and songs of your Subsonic or \
            Jellyfin server ('fermusic catalogue import subsonic:...'), those that fit the mood best first, and pieces that \
            come with fermusic where there are few: on and on, through PipeWire, PulseAudio or ALSA. Songs are as loud as each other where their loudness is known (ReplayGain, or heard while importing).

            What was heard for half its length, or four minutes, is told to the Subsonic or Jellyfin server that the song is \
            of too, and to ListenBrainz where LISTENBRAINZ_TOKEN is set.

            On a terminal n plays the next song, the space bar pauses, l likes, q ends.
            """,
        examples: [
            Example("fermusic play --emotion happy"),
            Example("fermusic play --emotion sad --mode path --language hindi --only mine"),
            Example("fermusic play --camera 0 --player mpv"),
            Example("fermusic play --playlist \"Out of the rain\""),
        ],
        parameters: MoodSource.parameters + [
            RecommendCommand.mode, count, RecommendCommand.languages, RecommendCommand.artists, only, playlist,
            player, ServiceOptions.noScrobble,
            MusicOptions.catalogue, MusicOptions.moodMap, SharedOptions.model, SharedOptions.threads,
        ] + DetectorOptions.all,
        run: run)

    private static func run(_ a: Arguments, _ console: Console) throws -> ExitCode {
        // A playlist is for no mood.
        if a[playlist] != nil, let other = given(a) { throw UsageError.conflict("--playlist", other) }
        var request = RecommendationRequest(
            try a[playlist] == nil ? MoodSource.read(a, console) : EmotionVector(.neutral))
        request.mode = a[RecommendCommand.mode]
        request.languages = a[RecommendCommand.languages]?.values.map(\.language) ?? []
        request.usualLanguages = MusicOptions.usualLanguages
        request.artists = a[RecommendCommand.artists]
        let catalogue = try MusicOptions.openCatalogueOrBuiltIn(a, console)
        catalogue.setBusyTimeout(.milliseconds(200))
        let queue = try MoodQueue(
            catalogue, request, map: MusicOptions.readMoodMap(a), isOnlyMine: a[only] != nil, limit: a[count],
            servers: ServiceOptions.serverTracks(catalogue))
        if let name = a[playlist] {
            try queue.only(catalogue.playlist(named: PlaylistCommand.name(name)).songs)
        }
        if let program = a[player] { return try hand(queue.first(a[count] ?? 20), to: program) }
        let sink = try SoundSinks.open()
        let signals = SignalWatcher.start()
        // One connection for the player's thread, one for the keys.
        let desk = try MusicOptions.openCatalogueOrBuiltIn(a, console)
        desk.setBusyTimeout(.milliseconds(200))
        let music = MusicPlayer()
        queue.tell = { music.note(problem: $0) }
        let thread = music.start(sink) { queue.next($0) }
        defer { thread.join() }
        do {
            try PlayerDesk(
                music, desk, console, signals, isDrawn: true, reports: ServiceOptions.listenReports(a, desk),
                onStop: { queue.stop() }
            ).run()
        } catch {
            music.stop()
            queue.stop()
            throw error
        }
        if let failure = music.state.failure { throw PlayFailure(description: failure) }
        guard music.state.count > 0 else { throw PlayFailure.nothing }
        return signals.received == SIGINT ? .done : signals.exitCode ?? .done
    }

    /// A source of a mood that the user named.
    private static func given(_ a: Arguments) -> String? {
        a[MoodSource.emotion] != nil
            ? "--emotion" : a[MoodSource.photo] != nil ? "--photo" : a[MoodSource.camera] != nil ? "--camera" : nil
    }

    /// Becomes another player. Throws `PlayFailure`.
    private static func hand(_ tracks: [MusicPlayer.Track], to program: String) throws -> ExitCode {
        guard !tracks.isEmpty else { throw PlayFailure.nothing }
        var words: [UnsafeMutablePointer<CChar>?] = [strdup(program)]
        // Paths are absolute: none is taken for an option.
        for track in tracks { words.append(track.path.cPath.withUnsafeBufferPointer { strdup($0.baseAddress!) }) }
        words.append(nil)
        execvp(program, words)
        let code = errno
        for word in words { free(word) }
        throw PlayFailure(
            description: code == ENOENT
                ? "there is no program '\(printable(program))' (--player)"
                : "'\(printable(program))' cannot be started: \(String(cString: strerror(code)))")
    }
}

/// What `--only` can be.
enum PlayedOnly: String, ArgumentChoice { case mine }

/// Why nothing is heard.
struct PlayFailure: Error, CustomStringConvertible {
    let description: String

    static let nothing = PlayFailure(
        description: "there is nothing to play; 'fermusic catalogue import FOLDER' takes your music over")
}
