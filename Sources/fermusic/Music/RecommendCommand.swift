import Emotions
import MusicMatching
import Terminal
import TextCoding

/// `fermusic recommend`
enum RecommendCommand {
    static let mode = Option<MoodMode>(
        "mode", default: .match,
        help: "Songs that feel as you do, songs towards better, a walk from one to the other, or more of the same.")
    static let count = Option<Int>("count", short: "n", default: 5, help: "Songs.", range: 1...100)
    static let languages = Option<CommaSeparated<LanguageWord>?>(
        "language", short: "l",
        help: "Languages to sing in, by name or ISO code; unknown ones, then others come when these run out.")
    static let artists = Option<[String]>(
        "artist", short: "a", help: "An artist you would like to hear, or a part of the name. May be repeated.")
    static let like = Option<String?>(
        "like", help: "Songs like this one: its number, or words of title and artist. Takes the place of the emotion.")
    static let surprise = Option<Double?>(
        "surprise",
        help: "Share of songs from a wider choice; the mood map's by default. With 0 nothing is drawn by lot.",
        range: 0...1)
    static let seed = Option<Int?>(
        "seed", help: "Repeats the same draw; another one each time by default.", range: 0...)
    static let forget = Flag("no-history", help: "Do not note what was recommended.")
    static let opens = Flag("open", help: "Open the first song in the browser.")
    static let previews = Flag(
        "preview", help: "Play half a minute of the first song that has a preview; asks Deezer if no one else is named."
    )

    static let output = Option<PlaylistFormat?>(
        "output", help: "Print a playlist for players instead of a list to read: m3u8 names your files, xspf all songs."
    )

    private static let choices: [any Parameter] = [like, mode, count, languages, artists]
    private static let others: [any Parameter] =
        [
            surprise, seed, forget, output, ServiceOptions.provider, ServiceOptions.wait, opens, previews,
            MusicOptions.catalogue, MusicOptions.moodMap, SharedOptions.model, SharedOptions.threads,
            SharedOptions.json,
        ] + DetectorOptions.all

    static let command = Command(
        "recommend", summary: "Songs for what you feel, now.",
        discussion: """
            Needs no account and no network: songs come from the local catalogue at once, links open a search. Several \
            emotions get their shares of the list. What was recommended is noted, so that other \
            songs come next time; 'fermusic feedback' tells what you like.

            With credentials for Spotify or YouTube, or with --provider, a service adds direct links and covers after \
            that, as far as it answers in time; with --preview also half a minute to listen to.
            """,
        examples: [
            Example("fermusic recommend --emotion sad --count 5"),
            Example("fermusic recommend --photo me.jpg --mode lift --language hindi,english --artist \"Arijit Singh\""),
            Example("fermusic recommend --camera 0", "look into the camera for three seconds"),
            Example("fermusic recommend --emotion angry --genre metal --decade 90s --only mine"),
            Example("fermusic recommend --like \"la flaca\"", "by sound, genre, decade, language and artist"),
            Example("fermusic recommend --emotion \"happy=0.6,surprise=0.4\" --json", "for programs to read"),
            Example(
                "fermusic recommend --emotion happy -n 20 --output m3u8 > happy.m3u8", "your own files, for a player"),
            Example("fermusic recommend --emotion happy --provider deezer", "with covers, no account needed"),
        ],
        parameters: MoodSource.parameters + choices + FilterOptions.all + others,
        run: run)

    private static func run(_ a: Arguments, _ console: Console) throws -> ExitCode {
        if a[output] != nil, a[SharedOptions.json] { throw UsageError.conflict("--output", "--json") }
        let emotions = a[like] == nil ? try MoodSource.read(a, console) : try MoodSource.none(a)
        var request = RecommendationRequest(emotions)
        request.mode = a[mode]
        request.count = a[count]
        request.languages = a[languages]?.values.map(\.language) ?? []
        request.usualLanguages = MusicOptions.usualLanguages
        request.excludedLanguages = a[FilterOptions.without]?.values.map(\.language) ?? []
        request.filter = FilterOptions.filter(a)
        request.artists = a[artists]
        request.surpriseShare = a[surprise]
        request.seed = UInt64(a[seed] ?? Int.random(in: 0...Int.max))
        let (catalogue, songs) = try MusicOptions.withCatalogueOrBuiltIn(a, console) { catalogue in
            request.like = try a[like].map { try catalogue.song(named: $0).id }
            return (catalogue, try catalogue.recommend(request))
        }
        guard !songs.isEmpty else {
            throw MusicError.database(
                path: catalogue.path,
                reason: MusicOptions.builtInSongs == nil
                    ? "no songs; the built-in list (songs.csv) was not found beside the program, import one"
                    : request.filter.isEmpty
                        ? "no songs left that you don't dislike" : try noneOfThisKind(request, catalogue))
        }
        if songs.count < request.count, !request.filter.isEmpty {
            try console.errors.line(
                songs.count == 1
                    ? "note: there is only one song of this kind"
                    : "note: there are only \(songs.count) songs of this kind")
        }
        // From here on songs are there: nothing that goes wrong may take them away, and nobody waits for another
        // process that writes for long.
        catalogue.setBusyTimeout(.milliseconds(200))
        if let format = a[output] {
            let list = try format.playlist(of: songs.map(\.song), name: "fermusic", in: catalogue)
            try console.output.write(list.text)
            if list.songs < songs.count {
                try console.errors.line(
                    "note: \(songs.count - list.songs) of the songs have no file here that m3u8 can name; xspf names them too"
                )
            }
            if !a[forget] { try note(songs, request, catalogue, console) }
            return .done
        }
        let asking = try ServiceAsking(a, memory: catalogue.place)
        let answer = RecommendAnswer(songs: songs, request: request)
        if !a[SharedOptions.json] { try answer.print(withLinks: asking == nil, console) }
        for artist in request.artists { try explain(artist, songs, catalogue, console) }
        if !a[forget] { try note(songs, request, catalogue, console) }
        let enrichment = asking?.ask(songs.map(\.song))
        if let enrichment { try keep(enrichment, songs, catalogue, console) }
        let enriched = EnrichedSongs(songs.map(\.song), enrichment)
        if a[SharedOptions.json] {
            let value = RecommendationJSON.value(
                songs, for: request, songs: enriched.songs, enrichment: enrichment)
            try console.output.line(SongText.jsonLine(value))
        } else if enrichment != nil {
            try answer.printLinks(enriched, console)
        }
        try open(enriched, a, console)
        return .done
    }

    /// Why a filter leaves nothing, as far as one part of it alone is the reason.
    private static func noneOfThisKind(_ request: RecommendationRequest, _ catalogue: Catalogue) throws -> String {
        func leaves(_ change: (inout SongFilter) -> Void) throws -> Bool {
            var filter = SongFilter(), alone = request
            change(&filter)
            (alone.filter, alone.count) = (filter, 1)
            return try !catalogue.recommend(alone).isEmpty
        }
        let filter = request.filter
        if filter.isOwn, try !leaves({ $0.isOwn = true }) {
            return "no songs of your own yet; import some: fermusic catalogue import ~/Music"
        }
        if let seconds = filter.seconds, try !leaves({ $0.seconds = seconds }) {
            return try leaves { $0.seconds = 0...86_400 }
                ? "no songs that last so long"
                : "of none of the songs is known how long it lasts: the built-in ones say nothing of that"
        }
        for genre in filter.genres where try !leaves({ $0.genres = [genre] }) {
            let near = nearest(to: genre, in: SongFilter.genreFamilies).map { "; did you mean '\($0)'?" } ?? ""
            return "no songs of the genre '\(SongText.line(genre, limit: 60))'\(near)"
        }
        return "no songs of this kind"
    }

    /// Says whom a name was taken for, if not for itself, and why nothing of that artist came.
    private static func explain(
        _ artist: String, _ songs: [Recommendation], _ catalogue: Catalogue, _ console: Console
    ) throws {
        guard let found = try? catalogue.artist(named: artist) else { return }
        if let meant = found.meant, !songs.contains(where: { found.sings($0.song) }) {
            try console.errors.line(
                "note: no song by \(SongText.line(meant)) is as near to this as those above"
            )
        }
        if found.meant == artist { return }
        if let meant = found.meant {
            try console.errors.line("note: '\(SongText.line(artist))' is taken for \(SongText.line(meant))")
        } else {
            let nearest = try? catalogue.nearestArtist(to: artist)
            let question = nearest.map { "; did you mean '\(SongText.line($0))'?" } ?? ""
            try console.errors.line("note: no songs by '\(SongText.line(artist))'\(question)")
        }
    }

    /// What the service said of songs makes their links direct from now on.
    private static func keep(
        _ enrichment: Enrichment, _ songs: [Recommendation], _ catalogue: Catalogue, _ console: Console
    ) throws {
        if let problem = enrichment.problem { try console.errors.line("note: \(printable(Remedies.text(problem)))") }
        for (recommendation, match) in zip(songs, enrichment.matches) {
            // Only a kindness to the next run.
            if let match, match.age == nil { try? catalogue.note(match, of: recommendation.song.id) }
        }
    }

    private static func open(_ songs: EnrichedSongs, _ a: Arguments, _ console: Console) throws {
        var links: [String] = []
        if a[opens] { links.append(songs.link(0)) }
        if a[previews] {
            let preview = songs.matches.lazy.compactMap { $0?.preview }.first
            if let preview { links.append(preview) } else { try console.errors.line("note: no preview was found") }
        }
        for link in links {
            do {
                try WebLink.open(link)
            } catch {
                try console.errors.line("note: \(printable(Remedies.text(error)))")
            }
        }
    }

    private static func note(
        _ songs: [Recommendation], _ request: RecommendationRequest, _ catalogue: Catalogue, _ console: Console
    ) throws {
        do {
            try catalogue.note(songs, for: request)
        } catch let error as MusicError {
            try console.errors.line("warning: not noted in the history: \(printable(Remedies.text(error)))")
        }
    }
}

/// A service that is to be asked about songs.
private struct ServiceAsking {
    let services: MusicServices
    let service: MusicService
    let time: Duration
    let needsPreview: Bool

    /// `nil` if nobody is to be asked.
    init?(_ a: Arguments, memory: String) throws {
        let choice = a[ServiceOptions.provider]
        if choice == .none { return nil }
        services = try ServiceOptions.services(memory: memory)
        let wanted = choice.service(services)
        needsPreview = a[RecommendCommand.previews]
        guard let service = needsPreview && choice == .auto ? .deezer : wanted else { return nil }
        self.service = service
        time = a[ServiceOptions.wait]
    }

    func ask(_ songs: [Song]) -> Enrichment {
        Enrichment(of: songs, with: services.provider(service), within: time, needsPreview: needsPreview)
    }
}
