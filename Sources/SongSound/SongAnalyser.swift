import CKernels

/// Everything that is measured, from samples as they come.
final class SongAnalyser {
    let onsets = OnsetCurves()
    let chroma = Chroma()
    private(set) var loudness: LoudnessMeter
    /// Where the one channel has fewer samples than the two.
    private var decimator: Decimator?
    private var left: [Float] = []
    private var right: [Float] = []
    private var mono: [Float] = []
    /// Whether the one channel is made of the two here.
    private let isOwnMono: Bool
    private var peak: Float = 0
    private var samples = 0

    /// - Parameter rate: of the stereo samples.
    init(rate: Int) {
        loudness = LoudnessMeter(rate: rate)
        isOwnMono = SongAnalyser.makesMono(ofRate: rate)
        let step = rate / OnsetCurves.rate
        if isOwnMono, step > 1 { decimator = Decimator(toOneIn: step) }
    }

    /// Whether stereo samples of that rate are enough: others must be resampled, and fed to `feed(mono:)` too.
    static func makesMono(ofRate rate: Int) -> Bool {
        rate % OnsetCurves.rate == 0 && (1...8).contains(rate / OnsetCurves.rate)
    }

    /// How much was fed.
    var seconds: Double { Double(samples) / Double(OnsetCurves.rate) }

    /// Takes pairs of left and right.
    func feed(stereo pairs: UnsafeBufferPointer<Float>) {
        let count = pairs.count / 2
        guard count > 0, let address = pairs.baseAddress else { return }
        if left.count < count {
            left = [Float](repeating: 0, count: count)
            right = left
            mono = left
        }
        // Damaged files hold what is no number.
        fm_split_channels(address, count, &left, &right, &mono, &peak)
        left.withUnsafeBufferPointer { left in
            right.withUnsafeBufferPointer { right in
                loudness.feed(left.baseAddress!, right.baseAddress!, count)
            }
        }
        guard isOwnMono else { return }
        mono.withUnsafeBufferPointer {
            let mono = UnsafeBufferPointer(rebasing: $0[..<count])
            if decimator == nil { return take(mono) }
            decimator!.feed(mono) { take($0) }
        }
    }

    /// Takes samples of one channel at `OnsetCurves.rate`.
    func feed(mono part: UnsafeBufferPointer<Float>) {
        var clean = part.map { abs($0) <= 64 ? $0 : 0 }
        clean.withUnsafeMutableBufferPointer { take(UnsafeBufferPointer($0)) }
    }

    private func take(_ part: UnsafeBufferPointer<Float>) {
        samples += part.count
        onsets.feed(part)
        chroma.feed(part)
    }

    func finish() {
        decimator?.finish { take($0) }
        onsets.finish()
        chroma.finish()
    }

    /// What was heard, after `finish`.
    /// - Parameters:
    ///   - length: of the whole song.
    ///   - begin: where the first sample was.
    func sound(of length: Double?, from begin: Double) -> HeardSong {
        let strength = OnsetStrength(onsets)
        let search = TempoEstimator(strength)
        let loudness = loudness.result(peak: peak)
        let tempo = loudness == nil ? nil : search.best
        let tones = chroma.tones
        let key = loudness == nil ? nil : KeyProfiles.estimate(all: tones.all, bass: tones.bass)
        let beats = tempo.map { BeatTracker(strength, search.total, tempo: $0.tempo).beats } ?? []
        let features = SongFeatures(self, tempo: tempo, key: key, loudness: loudness)
        return HeardSong(
            seconds: length, heard: begin...(begin + seconds), loudness: loudness, tempo: tempo,
            beats: beats.map { $0 + begin }, onsetRate: features.onsetRate, key: key, brightness: features.brightness,
            acousticness: MoodWeights.acousticness(features), speech: features.speech,
            valence: MoodWeights.valence(features), energy: MoodWeights.energy(features), features: features.values)
    }
}
