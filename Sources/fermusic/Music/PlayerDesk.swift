import Glibc
import MusicMatching
import SoundOutput
import Terminal
import Timing

/// Who listens, at a terminal: keys, what plays, what was liked.
final class PlayerDesk {
    private let player: MusicPlayer
    private let catalogue: Catalogue
    private let console: Console
    private let signals: SignalWatcher
    private let keys = TerminalKeys()
    private let isDrawn: Bool
    /// Where the line about what plays is drawn over itself; elsewhere a line for each song is printed.
    private let panel: LivePanel?
    private var count = 0
    private var hasNoted = false
    private var likes = ""
    /// Who is told what was heard.
    private let reports: ListenReports?
    /// Called when playing is to end before the music does.
    private let onStop: () -> Void
    private var began = 0
    private var hasTold = false

    /// How long the end waits for those who are told.
    private static let patience = Duration.seconds(5)

    /// Seconds after which a song counts as heard.
    private static let heard = 5.0

    /// - Parameter isDrawn: whether the terminal is its own.
    init(
        _ player: MusicPlayer, _ catalogue: Catalogue, _ console: Console, _ signals: SignalWatcher, isDrawn: Bool,
        reports: ListenReports?, onStop: @escaping () -> Void
    ) {
        self.onStop = onStop
        self.player = player
        self.catalogue = catalogue
        self.console = console
        self.signals = signals
        self.isDrawn = isDrawn
        self.reports = reports
        panel = isDrawn && console.output.isTerminal ? LivePanel(console.output) : nil
    }

    /// Until the end of the music, "q", or a signal. Throws `StreamError`.
    func run() throws {
        while try turn(milliseconds: 100) {}
        try finish()
    }

    /// After the last song: those who are told what was heard have a moment more. Throws `StreamError`.
    func finish() throws {
        panel?.finish()
        guard let reports else { return }
        let lost = reports.finish(within: PlayerDesk.patience)
        try showProblems()
        if lost > 0 {
            try console.errors.line("note: \(lost) \(lost == 1 ? "play" : "plays") could not be told in time")
        }
    }

    private func showProblems() throws {
        for problem in reports?.takeProblems() ?? [] {
            panel?.finish()
            try console.errors.line("note: what is played is not told: \(printable(Remedies.text(problem)))")
        }
    }

    /// Shows what is new and takes a key; false at the end of the music. Throws `StreamError`.
    @discardableResult
    func turn(milliseconds: Int32 = 0, endsAll: Bool = false) throws -> Bool {
        let state = player.state
        try show(state)
        note(state)
        if state.hasEnded { return false }
        if signals.received != nil { stop() }
        switch keys.next(milliseconds: milliseconds) {
        case "n"?: player.skip()
        case " "?: player.togglePause()
        case "l"?: like(state)
        // What else runs ends as with Ctrl-C.
        case "q"?: if endsAll { kill(getpid(), SIGINT) } else { stop() }
        default: break
        }
        return true
    }

    private func stop() {
        player.stop()
        onStop()
    }

    private func show(_ state: MusicPlayer.State) throws {
        for problem in player.takeProblems() {
            panel?.finish()
            try console.errors.line("note: \(printable(problem))")
        }
        try showProblems()
        guard let track = state.track else { return }
        if state.count != count {
            count = state.count
            began = currentTime()
            hasTold = false
            hasNoted = false
            likes = ""
            if panel == nil {
                try (isDrawn ? console.output : console.errors).line("playing \(PlayerDesk.name(track))")
            }
        }
        panel?.draw([PlayerDesk.line(state) + likes + (keys.isWatching ? PlayerDesk.help(console) : "")])
    }

    private static func help(_ console: Console) -> String {
        console.output.styled("  n next, space pause, l like, q quit", .dim)
    }

    static func name(_ track: MusicPlayer.Track) -> String {
        "\(SongText.line(track.title, limit: 60)) - \(SongText.line(track.artist, limit: 40))"
    }

    /// "playing Title - Artist  1:02 of 3:45"
    static func line(_ state: MusicPlayer.State) -> String {
        guard let track = state.track else { return "" }
        func clock(_ seconds: Double) -> String {
            let whole = Int(seconds)
            return "\(whole / 60):\(whole % 60 < 10 ? "0" : "")\(whole % 60)"
        }
        let length = state.length.map { " of \(clock($0))" } ?? ""
        return "\(state.isPaused ? "paused" : "playing") \(name(track))  \(clock(state.seconds))\(length)"
    }

    private func note(_ state: MusicPlayer.State) {
        if let reports, !hasTold, let number = state.track?.song,
            ListenReports.counts(seconds: state.seconds, of: state.length)
        {
            hasTold = true
            if let song = try? catalogue.song(number) { reports.heard(song, time: began) }
        }
        guard !hasNoted, state.seconds > PlayerDesk.heard, let song = state.track?.song else { return }
        hasNoted = true
        // Only a kindness to the next recommendation.
        try? catalogue.note(.played, of: song)
    }

    private func like(_ state: MusicPlayer.State) {
        guard let song = state.track?.song else {
            likes = "  (comes with fermusic)"
            return
        }
        likes = (try? catalogue.note(.like, of: song)) != nil ? "  liked" : "  (could not be noted)"
    }
}
