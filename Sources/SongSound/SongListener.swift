import MediaFiles

/// Listens to songs: files of any kind that FFmpeg reads.
///
///     let sound = try SongListener().listen("song.mp3")
///     print(sound.tempo?.tempo ?? 0, sound.energy.value)
///
/// 60 s take less than a tenth of a second of one processor and say valence and energy as the whole song does; its loudness
/// may differ from the whole song's by some LU. Memory does not depend on the song's length.
public struct SongListener: Sendable {
    /// How much is heard, in seconds: 5 to 600.
    public var seconds: Double
    /// Where to begin, in seconds; `nil` where a song is itself: not at its beginning and its end.
    public var start: Double?

    public init(seconds: Double = HeardPart.usual, start: Double? = nil) {
        precondition((5...600).contains(seconds) && start.map { $0 >= 0 } ?? true)
        self.seconds = seconds
        self.start = start
    }

    /// Throws `MediaError`: one line that names the file, for what is empty, damaged, protected or no sound, and when
    /// cancelled.
    public func listen(_ path: String, cancellation: Cancellation = Cancellation()) throws(MediaError) -> HeardSong {
        let reader = try SoundReader(path: path, seconds: seconds, cancellation: cancellation) {
            (start ?? HeardPart.start(of: $0.seconds, listening: seconds), SongListener.formats($0))
        }
        do throws(MediaError) {
            return try listen(reader)
        } catch {
            // Lengths are guessed where headers do not say them: then the middle may be beyond the end.
            guard start == nil, !cancellation.isCancelled, reader.description.seconds ?? 0 > seconds else {
                throw error
            }
            return try listen(
                SoundReader(path: path, seconds: seconds, cancellation: cancellation) { (0, SongListener.formats($0)) })
        }
    }

    /// The same of a file's bytes.
    public func listen(
        bytes: [UInt8], name: String, cancellation: Cancellation = Cancellation()
    ) throws(MediaError) -> HeardSong {
        try listen(
            SoundReader(bytes: bytes, name: name, seconds: seconds, cancellation: cancellation) {
                (start ?? 0, SongListener.formats($0))
            })
    }

    /// Two channels as they are; and one at the analyser's rate, where it cannot make that of them itself.
    private static func formats(_ sound: SoundDescription) -> [SoundFormat] {
        let stereo = SoundFormat(channels: 2)
        return SongAnalyser.makesMono(ofRate: sound.rate)
            ? [stereo] : [stereo, SoundFormat(rate: OnsetCurves.rate, channels: 1)]
    }

    private func listen(_ reader: SoundReader) throws(MediaError) -> HeardSong {
        let analyser = SongAnalyser(rate: reader.rates[0])
        while try reader.read({ format, samples in
            if format == 0 { analyser.feed(stereo: samples) } else { analyser.feed(mono: samples) }
        }) {}
        analyser.finish()
        guard analyser.seconds >= HeardPart.least else {
            throw .cannotOpen(source: reader.name, reason: "there is no second of sound in it")
        }
        return analyser.sound(of: reader.description.seconds, from: reader.begin)
    }
}
