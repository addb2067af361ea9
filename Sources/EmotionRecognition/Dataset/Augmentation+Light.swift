import Glibc
import NeuralNet

/// What light, lens and file do to a picture: changes of its values, not of its places.
extension Augmentation {
    /// Whether there is anything to do.
    package var changesLight: Bool {
        contrastRange != 1...1 || gammaRange != 1...1 || blurProbability > 0 || lowResolutionProbability > 0
            || noiseDeviation > 0
    }

    /// Changes `size * size` grey levels of 0...255 in place, in the order of the world: resolution and blur of lens and
    /// distance, light, then noise of the sensor.
    func applyLight(_ pixels: UnsafeMutablePointer<Float>, size: Int, _ random: inout RandomGenerator) {
        let count = size * size
        withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { memory in
            let spare = memory.baseAddress!
            if lowResolutionProbability > 0, random.uniform() < lowResolutionProbability {
                let share = random.uniform(in: 0.3...0.8)
                lowerResolution(pixels, size: size, to: max(4, Int(Float(size) * share)), spare)
            }
            if blurProbability > 0, random.uniform() < blurProbability {
                blur(pixels, size: size, deviation: random.uniform(in: 0.4...1.6), spare)
            }
        }
        if contrastRange != 1...1 {
            let factor = random.uniform(in: contrastRange)
            var sum: Float = 0
            for i in 0..<count { sum += pixels[i] }
            let mean = sum / Float(count)
            for i in 0..<count { pixels[i] = min(max(mean + (pixels[i] - mean) * factor, 0), 255) }
        }
        if gammaRange != 1...1 {
            // Half of the exponents are below 1: drawn on the scale of their logarithms.
            let gamma = expf(random.uniform(in: logf(gammaRange.lowerBound)...logf(gammaRange.upperBound)))
            withUnsafeTemporaryAllocation(of: Float.self, capacity: 257) { table in
                for i in 0...256 { table[i] = 255 * powf(min(Float(i) / 255, 1), gamma) }
                for i in 0..<count {
                    let value = min(max(pixels[i], 0), 255), low = Int(value)
                    pixels[i] = table[low] + (value - Float(low)) * (table[low + 1] - table[low])
                }
            }
        }
        if noiseDeviation > 0 {
            let deviation = random.uniform() * noiseDeviation
            for i in stride(from: 0, to: count, by: 2) {
                // Box and Muller: two normal numbers of two uniform ones.
                let radius = deviation * (-2 * logf(1 - random.uniform())).squareRoot()
                let angle = 2 * Float.pi * random.uniform()
                pixels[i] = min(max(pixels[i] + radius * cosf(angle), 0), 255)
                if i + 1 < count { pixels[i + 1] = min(max(pixels[i + 1] + radius * sinf(angle), 0), 255) }
            }
        }
    }

    /// Averages down to `small * small` and back up, bilinear.
    private func lowerResolution(
        _ pixels: UnsafeMutablePointer<Float>, size: Int, to small: Int, _ spare: UnsafeMutablePointer<Float>
    ) {
        guard small < size else { return }
        let step = Float(size) / Float(small)
        for row in 0..<small {
            let top = Int(Float(row) * step), bottom = max(top + 1, Int(Float(row + 1) * step))
            for column in 0..<small {
                let left = Int(Float(column) * step), right = max(left + 1, Int(Float(column + 1) * step))
                var sum: Float = 0
                for y in top..<bottom { for x in left..<right { sum += pixels[y * size + x] } }
                spare[row * small + column] = sum / Float((bottom - top) * (right - left))
            }
        }
        for row in 0..<size {
            let y = min(max((Float(row) + 0.5) / step - 0.5, 0), Float(small - 1))
            let y0 = min(Int(y), small - 2), ay = y - Float(y0)
            for column in 0..<size {
                let x = min(max((Float(column) + 0.5) / step - 0.5, 0), Float(small - 1))
                let x0 = min(Int(x), small - 2), ax = x - Float(x0)
                let p = spare + y0 * small + x0
                let upper = p[0] + ax * (p[1] - p[0]), lower = p[small] + ax * (p[small + 1] - p[small])
                pixels[row * size + column] = upper + ay * (lower - upper)
            }
        }
    }

    /// Gaussian of five taps each way; the border is repeated.
    private func blur(
        _ pixels: UnsafeMutablePointer<Float>, size: Int, deviation: Float, _ spare: UnsafeMutablePointer<Float>
    ) {
        let e = (expf(-1 / (2 * deviation * deviation)), expf(-4 / (2 * deviation * deviation)))
        let sum = 1 + 2 * e.0 + 2 * e.1
        let (c, n, f) = (1 / sum, e.0 / sum, e.1 / sum)
        func pass(_ from: UnsafeMutablePointer<Float>, _ to: UnsafeMutablePointer<Float>) {
            // Turned over on the way, so that two passes blur both ways.
            for row in 0..<size {
                let line = from + row * size
                func at(_ x: Int) -> Float { line[min(max(x, 0), size - 1)] }
                for x in 0..<size {
                    to[x * size + row] = c * line[x] + n * (at(x - 1) + at(x + 1)) + f * (at(x - 2) + at(x + 2))
                }
            }
        }
        pass(pixels, spare)
        pass(spare, pixels)
    }
}
