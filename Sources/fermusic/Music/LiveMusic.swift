import EmotionRecognition
import Emotions
import MusicMatching
import SoundOutput
import Terminal
import Threads

/// Music for what a camera sees: it begins once a face has been seen for a while, and the mood steers what comes next.
final class LiveMusic {
    static let plays = Flag(
        "play", help: "Play music for what the camera sees; what changes is what comes next, no song is cut off.")

    private let classes: EmotionClasses
    private let queue: MoodQueue
    private let player = MusicPlayer()
    private let desk: PlayerDesk
    private let console: Console
    private let sink: any SoundSink
    private var thread: WorkerThread?
    /// The mood of the last seconds, weighted.
    private var mood: [Double]
    private var firstSeen: Double?
    private var last: Double?

    /// Seconds that a mood is averaged over, and that a face is seen before the music begins.
    private static let memory = 10.0
    private static let patience = 2.0

    /// Throws what the catalogue and a sink throw, and `RecognitionError.file` for classes that are no emotions.
    init(_ a: Arguments, _ console: Console, _ signals: SignalWatcher, classNames: [String], model: String) throws {
        do throws(EmotionClasses.NoEmotion) {
            classes = try EmotionClasses(classNames)
        } catch {
            throw RecognitionError.file(path: model, reason: "\(error)")
        }
        mood = classNames.map { _ in 0 }
        self.console = console
        // Before anything is drawn: where nothing can be heard, nothing is begun.
        sink = try SoundSinks.open()
        func open() throws -> Catalogue {
            let catalogue = try MusicOptions.openCatalogueOrBuiltIn(a, console)
            catalogue.setBusyTimeout(.milliseconds(200))
            return catalogue
        }
        var request = RecommendationRequest(EmotionVector(.neutral))
        request.usualLanguages = MusicOptions.usualLanguages
        let songs = try open()
        let queue = try MoodQueue(
            songs, request, map: MusicOptions.readMoodMap(a), isOnlyMine: a[PlayCommand.only] != nil, limit: nil,
            servers: ServiceOptions.serverTracks(songs))
        self.queue = queue
        queue.tell = { [player] in player.note(problem: $0) }
        let noted = try open()
        desk = PlayerDesk(
            player, noted, console, signals, isDrawn: false, reports: ServiceOptions.listenReports(a, noted),
            onStop: { queue.stop() })
    }

    /// A frame was looked at. Begins to play when it is time to.
    func see(_ result: FrameResult) {
        guard let group = result.group, group.probabilities.count == mood.count else { return }
        let passed = last.map { min(max(result.time - $0, 0), LiveMusic.memory) }
        last = result.time
        let share = passed.map { $0 / LiveMusic.memory } ?? 1
        for index in mood.indices { mood[index] += (Double(group.probabilities[index]) - mood[index]) * share }
        if let vector = classes.vector(mood.map(Float.init)) { queue.follow(vector) }
        let began = firstSeen ?? result.time
        firstSeen = began
        guard thread == nil, result.time - began >= LiveMusic.patience else { return }
        let queue = queue
        thread = player.start(sink) { queue.next($0) }
    }

    /// What plays, for those who look on; takes the keys too. Asked often.
    func line() throws -> String {
        try desk.turn(endsAll: true)
        return PlayerDesk.line(player.state)
    }

    /// Ends the music.
    func stop() {
        player.stop()
        queue.stop()
        thread?.join()
        thread = nil
        // Nobody is left to be told of an error.
        try? desk.finish()
    }
}
