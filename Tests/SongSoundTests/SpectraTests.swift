import CKernels
import Glibc
import Testing

struct SpectraTests {
    /// Against the sum that the transform is short for.
    @Test(arguments: [16, 32, 64, 512]) func powerIsThatOfTheSum(size: Int) {
        let lanes = Int(FM_SPECTRUM_LANES), hop = 7
        let samples = (0..<size + hop * lanes).map { Float(sin(Double($0 * $0 % 997))) }
        let window = (0..<size).map { Float($0 + 1) / Float(size) }
        let cosines = (0..<size / 2).flatMap { k -> [Float] in
            let angle = 2 * Double.pi * Double(k) / Double(size)
            return [Float(cos(angle)), Float(sin(angle))]
        }
        let bits = size.trailingZeroBitCount
        let order = (0..<size).map { i in
            (0..<bits).reduce(UInt32(0)) { $0 | UInt32(i >> $1 & 1) << UInt32(bits - 1 - $1) }
        }
        var work = [Float](repeating: 0, count: size * lanes)
        var power = [Float](repeating: 0, count: (size / 2 + 1) * lanes)
        fm_power_spectra(samples, hop, size, window, cosines, order, &work, &power)
        for w in [0, 1, 15, 16, lanes - 1] {
            for bin in [0, 1, 2, size / 4, size / 2 - 1, size / 2] {
                var x = 0.0, y = 0.0
                for i in 0..<size {
                    let angle = 2 * Double.pi * Double(bin * i % size) / Double(size)
                    x += Double(samples[w * hop + i] * window[i]) * cos(angle)
                    y += Double(samples[w * hop + i] * window[i]) * sin(angle)
                }
                let expected = x * x + y * y
                #expect(abs(Double(power[bin * lanes + w]) - expected) < 1e-3 * (1 + expected))
            }
        }
    }

    @Test func logarithmsAreNear() {
        let values: [Float] = [0, 1e-9, 1e-6, 1e-4, 0.01, 0.3, 1, 7, 100]
        var result = values
        fm_compress(values, values.count, 1e6, &result)
        for (value, got) in zip(values, result) { #expect(abs(got - log10f(1 + 1e6 * value)) < 1e-4) }
    }
}
