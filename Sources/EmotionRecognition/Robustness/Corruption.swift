import Glibc
import Randomness

/// What spoils a picture of a face, in steps: as pictures are when light, lens, distance or a mask spoil them. After
/// D. Hendrycks, T. Dietterich, "Benchmarking Neural Network Robustness to Common Corruptions and Perturbations",
/// ICLR 2019; kinds and steps are chosen for faces.
public enum Corruption: String, Sendable, CaseIterable, Codable {
    case dark, bright, blur, small, noise, tilt, mask, sunglasses, cut

    /// From harmless to heavy, in the unit of `text(_:)`.
    public var levels: [Float] {
        switch self {
        case .dark: [0.5, 0.25, 0.1, 0.05]
        case .bright: [1.5, 2, 3]
        case .blur: [1, 2, 3, 4]
        case .small: [32, 24, 16, 12, 8]
        case .noise: [8, 16, 32]
        case .tilt: [10, 20, 30, 45]
        case .mask: [0.2, 0.3, 0.4, 0.5]
        case .sunglasses: [0.1, 0.2, 0.3]
        case .cut: [0.1, 0.2, 0.35, 0.5]
        }
    }

    /// Where levels make sense.
    private var possible: ClosedRange<Float> {
        switch self {
        case .dark, .bright: 0...255
        case .blur: 0.1...48
        case .small: 1...1000
        case .noise: 0...255
        case .tilt: -360...360
        case .mask, .cut: 0...1
        // They would reach beyond the upper border.
        case .sunglasses: 0...0.8
        }
    }

    /// A level in words: "10 % of the light".
    public func text(_ level: Float) -> String {
        let level = min(1000, max(-1000, level))
        func percent(_ share: Float) -> String { "\(Int((share * 100).rounded())) %" }
        return switch self {
        case .dark, .bright: "\(percent(level)) of the light"
        case .blur: "Gaussian, \(Int(level)) pixels of 48"
        case .small: "face of \(Int(level)) pixels"
        case .noise: "\(Int(level)) grey levels"
        case .tilt: "\(Int(level)) degrees"
        case .mask: "lower \(percent(level)) covered"
        case .sunglasses: "\(percent(level)) of the height, over the eyes"
        case .cut: "\(percent(level)) out of the picture"
        }
    }

    /// Spoils a grey picture of `size * size` bytes.
    ///
    /// - Parameter index: which picture of a set it is: noise and sides differ from picture to picture, and are the same
    ///   each time.
    ///
    /// Throws `RecognitionError.incompatibleData` for another number of bytes, `RecognitionError.invalidSetting` for a level
    /// that no picture can be spoilt by.
    public func apply(_ level: Float, to pixels: inout [UInt8], size: Int, index: Int = 0) throws {
        guard size > 0, size <= 1 << 20, pixels.count == size * size else {
            throw RecognitionError.incompatibleData(
                expected: "a grey picture of \(size) x \(size) bytes", received: "\(pixels.count)")
        }
        guard possible.contains(level) else {
            throw RecognitionError.invalidSetting(
                "a level of '\(rawValue)' must be \(possible.lowerBound) to \(possible.upperBound), not \(level)")
        }
        spoil(level, to: &pixels, size: size, index: index)
    }

    /// The same for a level and a picture that are known to be good.
    func spoil(_ level: Float, to pixels: inout [UInt8], size: Int, index: Int = 0) {
        switch self {
        case .dark, .bright: for i in pixels.indices { pixels[i] = byte(Float(pixels[i]) * level) }
        case .blur: blur(&pixels, size, deviation: level * Float(size) / 48)
        case .small: shrink(&pixels, size, to: max(2, Int((level * Float(size) / 48).rounded())))
        case .noise:
            var random = RandomGenerator(seed: 7, streams: UInt64(index))
            for i in pixels.indices {
                let radius = level * (-2 * logf(1 - random.uniform())).squareRoot()
                pixels[i] = byte(Float(pixels[i]) + radius * cosf(2 * .pi * random.uniform()))
            }
        case .tilt: turn(&pixels, size, degrees: index % 2 == 0 ? level : -level)
        case .mask:
            let top = size - Int((Float(size) * level).rounded())
            for i in top * size..<pixels.count { pixels[i] = 200 }
        case .sunglasses:
            // FER2013's eyes are at four tenths of the height.
            let half = level / 2, eyes: Float = 0.4
            let rows = Int((Float(size) * (eyes - half)).rounded())..<Int((Float(size) * (eyes + half)).rounded())
            for i in rows.lowerBound * size..<rows.upperBound * size { pixels[i] = 20 }
        case .cut:
            // What a cut-out has beyond the picture's border is its border.
            let width = min(Int((Float(size) * level).rounded()), size - 1), isLeft = index % 2 == 0
            for row in 0..<size {
                let edge = pixels[row * size + (isLeft ? width : size - 1 - width)]
                let columns = isLeft ? 0..<width : size - width..<size
                for column in columns { pixels[row * size + column] = edge }
            }
        }
    }

    private func byte(_ value: Float) -> UInt8 { UInt8(min(max(value.rounded(), 0), 255)) }

    private func blur(_ pixels: inout [UInt8], _ size: Int, deviation: Float) {
        let radius = max(1, Int((3 * deviation).rounded(.up)))
        var taps = (-radius...radius).map { expf(-Float($0 * $0) / (2 * deviation * deviation)) }
        let sum = taps.reduce(0, +)
        taps = taps.map { $0 / sum }
        var values = pixels.map(Float.init)
        // Each pass turns the picture over, so that two blur both ways.
        for _ in 0..<2 {
            var next = values
            for row in 0..<size {
                for column in 0..<size {
                    var value: Float = 0
                    for (place, tap) in taps.enumerated() {
                        value += tap * values[row * size + min(max(column + place - radius, 0), size - 1)]
                    }
                    next[column * size + row] = value
                }
            }
            values = next
        }
        pixels = values.map(byte)
    }

    /// As a small face looks after it was made larger: means of areas, then bilinear.
    private func shrink(_ pixels: inout [UInt8], _ size: Int, to small: Int) {
        guard small < size else { return }
        let step = Float(size) / Float(small)
        var means = [Float](repeating: 0, count: small * small)
        for row in 0..<small {
            for column in 0..<small {
                var sum: Float = 0, weight: Float = 0
                let top = Float(row) * step, left = Float(column) * step
                for y in Int(top)..<min(size, Int((top + step).rounded(.up))) {
                    let high = min(Float(y + 1), top + step) - max(Float(y), top)
                    for x in Int(left)..<min(size, Int((left + step).rounded(.up))) {
                        let share = high * (min(Float(x + 1), left + step) - max(Float(x), left))
                        sum += share * Float(pixels[y * size + x])
                        weight += share
                    }
                }
                means[row * small + column] = sum / weight
            }
        }
        sample(&pixels, size) { x, y in
            bilinear(means, small, (x + 0.5) / step - 0.5, (y + 0.5) / step - 0.5)
        }
    }

    private func turn(_ pixels: inout [UInt8], _ size: Int, degrees: Float) {
        let values = pixels.map(Float.init), middle = Float(size - 1) / 2
        let cosine = cosf(degrees * .pi / 180), sine = sinf(degrees * .pi / 180)
        sample(&pixels, size) { x, y in
            let dx = x - middle, dy = y - middle
            return bilinear(values, size, middle + cosine * dx + sine * dy, middle - sine * dx + cosine * dy)
        }
    }

    private func sample(_ pixels: inout [UInt8], _ size: Int, _ value: (Float, Float) -> Float) {
        for row in 0..<size {
            for column in 0..<size { pixels[row * size + column] = byte(value(Float(column), Float(row))) }
        }
    }

    /// Beyond the border lies the border.
    private func bilinear(_ values: [Float], _ side: Int, _ x: Float, _ y: Float) -> Float {
        let x = min(max(x, 0), Float(side - 1)), y = min(max(y, 0), Float(side - 1))
        let left = Int(x), top = Int(y), right = min(left + 1, side - 1), bottom = min(top + 1, side - 1)
        let ax = x - Float(left), ay = y - Float(top)
        func value(_ column: Int, _ row: Int) -> Float { values[row * side + column] }
        let upper = value(left, top) + ax * (value(right, top) - value(left, top))
        let lower = value(left, bottom) + ax * (value(right, bottom) - value(left, bottom))
        return upper + ay * (lower - upper)
    }
}

extension FaceDataset {
    /// The pictures at these places, spoilt. Throws what `Corruption.apply` throws.
    public func corrupted(_ corruption: Corruption, _ level: Float, at indices: [Int]) throws -> FaceDataset {
        var result = selecting(indices)
        for index in 0..<result.count {
            var image = Array(result.image(index))
            try corruption.apply(level, to: &image, size: size, index: index)
            result.replaceImage(index, by: image)
        }
        return result
    }
}
