import Glibc
import MediaFiles
import Threads

/// Plays files one after the other on a thread of its own, without a gap. What comes next is asked for when it is needed,
/// so that it can follow the mood; a song that plays is only ended by whoever listens.
package final class MusicPlayer: Sendable {
    /// Something to play.
    package struct Track: Sendable, Equatable {
        package var path: String
        package var title: String
        package var artist: String
        /// The song's number in the catalogue; `nil` if it has none.
        package var song: Int?
        /// Decibels that make it as loud as others.
        package var gain: Double?

        package init(path: String, title: String, artist: String, song: Int? = nil, gain: Double? = nil) {
            self.path = path
            self.title = title
            self.artist = artist
            self.song = song
            self.gain = gain
        }
    }

    /// What can be seen from outside.
    package struct State: Sendable {
        package var track: Track?
        /// Seconds of it that were given to the sink, and all of them, if that is known.
        package var seconds = 0.0
        package var length: Double?
        package var isPaused = false
        /// Tracks that were begun.
        package var count = 0
        /// Nothing comes any more; `failure` says why if it is not the end.
        package var hasEnded = false
        package var failure: String?
        /// Tracks that could not be played, and why, since they were last taken.
        package var problems: [String] = []
    }

    private struct Control {
        var state = State()
        var isStopped = false
        /// Changes when the track that plays is to be left.
        var turn = 0
    }

    private let control = Guarded(Control())
    private let changed = Condition()
    private let cancellation = Cancellation()
    /// Samples between two looks at what is wanted: 20 ms.
    private static let slice = SinkFormat.rate / 50 * SinkFormat.channels
    /// So many tracks in a row that cannot be played are enough.
    private static let mostFailures = 20

    package init() {}

    package var state: State { control.withLock { $0.state } }

    /// The problems so far, once.
    package func takeProblems() -> [String] {
        control.withLock { control in
            defer { control.state.problems = [] }
            return control.state.problems
        }
    }

    /// Adds one: whoever gives the tracks may have passed over some.
    package func note(problem: String) { change { $0.state.problems.append(problem) } }

    /// Whether playing is to end.
    package var isStopped: Bool { control.withLock { $0.isStopped } }

    /// Begins to play. `next` is called on the player's thread, with the number of tracks before; `nil` is the end.
    package func start(_ sink: any SoundSink, next: @escaping @Sendable (Int) -> Track?) -> WorkerThread {
        WorkerThread { [self] in
            run(sink, next)
            change { $0.state.hasEnded = true }
        }
    }

    package func togglePause() { change { $0.state.isPaused.toggle() } }

    /// Leaves the track that plays.
    package func skip() {
        change { control in
            control.turn += 1
            control.state.isPaused = false
        }
    }

    /// Ends playing at once.
    package func stop() {
        cancellation.cancel()
        change { $0.isStopped = true }
    }

    private func change(_ body: (inout Control) -> Void) {
        control.withLock { body(&$0) }
        changed.withLock { changed.broadcast() }
    }

    // MARK: - The player's thread

    private func run(_ sink: any SoundSink, _ next: (Int) -> Track?) {
        var failures = 0
        while !control.withLock({ $0.isStopped }), failures < MusicPlayer.mostFailures {
            guard let track = next(state.count) else { return sink.drain() }
            let turn = control.withLock { control in
                control.state.track = track
                control.state.seconds = 0
                control.state.length = nil
                control.state.count += 1
                return control.turn
            }
            do {
                try play(track, sink, turn)
                failures = 0
            } catch let error as SoundOutputError {
                change { $0.state.failure = "\(error)" }
                return
            } catch {
                if cancellation.isCancelled { break }
                failures += 1
                change { $0.state.problems.append("\(error)") }
            }
        }
        if failures == MusicPlayer.mostFailures { change { $0.state.failure = "none of the last songs can be played" } }
        sink.flush()
    }

    private func play(_ track: Track, _ sink: any SoundSink, _ turn: Int) throws {
        let reader = try SoundReader(
            path: track.path, formats: [SoundFormat(rate: SinkFormat.rate, channels: SinkFormat.channels)],
            cancellation: cancellation)
        control.withLock { $0.state.length = reader.description.seconds }
        let factor = MusicPlayer.factor(track.gain)
        var block: [Float] = [], isWanted = true
        repeat {
            block.removeAll(keepingCapacity: true)
            guard try reader.read({ block.append(contentsOf: $1) }) else { return }
            for index in block.indices { block[index] = min(max(block[index] * factor, -1), 1) }
            isWanted = try block.withUnsafeBufferPointer { try give($0, sink, turn) }
        } while isWanted
    }

    /// What is too soft stays so: nothing is made louder than it is.
    static func factor(_ gain: Double?) -> Float { Float(pow(10, min(gain ?? 0, 0) / 20)) }

    /// Gives samples to the sink, waiting while paused. False if the track is to be left.
    private func give(
        _ samples: UnsafeBufferPointer<Float>, _ sink: any SoundSink, _ turn: Int
    ) throws(SoundOutputError) -> Bool {
        var start = 0
        while start < samples.count {
            guard waitWhilePaused(turn) else {
                sink.flush()
                return false
            }
            let end = min(start + MusicPlayer.slice, samples.count)
            try sink.write(UnsafeBufferPointer(rebasing: samples[start..<end]))
            let seconds = Double((end - start) / SinkFormat.channels) / Double(SinkFormat.rate)
            control.withLock { $0.state.seconds += seconds }
            start = end
        }
        return true
    }

    /// Whether the track goes on.
    private func waitWhilePaused(_ turn: Int) -> Bool {
        changed.withLock {
            while true {
                let (goesOn, isPaused) = control.withLock { (!$0.isStopped && $0.turn == turn, $0.state.isPaused) }
                if !goesOn { return false }
                if !isPaused { return true }
                changed.wait()
            }
        }
    }
}
