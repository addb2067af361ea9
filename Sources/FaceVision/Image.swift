/// A picture of 8-bit samples, rows from the top, pixels from the left.
public struct Image: Sendable, Equatable {
    public let width: Int
    public let height: Int
    /// 1 for grey, 3 for RGB.
    public let channels: Int
    /// `height * width * channels` samples.
    public package(set) var pixels: [UInt8]

    /// Traps unless width and height are above 0, channels are 1 or 3, and there are `height * width * channels`
    /// samples.
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
            gray[i] = Image.luma(UInt32(pixels[i * 3]), UInt32(pixels[i * 3 + 1]), UInt32(pixels[i * 3 + 2]))
        }
        return Image(width: width, height: height, pixels: gray)
    }

    /// ITU-R BT.601 luma of samples up to 255, in 16-bit fixed point.
    @inline(__always)
    static func luma(_ r: UInt32, _ g: UInt32, _ b: UInt32) -> UInt8 {
        UInt8((r * 19595 + g * 38470 + b * 7471 + 0x8000) >> 16)
    }
}
