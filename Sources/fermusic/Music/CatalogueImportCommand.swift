import Emotions
import Files
import Glibc
import MusicMatching
import Terminal

/// `fermusic catalogue import`
enum CatalogueImportCommand {
    static let files = Argument<[Path]>(
        "file",
        help:
            "Folders of music, music files, lists and playlists, https addresses of some, links of your Spotify and YouTube playlists, servers."
    )
    static let language = Option<LanguageWord?>(
        "language", short: "l", help: "The language, by name or ISO code, of songs that say none.")
    static let emotion = Option<EmotionChoice?>("emotion", short: "e", help: "The emotion that all the songs suit.")
    static let columns = Option<CommaSeparated<String>?>(
        "columns", help: "What a table's columns hold where its first row does not say: title,artist,- and so on.")
    static let once = Flag("once", help: "Do not read the files again in 'catalogue refresh'.")

    static let command = Command(
        "import", summary: "Add songs: your music, lists, playlists, what services export.",
        discussion: """
            A folder is gone through with all below it: MP3, FLAC, Ogg, Opus, M4A, WAV, AIFF, WMA and more, by their tags or \
            else their names. Files that have not changed are not opened again; files that were moved are recognised, those \
            that are gone are marked and their songs stay. It can be stopped at any time and goes on from there.

            Lists are recognised by what is in them: tables (CSV with the columns' names in many languages; mood and feature \
            tables, Exportify, TuneMyMusic, Soundiiz, Shazam, Last.fm ...), M3U, PLS and XSPF playlists, the library of \
            iTunes, the account data of Spotify, ListenBrainz, YouTube Music (Takeout), and gzip and zip files of these. \
            Entries of playlists that are files here are those songs. A list's name may tell an emotion (sad.csv) or a mood \
            (workout.csv). Features that a list lacks are estimated from labels and genres, and count less.

            Servers are written subsonic:http://nas:4533, jellyfin:http://nas:8096 or mpd:localhost:6600 ('fermusic server' \
            says more), what you listened to is listenbrainz:YOURNAME, your liked songs and those you hear most at Spotify are \
            spotify:liked and spotify:top.

            A row that cannot be used is reported and left out, a field that cannot is left empty. Each list is taken over as \
            a whole or not at all. Songs that are there already are not added again, but what is new about them is kept.
            """,
        examples: [
            Example("fermusic catalogue import ~/Music", "again later for what is new; --watch does so by itself"),
            Example("fermusic catalogue import my_spotify_data.zip Favourites.m3u8"),
            Example("fermusic catalogue import data_moods.csv by-emotion/*.csv"),
            Example("fermusic catalogue import playlist.csv --language hindi"),
        ],
        parameters: [
            files, language, emotion, columns, once, LibraryCommand.watches,
            SharedOptions.threads,
            MusicOptions.catalogue, MusicOptions.moodMap, MusicOptions.jsonLines,
        ]
    ) { a, console in
        let catalogue = try MusicOptions.openCatalogue(a, console)
        // Another import may take a while.
        catalogue.setBusyTimeout(.seconds(300))
        var options = ImportOptions()
        options.language = a[language]?.language
        options.emotion = a[emotion]?.emotion
        options.columns = a[columns]?.values.map { $0 == "-" ? "" : $0 }
        if a[LibraryCommand.watches], !a[files].contains(where: { LibraryCommand.isMusic($0.string) }) {
            throw UsageError.invalidValue(
                "<file>", value: a[files].map(\.string).joined(separator: " "),
                expected: "a folder of music beside --watch, which watches nothing else")
        }
        // Made before anything is read: what comes meanwhile is read afterwards.
        let watched = a[LibraryCommand.watches] ? a[files].map(\.string).filter(LibraryCommand.isMusic) : []
        let watcher = watched.isEmpty ? nil : try FolderWatcher(watched)
        let signals = SignalWatcher.start()
        var code = ExitCode.done
        func takeMusic(_ path: String) throws -> Bool {
            let report = try LibraryCommand.take(
                path, options, catalogue, a[SharedOptions.threads], asJSON: a[MusicOptions.jsonLines], signals, console)
            guard let report else { return false }
            if watcher != nil, report.total == 0 {
                try console.errors.line("\(printable(path)): there are no music files in it yet")
            } else if let failure = LibraryCommand.failure(report) {
                try console.errors.line("error: \(printable(path)): \(failure)")
                code = .failed
            } else if !a[once] {
                try catalogue.remember(path, options: options)
            }
            return true
        }
        let lists = try ServiceOptions.services(memory: catalogue.place).lists { signals.received != nil }
        /// `false` if a signal ended it.
        func take(_ path: String) throws -> Bool {
            if LibraryCommand.isMusic(path) { return try takeMusic(path) }
            if MusicFile.isOne(path), access(path.cPath, F_OK) == 0 {
                throw MusicError.badFile(path: path, reason: "is no file that music could be read from")
            }
            if path.hasPrefix("http://"), !lists.contains(where: { $0.handles(path) }) {
                throw MusicError.badFile(
                    path: path,
                    reason: "only https is read; a music server is written subsonic:\(path) or jellyfin:\(path)")
            }
            let report = try withProgress("reading \(path)", signals, console) { progress in
                if let list = lists.first(where: { $0.handles(path) }) {
                    return try catalogue.importAndRemember(
                        path, from: list, options: options, remembers: !a[once], progress: progress)
                }
                return a[once]
                    ? try catalogue.importSongs(path, options: options, progress: progress)
                    : try catalogue.importAndRemember(path, options: options, progress: progress)
            }
            guard let report else { return false }
            try ImportText.print(report, path, a[MusicOptions.jsonLines], console)
            if let failure = report.failure {
                try console.errors.line("error: \(printable(path)): nothing added: \(failure)")
                code = .failed
            }
            return true
        }
        /// Says what is wrong with a place and lets the others be read, if it is about that place.
        func goingOn(_ body: () throws -> Bool) throws -> Bool {
            do { return try body() } catch let error where isOfOnePlace(error) && signals.received == nil {
                try console.errors.line("error: \(printable(Remedies.text(error)))")
                code = .failed
                return true
            }
        }
        for file in a[files] {
            let isAlone = a[files].count == 1 && watcher == nil
            guard try isAlone ? take(file.string) : goingOn({ try take(file.string) }) else {
                return signals.exitCode ?? .failed
            }
        }
        if let watcher {
            try console.errors.line("watching \(watched.map(printable).joined(separator: ", ")); Ctrl-C ends it")
            try LibraryCommand.watch(watcher, signals) { place in _ = try goingOn { try takeMusic(place) } }
            return .done
        }
        return code
    }

    /// Whether an error says something of one list or folder, rather than of the catalogue.
    private static func isOfOnePlace(_ error: any Error) -> Bool {
        switch error {
        case MusicError.badFile, MusicError.unknownColumns, MusicError.badLine: true
        case is ListError, is ProviderError: true
        default: false
        }
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
}
