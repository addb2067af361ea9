/// Whether beats are where people tap, or half way between: reggae, polka and house have strong onsets there. What tells
/// is how strong low, middle and high onsets are, and how much every second of them differs from the others. Fitted on
/// composed songs (`Benchmarks/Songs`).
enum BeatPhase {
    private static let weights: [(mean: Float, alternation: Float)] = [(1.1, -0.49), (0.05, 1.15), (0.83, 1.85)]

    static func score(_ strength: OnsetStrength, _ beats: [Int]) -> Float {
        guard beats.count > 3 else { return 0 }
        var score: Float = 0
        for (curve, weight) in zip([strength.low, strength.middle, strength.high], weights) {
            var sums: (even: Float, odd: Float) = (0, 0)
            for (index, frame) in beats.enumerated() {
                let value = curve[max(frame - 2, 0)...min(frame + 2, curve.count - 1)].max() ?? 0
                if index % 2 == 0 { sums.even += value } else { sums.odd += value }
            }
            let half = Float(beats.count) / 2
            score += weight.mean * (sums.even + sums.odd) / Float(beats.count)
            score += weight.alternation * abs(sums.even - sums.odd) / half
        }
        return score
    }
}
