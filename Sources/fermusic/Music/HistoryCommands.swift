import FoundationEssentials
import MusicMatching
import Terminal
import Timing

/// `fermusic history`
enum HistoryCommand {
    static let count = Option<Int>("count", short: "n", default: 10, help: "Lists at most.", range: 1...100_000)

    static let command = Command(
        "history", summary: "What was recommended, the newest first.",
        examples: [Example("fermusic history --count 3")],
        parameters: [count, MusicOptions.catalogue, MusicOptions.moodMap, MusicOptions.jsonLines]
    ) { a, console in
        for entry in try MusicOptions.openCatalogue(a, console).history(limit: a[count]) {
            if a[MusicOptions.jsonLines] {
                let time = Date(timeIntervalSince1970: Double(entry.time)).formatted(.iso8601)
                try console.output.line(
                    SongText.jsonLine([
                        "time": .string(time), "mode": .string(entry.mode), "emotions": .string(entry.emotions),
                        "songs": .array(entry.songs.map { SongJSON.value($0) }),
                    ]))
                continue
            }
            let time = TimeText.minute(entry.time)
            try console.output.line("\(time)  \(SongText.line(entry.emotions)), \(printable(entry.mode))")
            for song in entry.songs { try console.output.line("  \(SongText.title(song))  [\(song.id)]") }
        }
        return .done
    }
}

/// `fermusic feedback`
enum FeedbackCommand {
    static let opinion = Argument<Opinion?>("opinion", help: "like, dislike, neutral (takes it back) or played.")
    static let songs = Argument<[String]>(
        "song", required: false, help: "Songs by their numbers, or by words of title and artist.")

    static let artists = Option<[String]>("artist", short: "a", help: "An artist that you mean. May be repeated.")

    static let command = Command(
        "feedback", summary: "Say what you like; the next recommendation knows it.",
        discussion: """
            Without arguments it lists what you said. What several liked songs have in common, genres, decades, languages \
            and sound, counts for all other songs too. An artist's name is understood where no song is called so.
            """,
        examples: [
            Example("fermusic feedback like 12 40", "the numbers in brackets that recommend prints"),
            Example("fermusic feedback dislike \"shape of you\""),
            Example("fermusic feedback like --artist beatles"),
        ],
        parameters: [opinion, songs, artists, MusicOptions.catalogue, MusicOptions.moodMap, MusicOptions.jsonLines]
    ) { a, console in
        let catalogue = try MusicOptions.openCatalogue(a, console)
        guard let opinion = a[opinion] else { return try list(catalogue, a, console) }
        guard !a[songs].isEmpty || !a[artists].isEmpty else { throw UsageError.missingArgument("<song>") }
        if opinion == .played, !a[artists].isEmpty { throw UsageError.conflict("played", "--artist") }
        // All of them or none: a misspelt one shall not leave half behind.
        let found = try catalogue.transaction {
            try a[songs].map { try note(opinion, $0, catalogue) }
                + a[artists].map { "everything by \(SongText.line(try catalogue.note(opinion, ofArtist: $0)))" }
        }
        for name in found { try console.errors.line("\(opinion.rawValue): \(name)") }
        return .done
    }

    /// Notes what is thought of a song, or of the artist who is called like this and has several.
    private static func note(_ opinion: Opinion, _ text: String, _ catalogue: Catalogue) throws -> String {
        do {
            let song = try catalogue.song(named: text)
            try catalogue.note(opinion, of: song.id)
            return SongText.title(song)
        } catch let error as MusicError {
            guard case .ambiguousSong = error, opinion != .played, try catalogue.artist(named: text).meant != nil else {
                throw error
            }
            return "everything by \(SongText.line(try catalogue.note(opinion, ofArtist: text)))"
        }
    }

    private static func list(_ catalogue: Catalogue, _ a: Arguments, _ console: Console) throws -> ExitCode {
        for (name, opinion) in try catalogue.artistFeedback() {
            if a[MusicOptions.jsonLines] {
                try console.output.line(
                    SongText.jsonLine(["artist": .string(name), "opinion": .string(opinion.rawValue)]))
            } else {
                try console.output.line("\(opinion.rawValue): everything by \(SongText.line(name))")
            }
        }
        for (song, opinion, plays) in try catalogue.feedback() {
            if a[MusicOptions.jsonLines] {
                var fields = SongJSON.fields(song)
                fields["opinion"] = .string(opinion.rawValue)
                fields["plays"] = .int(plays)
                try console.output.line(SongText.jsonLine(.object(fields)))
            } else {
                let played = plays == 0 ? "" : plays == 1 ? ", played once" : ", played \(plays) times"
                try console.output.line("\(opinion.rawValue)\(played): \(SongText.title(song))  [\(song.id)]")
            }
        }
        return .done
    }
}

/// `fermusic purge`
enum PurgeCommand {
    static let what = Argument<[Purgeable]>(
        "what", help: "history, feedback (likes and plays), answers (of music services), songs (what you imported).")
    static let olderThan = Option<Duration?>("older-than", help: "Only what is older, such as 90d. Not for songs.")

    static let command = Command(
        "purge", summary: "Delete what fermusic remembers about you.",
        examples: [
            Example("fermusic purge history feedback"),
            Example("fermusic purge history --older-than 90d"),
        ],
        parameters: [what, olderThan, MusicOptions.catalogue, MusicOptions.moodMap]
    ) { a, console in
        if a[olderThan] != nil, a[what].contains(.songs) { throw UsageError.conflict("--older-than", "songs") }
        let catalogue = try MusicOptions.openCatalogue(a, console)
        let before = a[olderThan].map { currentTime() - Int($0.components.seconds) }
        let deleted = try catalogue.purge(Set(a[what]), before: before)
        for what in Purgeable.allCases {
            guard let count = deleted[what] else { continue }
            let more = what == .songs && count > 0 ? ", with likes and places in playlists that they had" : ""
            try console.output.line("\(what.rawValue): \(count) deleted\(more)")
        }
        return .done
    }
}
