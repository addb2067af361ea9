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
