/// What words mean, as text that can be kept: a line for the mean, then one for each word, with valence and energy in
/// millionths. Artists are not in it.
extension MoodEstimator {
    private static let unit = 1_000_000.0

    /// Makes numbers those of the text, so that guesses from it are the same.
    mutating func round() {
        func rounded(_ value: SIMD2<Double>) -> SIMD2<Double> {
            (value * MoodEstimator.unit).rounded(.toNearestOrAwayFromZero) / MoodEstimator.unit
        }
        mean = rounded(mean)
        for index in effects.indices { effects[index] = rounded(effects[index]) }
    }

    var text: String {
        func line(_ value: SIMD2<Double>, _ word: String) -> String {
            let whole = (value * MoodEstimator.unit).rounded(.toNearestOrAwayFromZero)
            return "\(Int(whole.x)) \(Int(whole.y)) \(word)\n"
        }
        // Without effect it is as if it was not there.
        let words = features.sorted { $0.value < $1.value }.filter { effects[$0.value] != SIMD2() }
        return line(mean, "") + words.map { line(effects[$0.value], $0.key) }.joined()
    }

    /// `nil` for what `text` did not give.
    init?(text: String) {
        self.init([])
        var isMean = true
        for line in text.utf8.split(separator: 0x0A) {
            let parts = line.split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3, let x = Int(Substring(parts[0])), let y = Int(Substring(parts[1])) else {
                return nil
            }
            let value = SIMD2(Double(x), Double(y)) / MoodEstimator.unit
            if isMean {
                mean = value
                isMean = false
            } else {
                features[String(Substring(parts[2]))] = effects.count
                effects.append(value)
            }
        }
        if isMean { return nil }
    }
}
