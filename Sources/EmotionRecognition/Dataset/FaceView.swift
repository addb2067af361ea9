/// A part of a picture that a network looks at, mirrored or not.
public struct FaceView: Sendable, Hashable {
    /// Where the part lies in the room there is: 0 at the left or top, 0.5 in the middle, 1 at the right or bottom;
    /// what lies beyond counts as the border.
    public var x: Float
    /// The same from top to bottom.
    public var y: Float
    /// Left and right exchanged.
    public var isMirrored: Bool

    public init(x: Float, y: Float, isMirrored: Bool = false) {
        self.x = x
        self.y = y
        self.isMirrored = isMirrored
    }

    /// The middle of the picture, not mirrored.
    public static let centre = FaceView(x: 0.5, y: 0.5)

    /// Writes `byte * scale + offset` of a grey picture's part, row by row.
    func write(
        _ source: UnsafePointer<UInt8>, width: Int, height: Int, cropWidth: Int, cropHeight: Int, scale: Float,
        offset: Float, to target: UnsafeMutablePointer<Float>
    ) {
        let left = Int(Float(width - cropWidth) * min(1, max(0, x)))
        let top = Int(Float(height - cropHeight) * min(1, max(0, y)))
        for row in 0..<cropHeight {
            let from = source + (top + row) * width + left, to = target + row * cropWidth
            if isMirrored {
                for column in 0..<cropWidth { to[column] = Float(from[cropWidth - 1 - column]) * scale + offset }
            } else {
                for column in 0..<cropWidth { to[column] = Float(from[column]) * scale + offset }
            }
        }
    }
}
