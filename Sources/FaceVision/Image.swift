/// A picture of 8-bit samples, rows from the top, pixels from the left.
public struct Image: Sendable, Equatable {
    public let width: Int
    public let height: Int
    /// 1 for grey, 3 for RGB.
    public let channels: Int
    /// `height * width * channels` samples.
    public var pixels: [UInt8]

    public init(width: Int, height: Int, channels: Int = 1, pixels: [UInt8]) {
        precondition(width > 0 && height > 0 && (channels == 1 || channels == 3))
        precondition(pixels.count == width * height * channels, "wrong number of samples")
        self.width = width
        self.height = height
        self.channels = channels
        self.pixels = pixels
    }

    /// The brightness of each pixel: ITU-R BT.601 luma.
    public var grayscale: Image {
        guard channels == 3 else { return self }
        var gray = [UInt8](repeating: 0, count: width * height)
        for i in gray.indices {
            let r = UInt32(pixels[i * 3]), g = UInt32(pixels[i * 3 + 1]), b = UInt32(pixels[i * 3 + 2])
            gray[i] = UInt8((r * 19595 + g * 38470 + b * 7471 + 0x8000) >> 16)
        }
        return Image(width: width, height: height, pixels: gray)
    }

    /// The picture in another size: a weighted mean of what each new pixel covers when shrinking, bilinear
    /// interpolation when growing (a triangle filter as wide as the larger of the two pixel sizes).
    public func resized(width newWidth: Int, height newHeight: Int) -> Image {
        if newWidth == width && newHeight == height { return self }
        let horizontal = Image.filter(from: width, to: newWidth)
        let vertical = Image.filter(from: height, to: newHeight)
        var rows = [Float](repeating: 0, count: height * newWidth * channels)
        for y in 0..<height {
            for x in 0..<newWidth {
                for c in 0..<channels {
                    var sum: Float = 0
                    for (i, weight) in horizontal[x].weights.enumerated() {
                        sum += weight * Float(pixels[(y * width + horizontal[x].start + i) * channels + c])
                    }
                    rows[(y * newWidth + x) * channels + c] = sum
                }
            }
        }
        var result = [UInt8](repeating: 0, count: newWidth * newHeight * channels)
        let row = newWidth * channels
        for y in 0..<newHeight {
            for x in 0..<row {
                var sum: Float = 0
                for (i, weight) in vertical[y].weights.enumerated() {
                    sum += weight * rows[(vertical[y].start + i) * row + x]
                }
                result[y * row + x] = UInt8(max(0, min(255, sum.rounded())))
            }
        }
        return Image(width: newWidth, height: newHeight, channels: channels, pixels: result)
    }

    private static func filter(from size: Int, to newSize: Int) -> [(start: Int, weights: [Float])] {
        let scale = Float(size) / Float(newSize)
        let support = max(scale, 1)
        return (0..<newSize).map { index in
            let centre = (Float(index) + 0.5) * scale
            let first = max(0, Int((centre - support).rounded(.down)))
            let last = min(size, Int((centre + support).rounded(.up)))
            var weights = (first..<last).map { max(0, 1 - abs(Float($0) + 0.5 - centre) / support) }
            let sum = weights.reduce(0, +)
            for i in weights.indices { weights[i] /= sum }
            return (first, weights)
        }
    }
}
