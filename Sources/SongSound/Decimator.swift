import CKernels
import Glibc

/// Fewer samples, without the tones that fewer samples cannot hold. The first one given is where the first one taken was.
struct Decimator {
    private let step: Int
    private let filter: [Float]
    private var samples: [Float]
    private var filled: Int
    private var result: [Float]

    /// - Parameter filter: its sum is 1; from `step` to `FM_DECIMATE_REACH` times `step` long.
    init(step: Int, filter: [Float]) {
        self.step = step
        self.filter = filter
        samples = [Float](repeating: 0, count: 4096 * step + filter.count)
        result = [Float](repeating: 0, count: samples.count / step)
        filled = filter.count / 2
    }

    /// With the filter that FFmpeg's resampler has: a sinc under Kaiser's window, flat to 0.97 of what is left.
    init(toOneIn step: Int) {
        let cut = 0.97 / Double(step), length = (32 / cut).rounded(.up), reach = Int(length / 2 - 0.5), beta = 9.0
        // Bessel's function of order 0, by its series.
        func bessel(_ x: Double) -> Double {
            var sum = 1.0, term = 1.0
            for k in 1...40 {
                term *= x * x / Double(4 * k * k)
                sum += term
            }
            return sum
        }
        let shape = (-reach...reach).map { k -> Double in
            let x = Double.pi * Double(k) * cut, place = 2 * Double(k) / length
            return (k == 0 ? 1 : sin(x) / x) * bessel(beta * max(1 - place * place, 0).squareRoot())
        }
        let sum = shape.reduce(0, +)
        self.init(step: step, filter: shape.map { Float($0 / sum) })
    }

    mutating func feed(_ block: UnsafeBufferPointer<Float>, _ body: (UnsafeBufferPointer<Float>) -> Void) {
        var rest = block[...]
        while !rest.isEmpty {
            let part = rest.prefix(samples.count - filled)
            samples.withUnsafeMutableBufferPointer {
                _ = UnsafeMutableBufferPointer(rebasing: $0[filled...]).update(fromContentsOf: part)
            }
            filled += part.count
            rest = rest.dropFirst(part.count)
            if filled == samples.count { decimate(body) }
        }
    }

    mutating func finish(_ body: (UnsafeBufferPointer<Float>) -> Void) {
        decimate(body)
        // Silence, so that the last samples get their turn.
        let silence = [Float](repeating: 0, count: filter.count / 2)
        silence.withUnsafeBufferPointer { feed($0, body) }
        decimate(body)
    }

    private mutating func decimate(_ body: (UnsafeBufferPointer<Float>) -> Void) {
        guard filled >= filter.count else { return }
        let count = (filled - filter.count) / step + 1
        fm_decimate(samples, count, step, filter, filter.count, &result)
        let used = count * step
        filled -= used
        samples.withUnsafeMutableBufferPointer { $0.baseAddress!.update(from: $0.baseAddress! + used, count: filled) }
        result.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[..<count])) }
    }
}
