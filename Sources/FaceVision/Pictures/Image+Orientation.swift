/// How a stored picture must be turned to be upright; the raw values are EXIF's (CIPA DC-008, tag 0x0112).
public enum Orientation: Int, Sendable, CaseIterable {
    case upright = 1
    case mirrored
    case upsideDown
    case mirroredUpsideDown
    /// Rows and columns are exchanged.
    case transposed
    /// To be turned by a quarter clockwise.
    case turnClockwise
    case transposedUpsideDown
    /// To be turned by a quarter counterclockwise.
    case turnCounterclockwise

    /// Whether width and height change places.
    public var swapsSides: Bool { rawValue >= 5 }
}

extension Orientation {
    /// Where a point of the picture made upright lies in the stored one, whose sides are `width` and `height`.
    public func stored(_ point: Point, width: Int, height: Int) -> Point {
        let (x, y) = (point.x, point.y), right = Double(width), bottom = Double(height)
        return switch self {
        case .upright: point
        case .mirrored: Point(x: right - x, y: y)
        case .upsideDown: Point(x: right - x, y: bottom - y)
        case .mirroredUpsideDown: Point(x: x, y: bottom - y)
        case .transposed: Point(x: y, y: x)
        case .turnClockwise: Point(x: y, y: bottom - x)
        case .transposedUpsideDown: Point(x: right - y, y: bottom - x)
        case .turnCounterclockwise: Point(x: right - y, y: x)
        }
    }
}

extension Image {
    /// The picture made upright. Cost: one pass over the pixels; none when it is upright already.
    public func turned(_ orientation: Orientation) -> Image {
        if orientation == .upright { return self }
        let newWidth = orientation.swapsSides ? height : width
        let newHeight = orientation.swapsSides ? width : height
        // Where the new picture's first sample lies in the old one, and how far its neighbours in x and y are.
        let right = channels, down = width * channels
        let lastColumn = (width - 1) * right, lastRow = (height - 1) * down
        let (start, stepX, stepY) =
            switch orientation {
            case .upright: (0, right, down)
            case .mirrored: (lastColumn, -right, down)
            case .upsideDown: (lastRow + lastColumn, -right, -down)
            case .mirroredUpsideDown: (lastRow, right, -down)
            case .transposed: (0, down, right)
            case .turnClockwise: (lastRow, -down, right)
            case .transposedUpsideDown: (lastRow + lastColumn, -down, -right)
            case .turnCounterclockwise: (lastColumn, down, -right)
            }
        let turned = [UInt8](unsafeUninitializedCapacity: pixels.count) { target, count in
            pixels.withUnsafeBufferPointer { source in
                var out = 0
                for y in 0..<newHeight {
                    var place = start + y * stepY
                    for _ in 0..<newWidth {
                        for c in 0..<channels { target[out + c] = source[place + c] }
                        out += channels
                        place += stepX
                    }
                }
            }
            count = pixels.count
        }
        return Image(width: newWidth, height: newHeight, channels: channels, pixels: turned)
    }
}
