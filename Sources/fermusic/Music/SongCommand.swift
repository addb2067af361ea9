import Files
import JSON
import MediaFiles
import SongSound
import Terminal
import Threads

/// `fermusic song`
enum SongCommand {
    static let files = Argument<[Path]>(
        "file", help: "Songs: MP3, FLAC, Ogg, Opus, M4A, WAV, AIFF, WMA and what else FFmpeg reads.")
    static let seconds = Option<Double>(
        "seconds", default: 60, help: "How much to hear, from the middle of the song.", range: 5...600)
    static let start = Option<Double?>(
        "start", help: "Where to begin, in seconds, instead of the middle.", range: 0...1_000_000)
    static let beats = Flag("beats", help: "List the times of beats too.")
    static let json = Flag("json", help: "Print one JSON object a song, a line each.")

    static let command = Command(
        "song", summary: "Say how songs sound: loudness, tempo, key, valence and energy.",
        discussion: """
            Each number is said with how certain it is. Valence and energy are guesses from the sound: less than an \
            editor's word, more than a genre's. Songs that cannot be heard get a line each, the others are done.
            """,
        examples: [
            Example("fermusic song song.mp3"),
            Example("fermusic song --json ~/Music/*.flac", "a line for each, for a program"),
        ],
        parameters: [files, seconds, start, beats, json, SharedOptions.threads],
        run: run)

    private static func run(_ a: Arguments, _ console: Console) throws -> ExitCode {
        let listener = SongListener(seconds: a[seconds], start: a[start])
        let signals = SignalWatcher.start()
        let cancellation = Cancellation { signals.received != nil }
        let paths = a[files].map(\.string)
        let pool = SharedOptions.threadPool(a)
        var failures = 0
        // As many at once as there are threads; told in the order they were named.
        for first in stride(from: 0, to: paths.count, by: pool.count) {
            let group = Array(paths[first..<min(first + pool.count, paths.count)])
            for (path, result) in zip(group, listen(listener, to: group, pool, cancellation)) {
                if let code = signals.exitCode { return code }
                switch result {
                case .success(let sound): try report(sound, path, a, console)
                case .failure(let error):
                    failures += 1
                    try console.errors.line("error: \(printable(Remedies.text(error)))")
                }
            }
        }
        return failures > 0 ? .failed : .done
    }

    /// Each thread takes one of them.
    private static func listen(
        _ listener: SongListener, to paths: [String], _ pool: ThreadPool, _ cancellation: Cancellation
    ) -> [Result<HeardSong, MediaError>] {
        let results = Guarded(
            [Result<HeardSong, MediaError>](
                repeating: .failure(.stopped(source: "")), count: paths.count))
        pool.run { index in
            guard index < paths.count else { return }
            let result = Result { () throws(MediaError) in
                try listener.listen(paths[index], cancellation: cancellation)
            }
            results.withLock { $0[index] = result }
        }
        return results.withLock { $0 }
    }

    private static func report(_ sound: HeardSong, _ path: String, _ a: Arguments, _ console: Console) throws {
        if a[json] {
            return try console.output.line(SongSoundJSON.object(sound, file: path, withBeats: a[beats]).text())
        }
        try console.output.line(printable(path))
        for (name, text) in SongSoundText.lines(sound) {
            try console.output.line("  " + name.padded(14) + text)
        }
        if a[beats], !sound.beats.isEmpty {
            try console.output.line("  " + "beats".padded(14) + sound.beats.map { fixed($0, 2) }.joined(separator: " "))
        }
    }
}

extension String {
    fileprivate func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(width - count, 1)) }
}
