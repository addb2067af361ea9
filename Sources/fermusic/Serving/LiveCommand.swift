import EmotionRecognition
import FaceVision
import Glibc
import MusicMatching
import Terminal
import WebApp

/// `fermusic live`
enum LiveCommand {
    static let command = Command(
        "live", summary: "The camera of this machine, on the terminal and on the page.",
        discussion: """
            What 'predict-webcam' shows, and the page of 'serve' with this camera's pictures and songs for what it sees. \
            Visitors can use their own cameras too. Ends with Ctrl-C, or with the video. With --play music for the mood \
            comes from this machine, as 'fermusic play' has it: n plays the next song, the space bar pauses, l likes, q ends.
            """,
        examples: [
            Example("fermusic live --open"), Example("fermusic live 1 --emotions five"),
            Example("fermusic live --play", "with music from this machine"),
            Example("fermusic live clip.mp4 --repeat 100", "without a camera"),
        ],
        parameters: [
            PredictWebcamCommand.source, SharedOptions.model, SharedOptions.precision, SharedOptions.int8,
            SharedOptions.threads,
            SharedOptions.json, StreamOptions.emotions,
            StreamOptions.certainty, LiveMusic.plays, PlayCommand.only, ServiceOptions.noScrobble,
        ] + SharedOptions.hintOptions
            + ServerOptions.all.filter { $0.description.name != ServerOptions.models.description.name }
            + StreamOptions.outputs + StreamOptions.following + StreamOptions.camera,
        run: run)

    private static func run(_ a: Arguments, _ console: Console) throws -> ExitCode {
        let signals = SignalWatcher.start()
        let feed = LiveFeed()
        let model = try SharedOptions.modelPath(a)
        if a[PlayCommand.only] != nil, !a[LiveMusic.plays] { throw UsageError.missingOption("--play") }
        if a[ServiceOptions.noScrobble], !a[LiveMusic.plays] { throw UsageError.missingOption("--play") }
        let others = ModelShelf.standardPaths().filter { $0 != model }
        let service = try WebService(a, console, models: [model] + others, feed: feed)
        defer { service.stop() }
        let moodMap = try MusicOptions.readMoodMap(a)
        let stream = try FaceStream(a, console, signals: signals, moodMap: moodMap)
        stream.showsPictures = true
        let music =
            try a[LiveMusic.plays]
            ? LiveMusic(a, console, signals, classNames: stream.classNames, model: model) : nil
        defer { music?.stop() }
        return try PredictWebcamCommand.watch(stream, a, console, signals, music: music) { frame, result in
            feed.show(frame, result, stream.json)
        }
    }
}
