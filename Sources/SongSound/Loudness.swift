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
    private var shelf: Biquad
    private var highPass: Biquad
    private var sum = SIMD2<Double>.zero
    private var count = 0
    private var peak: Float = 0
    /// The mean square of each tenth of a second, channels added.
    private var parts: [Double] = []

    init(rate: Int) {
        part = max(rate / 10, 1)
        shelf = Biquad.shelf(rate: Double(rate))
        highPass = Biquad.highPass(rate: Double(rate))
    }

    /// Takes pairs of left and right.
    mutating func feed(_ samples: UnsafeBufferPointer<Float>) {
        var shelf = shelf, highPass = highPass, sum = sum, count = count, peak = peak
        for i in 0..<samples.count / 2 {
            let left = samples[2 * i], right = samples[2 * i + 1]
            let size = max(abs(left), abs(right))
            // Neither infinite nor no number.
            let isGood = size <= 64
            peak = isGood && size > peak ? size : peak
            let pair = isGood ? SIMD2(Double(left), Double(right)) : .zero
            let value = highPass.next(shelf.next(pair))
            sum += value * value
            count += 1
            if count == part {
                parts.append((sum[0] + sum[1]) / Double(part))
                sum = .zero
                count = 0
                shelf.settle()
                highPass.settle()
            }
        }
        (self.shelf, self.highPass, self.sum, self.count, self.peak) = (shelf, highPass, sum, count, peak)
    }

    /// `nil` for what is shorter than 0.4 s, or silent: below -70 LUFS.
    var result: Loudness? {
        let blocks = means(of: 4, step: 1)
        let audible = blocks.filter { $0 > LoudnessMeter.power(-70) }
        guard !audible.isEmpty else { return nil }
        let gate = LoudnessMeter.mean(audible) * 0.1
        let integrated = LoudnessMeter.level(LoudnessMeter.mean(audible.filter { $0 > gate }))
        return Loudness(integrated: integrated, range: range, peak: Double(peak))
    }

    /// Tenths of a second as levels, in LUFS; silence is -100.
    var levels: [Double] { parts.map { max(LoudnessMeter.level($0), -100) } }

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

/// A filter of second order over two channels.
private struct Biquad {
    private var b0, b1, b2, a1, a2: Double
    private var z1 = SIMD2<Double>.zero, z2 = SIMD2<Double>.zero

    @inline(__always) mutating func next(_ x: SIMD2<Double>) -> SIMD2<Double> {
        let y = b0 * x + z1
        z1 = b1 * x - a1 * y + z2
        z2 = b2 * x - a2 * y
        return y
    }

    /// Numbers too small to be normal are slow.
    mutating func settle() {
        if abs(z1).max() < 1e-40 { z1 = .zero }
        if abs(z2).max() < 1e-40 { z2 = .zero }
    }

    /// The first stage of BS.1770 at any rate.
    static func shelf(rate: Double) -> Biquad {
        let k = tan(Double.pi * min(1681.974450955533 / rate, 0.49)), q = 0.7071752369554196
        let high = pow(10, 3.999843853973347 / 20), middle = pow(high, 0.4996667741545416)
        let a0 = 1 + k / q + k * k
        return Biquad(
            b0: (high + middle * k / q + k * k) / a0, b1: 2 * (k * k - high) / a0,
            b2: (high - middle * k / q + k * k) / a0, a1: 2 * (k * k - 1) / a0, a2: (1 - k / q + k * k) / a0)
    }

    /// Its second stage.
    static func highPass(rate: Double) -> Biquad {
        let k = tan(Double.pi * min(38.13547087602444 / rate, 0.49)), q = 0.5003270373238773
        let a0 = 1 + k / q + k * k
        return Biquad(b0: 1, b1: -2, b2: 1, a1: 2 * (k * k - 1) / a0, a2: (1 - k / q + k * k) / a0)
    }
}

private func abs(_ pair: SIMD2<Double>) -> SIMD2<Double> {
    SIMD2(Swift.abs(pair[0]), Swift.abs(pair[1]))
}
