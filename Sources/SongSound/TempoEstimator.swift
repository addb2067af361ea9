import Glibc

/// The tempo people would tap, from how a song repeats itself: a small network looks at how alike the onsets are to
/// themselves a beat, its multiples and its parts later, and gives each tempo a score. It was fitted on composed songs
/// (`Benchmarks/Songs`).
struct TempoEstimator {
    /// 48 tempos an octave, from 40 to 240 beats a minute.
    static let tempos: [Double] = (0...124).map { 40 * exp2(Double($0) / 48) }
    private static let multiples: [[Double]] = [
        [1, 2, 3, 4, 1 / 2, 1 / 3, 1 / 4, 3 / 2, 2 / 3, 6, 8], [1, 2, 4, 1 / 2], [1, 1 / 2, 1 / 4, 1 / 3],
    ]
    static var inputs: Int { multiples.reduce(2) { $0 + $1.count } }

    let total: Periodicity
    private let shares: [Double]

    init(_ strength: OnsetStrength) {
        total = Periodicity(strength.total)
        let all = [total.mean, Periodicity(strength.low).mean, Periodicity(strength.high).mean]
        let scores = TempoEstimator.tempos.map { tempo -> Double in
            var inputs: [Double] = []
            let period = 60 * OnsetCurves.framesPerSecond / tempo
            for (curve, factors) in zip(all, TempoEstimator.multiples) {
                for factor in factors { inputs.append(Double(Periodicity.value(curve, at: period * factor))) }
            }
            let octaves = log2(tempo / 100)
            return TempoNetwork.score(inputs + [octaves, octaves * octaves])
        }
        let top = scores.max() ?? 0
        let powers = scores.map { exp($0 - top) }
        let sum = powers.reduce(0, +)
        shares = powers.map { $0 / sum }
    }

    /// The likeliest; `nil` where nothing repeats itself.
    var best: TempoEstimate? {
        guard let index = shares.indices.max(by: { shares[$0] < shares[$1] }), total.mean[0] > 0 else { return nil }
        let tempo = refined(TempoEstimator.tempos[index])
        let near = shares.indices.filter { abs(TempoEstimator.tempos[$0] / TempoEstimator.tempos[index] - 1) < 0.04 }
        let period = 60 * OnsetCurves.framesPerSecond / tempo
        // A network that saw only music is as sure of noise: there hardly anything repeats itself.
        let strength = (1...4).map { Periodicity.value(total.mean, at: period * Double($0)) }.max() ?? 0
        let clarity = min(max((Double(strength) - 0.05) / 0.2, 0), 1)
        guard clarity > 0 else { return nil }
        return TempoEstimate(tempo: tempo, confidence: near.map { shares[$0] }.reduce(0, +) * clarity)
    }

    /// Long lags say more exactly how long a beat is.
    private func refined(_ tempo: Double) -> Double {
        var period = 60 * OnsetCurves.framesPerSecond / tempo, reach = 0.025
        for multiple in [1.0, 2, 4, 8] {
            let centre = period * multiple
            guard centre * (1 + reach) + 2 < Double(Periodicity.longest) else { break }
            let first = max(Int(centre * (1 - reach)), 1), last = Int(centre * (1 + reach)) + 1
            guard let lag = (first...last).max(by: { total.mean[$0] < total.mean[$1] }), total.mean[lag] > 0.02,
                lag > first, lag < last
            else { continue }
            let l = total.mean[lag - 1], m = total.mean[lag], r = total.mean[lag + 1]
            let bend = l - 2 * m + r
            let shift = bend < 0 ? Double(min(max(0.5 * (l - r) / bend, -0.5), 0.5)) : 0
            period = (Double(lag) + shift) / multiple
            reach = 0.02 / multiple
        }
        return 60 * OnsetCurves.framesPerSecond / period
    }
}
