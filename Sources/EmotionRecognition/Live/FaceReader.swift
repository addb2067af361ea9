import FaceVision

/// Finds the faces in single pictures and says how each feels. For one thread at a time.
public final class FaceReader {
    public struct Options: Sendable, Equatable {
        /// How the network's picture is cut out around a detector's box; nil as suits the detector.
        public var framing: FaceFraming?
        /// A face is uncertain when no class has this probability.
        public var certainty: Float = 0.35
        /// Other names than the model's classes.
        public var grouping: EmotionGrouping?

        public init() {}
    }

    public let recogniser: EmotionRecogniser
    /// nil: each picture is one cropped face.
    public let detector: (any FaceDetector)?
    public let options: Options
    /// What readings' probabilities and labels stand for.
    public let classNames: [String]
    private let framing: FaceFraming
    private let sums: GroupSums?

    /// Throws `EmotionGroupingError` if the model lacks a class that is to be grouped.
    public init(
        _ recogniser: EmotionRecogniser, detector: (any FaceDetector)?, options: Options = Options()
    ) throws {
        self.recogniser = recogniser
        self.detector = detector
        self.options = options
        framing = options.framing ?? detector?.framing ?? FaceFraming()
        sums = try options.grouping?.sums(of: recogniser.emotionModel.card.classNames)
        classNames = options.grouping?.groups.map(\.name) ?? recogniser.emotionModel.card.classNames
    }

    /// All faces, the largest first. Throws what the detector throws.
    public func read(_ image: Image) throws -> [FaceReading] {
        guard let detector else { return [readWhole(image)] }
        let faces = try detector.detect(in: image).sorted { $0.box.area > $1.box.area }
        return read(image, faces: faces.map { ($0.box, $0.landmarks) })
    }

    /// A picture that is one cropped face.
    func readWhole(_ image: Image) -> FaceReading {
        let whole = Rectangle(x: 0, y: 0, width: Double(image.width), height: Double(image.height))
        let size = recogniser.emotionModel.card.input.scaledSize
        let warnings = FaceWarning.warnings(
            crop: image.grayscale.resized(width: size.width, height: size.height), width: whole.width)
        return reading(recogniser.recognise([image])[0], box: whole, landmarks: nil, warnings)
    }

    /// Faces whose place is known, in the same order.
    func read(_ image: Image, faces: [(box: Rectangle, landmarks: FaceLandmarks?)]) -> [FaceReading] {
        let input = recogniser.emotionModel.card.input.scaledSize
        let size = max(input.width, input.height)
        let crops = faces.map { image.face(in: $0.box, landmarks: $0.landmarks, framing: framing, size: size) }
        return recogniser.recognise(crops).enumerated().map { index, result in
            let face = faces[index]
            return reading(
                result, box: face.box, landmarks: face.landmarks,
                FaceWarning.warnings(crop: crops[index], width: face.box.width * framing.margin))
        }
    }

    private func reading(
        _ result: EmotionRecogniser.Recognition, box: Rectangle, landmarks: FaceLandmarks?, _ warnings: [FaceWarning]
    ) -> FaceReading {
        let probabilities = sums?.apply(result.probabilities) ?? result.probabilities
        let label = probabilities.indexOfLargest
        return FaceReading(
            identity: nil, box: box, landmarks: landmarks, isDetected: true, probabilities: probabilities,
            label: label, isUncertain: !result.isValid || probabilities[label] < options.certainty, warnings: warnings)
    }
}
