import Glibc

/// What the guesses about mood and instruments look at.
struct SongFeatures {
    /// In the order of `MoodWeights`.
    let values: [Double]
    let onsetRate: Double
    let brightness: Double
    let speech: Double

    static let names = [
        "loudness", "range", "crest", "onsets", "strength", "low onsets", "high onsets", "tempo", "pulse", "brightness",
        "brightness changes", "spread", "flatness", "flux", "tonality", "major", "bass", "treble", "band changes",
        "pauses",
    ]

    init(_ analyser: SongAnalyser, tempo: TempoEstimate?, key: KeyEstimate?, loudness: Loudness?) {
        let curves = analyser.onsets, timbre = curves.timbre
        let total = curves.total
        onsetRate = SongFeatures.onsets(total) / max(analyser.seconds, 1)
        let sum = Double(total.reduce(0, +))
        func share(_ part: [Float]) -> Double {
            let all = curves.low.reduce(0, +) + curves.middle.reduce(0, +) + curves.high.reduce(0, +)
            return all > 0 ? Double(part.reduce(0, +) / all) : 0
        }
        let bands = timbre.bandMeans, count = bands.count
        let mean = max(bands.reduce(0, +) / Double(count), 1e-3)
        func part(_ range: Range<Int>) -> Double { range.map { bands[$0] }.reduce(0, +) / Double(range.count) / mean }
        brightness = min(max((timbre.brightnessMean - 0.5) / 4, 0), 1)
        let talk = timbre.speech, changes = timbre.bandDeviations.reduce(0, +) / Double(count)
        speech = MoodWeights.speech(
            modulation: talk.modulation, pauses: talk.pauses, pulse: tempo?.confidence ?? 0,
            tonality: analyser.chroma.tonality, changes: changes)
        values = [
            ((loudness?.integrated ?? -60) + 40) / 40, min(loudness?.range ?? 0, 30) / 20,
            min(20 * log10(max(loudness?.peak ?? 0, 1e-3)) - (loudness?.integrated ?? -60), 40) / 30, onsetRate / 8,
            sum / max(Double(total.count), 1) * 20, share(curves.low), share(curves.high),
            log2((tempo?.tempo ?? 100) / 100), tempo?.confidence ?? 0, brightness, timbre.brightnessDeviation,
            timbre.spreadMean / 2, timbre.flatnessMean, timbre.fluxMean * 5, analyser.chroma.tonality,
            key?.majorness ?? 0, part(0..<max(count / 5, 1)), part(count * 4 / 5..<count),
            changes, talk.pauses,
        ]
    }

    /// Peaks that stand out from the half second around them.
    private static func onsets(_ curve: [Float]) -> Double {
        let reach = 43
        var count = 0, sum: Float = curve.prefix(reach).reduce(0, +)
        for i in curve.indices {
            if i + reach < curve.count { sum += curve[i + reach] }
            if i > reach { sum -= curve[i - reach - 1] }
            let mean = sum / Float(min(i + reach, curve.count - 1) - max(i - reach, 0) + 1)
            guard curve[i] > 1.5 * mean + 0.01, i >= 3, i + 3 < curve.count else { continue }
            if (1...3).allSatisfy({ curve[i] > curve[i - $0] && curve[i] >= curve[i + $0] }) { count += 1 }
        }
        return Double(count)
    }
}
