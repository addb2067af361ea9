import EmotionRecognition
import Emotions
import MusicMatching
import NeuralNet
import Terminal

/// `fermusic recommend`
enum RecommendCommand {
    static let emotion = Option<EmotionWord?>("emotion", short: "e", help: "What you feel, alone or with weights.")
    static let photo = Option<Path?>("photo", short: "p", help: "A picture of a face to see it in.")
    static let mode = Option<MoodMode>(
        "mode", default: .match,
        help: "Songs that feel as you do, songs towards better, a walk from one to the other, or more of the same.")
    static let count = Option<Int>("count", short: "n", default: 5, help: "Songs.", range: 1...100)
    static let languages = Option<CommaSeparated<LanguageWord>?>(
        "language", short: "l", help: "Languages to sing in, by name or ISO code; others come when these run out.")
    static let artists = Option<[String]>(
        "artist", short: "a", help: "An artist you would like to hear. May be repeated.")
    static let surprise = Option<Double?>(
        "surprise", help: "Share of songs drawn by lot; the mood map's by default.", range: 0...1)
    static let seed = Option<UInt64?>("seed", help: "Repeats the same draw; another one each time by default.")
    static let forget = Flag("no-history", help: "Do not note what was recommended.")

    static let command = Command(
        "recommend", summary: "Songs for what you feel, now.",
        discussion: """
            Needs no account and no network: songs come from the local catalogue, links open a search. All the \
            probabilities of an emotion count, not only the strongest. What was recommended is noted, so that other \
            songs come next time; 'fermusic feedback' tells what you like.
            """,
        examples: [
            Example("fermusic recommend --emotion sad --count 5"),
            Example("fermusic recommend --photo me.jpg --mode lift --language hindi,english --artist \"Arijit Singh\""),
            Example("fermusic recommend --emotion \"happy=0.6,surprise=0.4\" --json", "for programs to read"),
        ],
        parameters: [
            emotion, photo, mode, count, languages, artists, surprise, seed, forget, MusicOptions.catalogue,
            MusicOptions.moodMap, SharedOptions.model, SharedOptions.threads, SharedOptions.json,
        ] + DetectorOptions.all,
        run: run)

    private static func run(_ a: Arguments, _ console: Console) throws -> ExitCode {
        let emotions: EmotionVector
        switch (a[emotion], a[photo]) {
        case (.some, .some): throw UsageError.conflict("--emotion", "--photo")
        case (nil, nil): throw UsageError.missingOption("--emotion or --photo")
        case (let given?, nil): emotions = given.vector
        case (nil, let picture?): emotions = try PhotoEmotions.read(picture.string, a, console)
        }
        var request = RecommendationRequest(emotions)
        request.mode = a[mode]
        request.count = a[count]
        request.languages = a[languages]?.values.map(\.language) ?? []
        request.artists = a[artists]
        request.surpriseShare = a[surprise]
        request.seed = a[seed] ?? UInt64.random(in: 0...UInt64(Int64.max))
        let catalogue = try MusicOptions.openCatalogueOrBuiltIn(a, console)
        let songs = try catalogue.recommend(request)
        guard !songs.isEmpty else {
            throw MusicError.database(
                path: catalogue.path,
                reason: MusicOptions.builtInSongs == nil
                    ? "no songs; the built-in list (songs.csv) was not found beside the program, import one"
                    : "no songs left that you don't dislike")
        }
        if a[SharedOptions.json] {
            try console.output.line(SongText.jsonLine(json(songs, request)))
        } else {
            try print(songs, request, console)
        }
        if !a[forget] { try note(songs, request, catalogue, console) }
        return .done
    }

    private static func print(
        _ songs: [Recommendation], _ request: RecommendationRequest, _ console: Console
    ) throws {
        var text = ""
        for (index, recommendation) in songs.enumerated() {
            let song = recommendation.song, links = SongLinks(song)
            let number = "\(index + 1)."
            let indent = String(repeating: " ", count: number.count + 1)
            text += "\(number) \(console.output.styled(SongText.title(song), .bold))  [\(song.id)]\n"
            text += "\(indent)\(recommendation.reason)\n"
            text += "\(indent)\(console.output.styled(links.spotify, .dim))\n"
            text += "\(indent)\(console.output.styled(links.youtube, .dim))\n"
        }
        try console.output.write(text)
        if songs.count < request.count {
            try console.errors.line("the catalogue has only \(songs.count) songs to recommend")
        }
    }

    private static func json(_ songs: [Recommendation], _ request: RecommendationRequest) -> JSONValue {
        let emotions = Dictionary(
            uniqueKeysWithValues: Emotion.allCases.map { ($0.name, JSONValue.double(request.emotions[$0])) })
        return [
            "emotions": .object(emotions), "mode": .string(request.mode.rawValue), "seed": .int(Int(request.seed)),
            "songs": .array(
                songs.map { recommendation in
                    var fields = SongText.json(recommendation.song)
                    fields["reason"] = .string(recommendation.reason)
                    fields["distance"] = .double((recommendation.distance * 10_000).rounded() / 10_000)
                    fields["surprise"] = .bool(recommendation.isSurprise)
                    fields["target"] = SongText.json(recommendation.target)
                    return .object(fields)
                }),
        ]
    }

    /// The answer is out already: nobody waits for another process that writes for long.
    private static func note(
        _ songs: [Recommendation], _ request: RecommendationRequest, _ catalogue: Catalogue, _ console: Console
    ) throws {
        catalogue.setBusyTimeout(.milliseconds(200))
        do {
            try catalogue.note(songs, for: request)
        } catch let error as MusicError {
            try console.errors.line("warning: not noted in the history: \(printable("\(error)"))")
        }
    }
}
