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

    @Test func rowsAreWindows() {
        let lanes = Int(FM_SPECTRUM_LANES), bins = 70, first = 3, count = 45, stride = 48
        let power = (0..<bins * lanes).map { Float($0 * 7919 % 1009) }
        var rows = [Float](repeating: -1, count: lanes * stride), largest = [Float](repeating: 0, count: lanes)
        var sums = largest
        fm_window_rows(power, first, count, stride, &rows, &largest, &sums)
        for window in 0..<lanes {
            let expected = (first..<first + count).map { power[$0 * lanes + window] }
            #expect(Array(rows[window * stride..<window * stride + count]) == expected)
            let inner = expected.dropFirst().dropLast()
            #expect(largest[window] == inner.max() && sums[window] == inner.reduce(0, +))
        }
    }

    @Test func logarithmsAreNear() {
        let lanes = Int(FM_SPECTRUM_LANES), stride = lanes + 3
        let some: [Float] = [0, 1e-9, 1e-6, 1e-4, 0.01, 0.3, 1, 7, 100]
        let values = (0..<2 * lanes).map { some[$0 % some.count] }
        var result = [Float](repeating: -1, count: 2 * stride)
        fm_compress(values, 2, 1e6, &result, stride)
        for (index, value) in values.enumerated() {
            #expect(abs(result[index / lanes * stride + index % lanes] - log10f(1 + 1e6 * value)) < 1e-4)
        }
        #expect(result[lanes] == -1)
    }
}
