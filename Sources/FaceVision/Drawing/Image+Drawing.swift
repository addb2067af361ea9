/// A colour with eight bits each for red, green and blue.
public struct Color: Sendable, Hashable {
    public var red: UInt8
    public var green: UInt8
    public var blue: UInt8

    public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    public static let white = Color(255, 255, 255)
    public static let black = Color(0, 0, 0)

    /// Whether black text is better to read on it than white. (WCAG 2, relative luminance, linear enough here.)
    public var isLight: Bool { 299 * Int(red) + 587 * Int(green) + 114 * Int(blue) > 140_000 }
}

/// Drawing into pictures. What lies outside is left out.
extension Image {
    /// The picture with three channels.
    public var rgb: Image {
        guard channels == 1 else { return self }
        let colored = [UInt8](unsafeUninitializedCapacity: pixels.count * 3) { result, count in
            for (i, tone) in pixels.enumerated() {
                for channel in 0..<3 { result[i * 3 + channel] = tone }
            }
            count = pixels.count * 3
        }
        return Image(width: width, height: height, channels: 3, pixels: colored)
    }

    /// Fills `x..<x + width`, `y..<y + height`; `opacity` from 0 to 1.
    public mutating func fill(x: Int, y: Int, width: Int, height: Int, _ color: Color, opacity: Double = 1) {
        let left = max(0, x), top = max(0, y)
        let right = min(self.width, Int(min(Double(x) + Double(width), 1e9)))
        let bottom = min(self.height, Int(min(Double(y) + Double(height), 1e9)))
        guard left < right, top < bottom else { return }
        let weight = Int((min(max(opacity, 0), 1) * 256).rounded())
        let samples = channels == 3 ? [color.red, color.green, color.blue] : [color.green]
        for row in top..<bottom {
            for column in left..<right {
                let at = (row * self.width + column) * channels
                for (channel, sample) in samples.enumerated() {
                    pixels[at + channel] = UInt8(
                        (Int(sample) * weight + Int(pixels[at + channel]) * (256 - weight)) >> 8)
                }
            }
        }
    }

    /// Draws the border of a rectangle, `thickness` pixels wide, inside it.
    public mutating func outline(_ box: Rectangle, _ color: Color, thickness: Int = 1) {
        guard let (x, y, width, height) = box.pixels, width > 0, height > 0 else { return }
        let line = min(thickness, width, height)
        fill(x: x, y: y, width: width, height: line, color)
        fill(x: x, y: y + height - line, width: width, height: line, color)
        fill(x: x, y: y, width: line, height: height, color)
        fill(x: x + width - line, y: y, width: line, height: height, color)
    }

    /// Draws a disc.
    public mutating func dot(_ point: Point, radius: Double, _ color: Color) {
        guard abs(point.x) < 1e6, abs(point.y) < 1e6, radius > 0 else { return }
        let reach = Int(radius.rounded(.up))
        for row in Int(point.y) - reach...Int(point.y) + reach {
            for column in Int(point.x) - reach...Int(point.x) + reach {
                let x = Double(column) + 0.5 - point.x, y = Double(row) + 0.5 - point.y
                if x * x + y * y <= radius * radius { fill(x: column, y: row, width: 1, height: 1, color) }
            }
        }
    }

    /// Writes a line of text with its top left corner at `x`, `y`. Letters are 5 x 7 pixels and a column of space, times
    /// `scale`; only ASCII is known, the rest becomes `?`.
    public mutating func write(_ text: String, x: Int, y: Int, scale: Int = 1, _ color: Color) {
        for (index, scalar) in text.unicodeScalars.enumerated() {
            let left = x + index * (PixelFont.width + 1) * scale
            guard left < width else { return }
            for column in 0..<PixelFont.width {
                let bits = PixelFont.column(column, of: scalar)
                for row in 0..<PixelFont.height where bits >> row & 1 == 1 {
                    fill(x: left + column * scale, y: y + row * scale, width: scale, height: scale, color)
                }
            }
        }
    }

    /// The size of a line of text.
    public static func sizeOfText(_ text: String, scale: Int = 1) -> (width: Int, height: Int) {
        let count = text.unicodeScalars.count
        return (max(0, count * (PixelFont.width + 1) - 1) * scale, PixelFont.height * scale)
    }
}

extension Rectangle {
    /// Whole pixels; nil for a rectangle that no picture has.
    fileprivate var pixels: (x: Int, y: Int, width: Int, height: Int)? {
        guard [x, y, width, height].allSatisfy({ abs($0) < 1e6 }) else { return nil }
        let left = Int(x.rounded()), top = Int(y.rounded())
        return (left, top, Int((x + width).rounded()) - left, Int((y + height).rounded()) - top)
    }
}
