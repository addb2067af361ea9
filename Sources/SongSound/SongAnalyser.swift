/// Everything that is measured, from samples as they come.
final class SongAnalyser {
    let onsets = OnsetCurves()
    let chroma = Chroma()
    var loudness: LoudnessMeter
    private var clean: [Float] = []
    private(set) var samples = 0

    /// - Parameter rate: of the stereo samples.
    init(rate: Int) { loudness = LoudnessMeter(rate: rate) }

    /// Takes samples of one channel at `OnsetCurves.rate`.
    func feed(mono: UnsafeBufferPointer<Float>) {
        // Damaged files hold what is no number.
        clean.removeAll(keepingCapacity: true)
        for value in mono { clean.append(abs(value) <= 64 ? value : 0) }
        samples += clean.count
        clean.withUnsafeBufferPointer {
            onsets.feed($0)
            chroma.feed($0)
        }
    }

    func finish() {
        onsets.finish()
        chroma.finish()
    }

    var seconds: Double { Double(samples) / Double(OnsetCurves.rate) }
}
