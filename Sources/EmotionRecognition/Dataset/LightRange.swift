import FaceVision

/// The light that a model knows from its training pictures: how bright and how contrasty these are. A picture from a dark
/// room or a foggy lens is brought to the border of that range before the network sees it; others stay as they are.
public struct LightRange: Sendable, Equatable {
    /// Of the mean of a picture's grey values, as shares of white.
    public var mean: ClosedRange<Float>
    /// Of their standard deviation.
    public var deviation: ClosedRange<Float>

    public init(mean: ClosedRange<Float>, deviation: ClosedRange<Float>) {
        self.mean = mean
        self.deviation = deviation
    }

    /// The most that contrast is raised: beyond is more noise than face.
    private static let largestGain: Float = 32

    /// Whether these are numbers that pictures can have.
    var isValid: Bool {
        mean.lowerBound >= 0 && mean.upperBound <= 1 && deviation.lowerBound > 0 && deviation.upperBound <= 0.5
    }

    /// Mean and standard deviation of `count` bytes.
    static func measure(_ pixels: UnsafePointer<UInt8>, _ count: Int) -> (mean: Float, deviation: Float) {
        var sum = 0, squares = 0
        for i in 0..<count {
            let value = Int(pixels[i])
            sum += value
            squares += value * value
        }
        let mean = Double(sum) / Double(count)
        return (Float(mean), Float(max(Double(squares) / Double(count) - mean * mean, 0).squareRoot()))
    }

    /// Writes `count` bytes in the light of the range; `target` may be `source`. Says whether they had to be changed; if
    /// not, nothing is written.
    @discardableResult
    func apply(_ source: UnsafePointer<UInt8>, count: Int, to target: UnsafeMutablePointer<UInt8>) -> Bool {
        let (mean, deviation) = LightRange.measure(source, count)
        let goal = min(max(mean / 255, self.mean.lowerBound), self.mean.upperBound) * 255
        let spread = min(max(deviation / 255, self.deviation.lowerBound), self.deviation.upperBound) * 255
        guard goal != mean || spread != deviation else { return false }
        let gain = min(spread / max(deviation, 0.5), LightRange.largestGain)
        for i in 0..<count {
            target[i] = UInt8(min(max(((Float(source[i]) - mean) * gain + goal).rounded(), 0), 255))
        }
        return true
    }

    /// The picture in the light of the range, in grey.
    public func adapted(_ image: Image) -> Image {
        let image = image.grayscale
        var pixels = image.pixels
        let isChanged = pixels.withUnsafeMutableBufferPointer {
            apply($0.baseAddress!, count: $0.count, to: $0.baseAddress!)
        }
        return isChanged ? Image(width: image.width, height: image.height, pixels: pixels) : image
    }
}

#if !hasFeature(Embedded)
    extension LightRange: Codable {}
#endif
