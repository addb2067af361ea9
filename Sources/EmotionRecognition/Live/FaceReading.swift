import FaceVision

/// Why a reading should be taken with care.
public enum FaceWarning: String, Sendable, Hashable, CaseIterable {
    /// Fewer pixels than the network looks at.
    case small
    case dark
    case blurred
    /// What was found may be no face.
    case doubtful
}

/// One face in a picture and how it feels.
public struct FaceReading: Sendable {
    /// The same as long as the face is followed; nil in single pictures.
    public var identity: Int?
    /// In pixels of the picture.
    public var box: Rectangle
    /// Nil where the detector finds no points, or a picture is one cropped face.
    public var landmarks: FaceLandmarks?
    /// Whether it was seen in this very frame; else it is lost for a moment and its box is where it is expected.
    public var isDetected: Bool
    /// How sure the detector is that it is a face, 0 to 1; nil where none looked, or where it cannot say.
    public var score: Double?
    /// In the order of the reader's class names; they sum to 1.
    public var probabilities: [Float]
    /// The class it is taken for.
    public var label: Int
    /// No class is probable enough to be named, or the face is doubtful.
    public var isUncertain: Bool
    /// Empty where nothing speaks against the reading.
    public var warnings: [FaceWarning]
    /// Whether the network said anything, see `EmotionRecogniser.Recognition`.
    var isValid = true

    public init(
        identity: Int? = nil, box: Rectangle, landmarks: FaceLandmarks? = nil, isDetected: Bool = true,
        score: Double? = nil, probabilities: [Float], label: Int, isUncertain: Bool = false,
        warnings: [FaceWarning] = []
    ) {
        self.identity = identity
        self.box = box
        self.landmarks = landmarks
        self.isDetected = isDetected
        self.score = score
        self.probabilities = probabilities
        self.label = label
        self.isUncertain = isUncertain
        self.warnings = warnings
    }

    /// The probability of `label`.
    public var confidence: Float { probabilities[label] }
}

extension FaceWarning {
    /// What speaks against a face: `crop` is what the network sees of it, `width` its size in the picture.
    package static func warnings(crop: Image, width: Double) -> [FaceWarning] {
        var result: [FaceWarning] = []
        if width < Double(crop.width) * 0.75 { result.append(.small) }
        let count = Double(crop.pixels.count)
        let mean = crop.pixels.reduce(0.0) { $0 + Double($1) } / count
        if mean < 40 { result.append(.dark) }
        if sharpness(crop) < 0.02 { result.append(.blurred) }
        return result
    }

    /// Variance of the Laplacian over the variance of the picture: small where edges are soft, whatever the contrast.
    /// After J. Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy", 2000.
    static func sharpness(_ image: Image) -> Double {
        let width = image.width, height = image.height
        guard width > 2, height > 2 else { return 0 }
        func pixel(_ row: Int, _ column: Int) -> Double { Double(image.pixels[row * width + column]) }
        var sum = 0.0, squares = 0.0, laplacians = 0.0
        for row in 1..<height - 1 {
            for column in 1..<width - 1 {
                let value = pixel(row, column)
                let laplacian =
                    pixel(row - 1, column) + pixel(row + 1, column) + pixel(row, column - 1) + pixel(row, column + 1)
                    - 4 * value
                sum += value
                squares += value * value
                laplacians += laplacian * laplacian
            }
        }
        let count = Double((width - 2) * (height - 2))
        let variance = squares / count - sum / count * (sum / count)
        return variance < 1 ? 0 : laplacians / count / variance
    }
}
