import Glibc

/// How loud a piece is: ITU-R BS.1770-4 and EBU R 128, EBU Tech 3342 for its range.
public struct Loudness: Sendable, Hashable {
    /// Integrated loudness, in LUFS.
    public var integrated: Double
    /// Loudness range, in LU: how far apart its quiet and its loud parts are. 0 for what is shorter than 3 s.
    public var range: Double
    /// The largest sample, 1 is full scale.
    public var peak: Double

    /// What brings it to ReplayGain's level (-18 LUFS), in dB.
    public var replayGain: Double { -18 - integrated }
}

/// Measures stereo samples as they come; keeps ten numbers a second.
struct LoudnessMeter {
    private let part: Int
    private var weighting: KWeighting
    private var sum = 0.0
    private var count = 0
    /// The mean square of each tenth of a second, channels added.
    private var parts: [Double] = []

    init(rate: Int) {
        part = max(rate / 10, 1)
        weighting = KWeighting(rate: Double(rate))
    }

    /// Takes samples of both channels, all of them numbers.
    mutating func feed(_ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>, _ samples: Int) {
        var place = 0
        while place < samples {
            let next = min(part - count, samples - place)
            sum += weighting.power(left + place, right + place, next)
            place += next
            count += next
            guard count == part else { continue }
            parts.append(sum / Double(part))
            sum = 0
            count = 0
            weighting.settle()
        }
    }

    /// `nil` for what is shorter than 0.4 s, or silent: below -70 LUFS.
    /// - Parameter peak: the largest sample.
    func result(peak: Float) -> Loudness? {
        let blocks = means(of: 4, step: 1)
        let audible = blocks.filter { $0 > LoudnessMeter.power(-70) }
        guard !audible.isEmpty else { return nil }
        let gate = LoudnessMeter.mean(audible) * 0.1
        let integrated = LoudnessMeter.level(LoudnessMeter.mean(audible.filter { $0 > gate }))
        return Loudness(integrated: integrated, range: range, peak: Double(peak))
    }

    private var range: Double {
        let audible = means(of: 30, step: 1).filter { $0 > LoudnessMeter.power(-70) }
        guard !audible.isEmpty else { return 0 }
        let gate = LoudnessMeter.mean(audible) * 0.01
        let levels = audible.filter { $0 >= gate }.map(LoudnessMeter.level).sorted()
        func quantile(_ share: Double) -> Double { levels[Int((Double(levels.count - 1) * share).rounded())] }
        return quantile(0.95) - quantile(0.1)
    }

    private func means(of length: Int, step: Int) -> [Double] {
        guard parts.count >= length else { return [] }
        return stride(from: 0, through: parts.count - length, by: step).map {
            LoudnessMeter.mean(parts[$0..<$0 + length])
        }
    }

    private static func mean(_ values: some Collection<Double>) -> Double {
        values.reduce(0, +) / Double(max(values.count, 1))
    }
    private static func level(_ power: Double) -> Double { -0.691 + 10 * log10(max(power, 1e-30)) }
    private static func power(_ level: Double) -> Double { pow(10, (level + 0.691) / 10) }
}
