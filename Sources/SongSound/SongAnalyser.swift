/// Everything that is measured, from samples as they come.
final class SongAnalyser {
    let onsets = OnsetCurves()
    let chroma = Chroma()
    var loudness: LoudnessMeter
    private var clean: [Float] = []
    private var samples = 0

    /// - Parameter rate: of the stereo samples that `loudness` gets.
    init(rate: Int) { loudness = LoudnessMeter(rate: rate) }

    /// How much was fed.
    var seconds: Double { Double(samples) / Double(OnsetCurves.rate) }

    /// Takes samples of one channel at `OnsetCurves.rate`.
    func feed(mono: UnsafeBufferPointer<Float>) {
        // Damaged files hold what is no number.
        if clean.count < mono.count { clean = [Float](repeating: 0, count: mono.count) }
        samples += mono.count
        clean.withUnsafeMutableBufferPointer { clean in
            for i in mono.indices { clean[i] = abs(mono[i]) <= 64 ? mono[i] : 0 }
            let part = UnsafeBufferPointer(rebasing: clean[..<mono.count])
            onsets.feed(part)
            chroma.feed(part)
        }
    }

    func finish() {
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
        let loudness = loudness.result
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
