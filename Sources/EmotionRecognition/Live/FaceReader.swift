import FaceVision
import NeuralNet

/// Finds the faces in single pictures and says how each feels. For one thread at a time.
public final class FaceReader {
    public let recogniser: EmotionRecogniser
    private let detector: (any FaceDetector)?
    private let framing: FaceFraming
    private let certainty: Float

    /// Without a detector each picture is taken to be one cropped face. A face is uncertain when no class has a
    /// probability of `certainty`.
    public init(
        _ recogniser: EmotionRecogniser, detector: (any FaceDetector)?, framing: FaceFraming = FaceFraming(),
        certainty: Float = 0.35
    ) {
        self.recogniser = recogniser
        self.detector = detector
        self.framing = framing
        self.certainty = certainty
    }

    /// All faces, the largest first. Throws what the detector throws.
    public func read(_ image: Image) throws -> [FaceReading] {
        guard let detector else {
            let whole = Rectangle(x: 0, y: 0, width: Double(image.width), height: Double(image.height))
            let result = recogniser.recognise([image])[0]
            let size = recogniser.emotionModel.card.input.scaledSize
            let warnings = FaceWarning.warnings(
                crop: image.grayscale.resized(width: size.width, height: size.height), width: whole.width)
            return [reading(result, box: whole, landmarks: nil, warnings)]
        }
        let faces = try detector.detect(in: image).sorted { $0.box.area > $1.box.area }
        let crops = faces.map { crop(image, $0.box, $0.landmarks) }
        return zip(zip(faces, crops), recogniser.recognise(crops)).map { found, result in
            let (face, crop) = found
            return reading(
                result, box: face.box, landmarks: face.landmarks,
                FaceWarning.warnings(crop: crop, width: face.box.width))
        }
    }

    /// What the network sees of a face.
    func crop(_ image: Image, _ box: Rectangle, _ landmarks: FaceLandmarks?) -> Image {
        let size = recogniser.emotionModel.card.input.scaledSize
        return image.face(in: box, landmarks: landmarks, framing: framing, size: max(size.width, size.height))
    }

    private func reading(
        _ result: EmotionRecogniser.Recognition, box: Rectangle, landmarks: FaceLandmarks?, _ warnings: [FaceWarning]
    ) -> FaceReading {
        FaceReading(
            identity: nil, box: box, landmarks: landmarks, probabilities: result.probabilities, label: result.label,
            isUncertain: result.confidence < certainty, hasChanged: false, warnings: warnings)
    }
}
