/// A part of a picture that a network looks at, mirrored or not.
public struct FaceView: Sendable, Hashable {
    /// Where the part lies in the room there is: 0 at the left or top, 0.5 in the middle, 1 at the right or bottom.
    public var x: Float
    public var y: Float
    public var isMirrored: Bool

    public init(x: Float, y: Float, isMirrored: Bool = false) {
        self.x = x
        self.y = y
        self.isMirrored = isMirrored
    }

    public static let centre = FaceView(x: 0.5, y: 0.5)

    /// Writes `byte * scale + offset` of a grey picture's part, row by row.
    func write(
        _ source: UnsafePointer<UInt8>, width: Int, height: Int, cropWidth: Int, cropHeight: Int, scale: Float,
        offset: Float, to target: UnsafeMutablePointer<Float>
    ) {
        let left = Int(Float(width - cropWidth) * x), top = Int(Float(height - cropHeight) * y)
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

/// How often a network looks at one face; the probabilities are averaged.
public enum TestTimeAugmentation: String, Sendable, Codable, CaseIterable {
    /// Once, at the centre.
    case none
    /// The centre and its mirror image.
    case flip
    /// The four corners and the centre, each also mirrored. A. Krizhevsky et al., 2012.
    case tenCrop = "ten-crop"

    /// What the network sees of the picture. Corners need a network that sees less than the whole picture
    /// (`InputFormat.pictureSize`).
    public var views: [FaceView] {
        switch self {
        case .none: return [.centre]
        case .flip: return [.centre, FaceView(x: 0.5, y: 0.5, isMirrored: true)]
        case .tenCrop:
            let places: [(Float, Float)] = [(0.5, 0.5), (0, 0), (1, 0), (0, 1), (1, 1)]
            return places.flatMap { x, y in [false, true].map { FaceView(x: x, y: y, isMirrored: $0) } }
        }
    }

    /// What is left of it for a network that sees the whole picture, which has no corners to look at.
    func possible(for input: InputFormat) -> TestTimeAugmentation {
        let seesAll = input.scaledSize == (input.width, input.height)
        return self == .tenCrop && seesAll ? .flip : self
    }
}
