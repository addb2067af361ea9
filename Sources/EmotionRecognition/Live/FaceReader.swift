import FaceVision

/// Finds the faces in single pictures and says how each feels. For one thread at a time.
public final class FaceReader {
    /// How faces are cut out and named; nil everywhere is what suits the model and the detector.
    public struct Options: Sendable, Equatable {
        /// How the network's picture is cut out around a detector's box; nil as suits the detector.
        public var framing: FaceFraming?
        /// A face is uncertain when no class has this probability; nil as the model's file says.
        public var certainty: Float?
        /// Other names than the model's classes.
        public var grouping: EmotionGrouping?

        public init() {}
    }

    /// A face that was found, and what the network gets to see of it.
    public struct FoundFace: Sendable {
        /// In pixels of the picture.
        public var box: Rectangle
        /// Nil where the detector finds no points, or a picture is one cropped face.
        public var landmarks: FaceLandmarks?
        /// The part of the picture that was cut out; nil if that is the whole.
        public var square: FaceSquare?
        /// In colour where the network looks at colours.
        public var picture: Image
        /// See `DetectedFace.score`.
        public var score: Double?
        /// Its width in the picture, in pixels.
        var width: Double
    }

    /// Smaller pictures show no features.
    static let leastSide = 12
    /// Faces of a lower score are doubtful.
    static let leastScore = 0.7

    public let recogniser: EmotionRecogniser
    public let search: FaceSearch
    public let options: Options
    /// What readings' probabilities and labels stand for.
    public let classNames: [String]
    /// When readings are certain.
    public let certainty: Certainty
    private let sums: GroupSums?

    /// Throws `EmotionGroupingError` if the model lacks a class that is to be grouped.
    public init(_ recogniser: EmotionRecogniser, search: FaceSearch, options: Options = Options())
        throws(EmotionGroupingError)
    {
        self.recogniser = recogniser
        self.search = search
        self.options = options
        certainty = options.certainty.map(Certainty.init(threshold:)) ?? recogniser.emotionModel.card.certainty
        sums = try options.grouping?.sums(of: recogniser.emotionModel.card.classNames)
        classNames = options.grouping?.groups.map { $0.name } ?? recogniser.emotionModel.card.classNames
    }

    /// Without a detector each picture is one cropped face. Throws `EmotionGroupingError`.
    public convenience init(
        _ recogniser: EmotionRecogniser, detector: AnyFaceDetector?, options: Options = Options()
    ) throws(EmotionGroupingError) {
        try self.init(recogniser, search: FaceSearch(detector), options: options)
    }

    /// Whether network or detector look at colours. Where neither does, pictures are best decoded in grey: that is
    /// cheaper, and the brightness that is stored is not quite that of the colours.
    public var needsColor: Bool { recogniser.emotionModel.card.input.needsColor || search.needsColor }

    /// All faces in a picture of its own, the largest first. Throws what the detector throws.
    public func read(_ image: Image) throws(DetectionFailure) -> [FaceReading] { recognise(try find(image)) }

    /// A picture that is one cropped face.
    func whole(_ image: Image, score: Double? = nil) -> FoundFace {
        FoundFace(
            box: Rectangle(x: 0, y: 0, width: Double(image.width), height: Double(image.height)), picture: image,
            score: score, width: Double(image.width))
    }

    /// A face whose place is known.
    func cut(_ image: Image, _ face: DetectedFace, _ detector: AnyFaceDetector) -> FoundFace {
        let framing = options.framing ?? detector.framing, input = recogniser.emotionModel.card.input
        let square = framing.square(around: face.box, landmarks: face.landmarks, tilt: face.tilt)
        let picture = image.cut(
            square, size: max(input.scaledSize.width, input.scaledSize.height), inColor: input.needsColor)
        return FoundFace(
            box: face.box, landmarks: face.landmarks, square: square, picture: picture, score: face.score,
            width: face.box.width * framing.margin)
    }

    /// How faces feel that were found, in the same order.
    func recognise(_ faces: [FoundFace]) -> [FaceReading] {
        let size = recogniser.emotionModel.card.input.scaledSize
        return zip(faces, recogniser.recognise(faces.map { $0.picture })).map { face, result in
            var face = face
            var crop = face.picture.grayscale
            if face.square == nil {
                let isTooSmall = min(crop.width, crop.height) < FaceReader.leastSide
                crop = crop.resized(width: size.width, height: size.height)
                if isTooSmall || BlankPicture.isOne(crop) { face.score = 0 }
            }
            var warnings = FaceWarning.warnings(crop: crop, width: face.width)
            if let score = face.score, score < FaceReader.leastScore { warnings.append(.doubtful) }
            return reading(result, of: face, warnings)
        }
    }

    private func reading(
        _ result: EmotionRecogniser.Recognition, of face: FoundFace, _ warnings: [FaceWarning]
    ) -> FaceReading {
        let probabilities = sums?.apply(result.probabilities) ?? result.probabilities
        let label = probabilities.indexOfLargest
        var reading = FaceReading(
            identity: nil, box: face.box, landmarks: face.landmarks, isDetected: face.score != 0, score: face.score,
            probabilities: probabilities, label: label,
            isUncertain: !result.isValid || certainty.isUncertain(probabilities[label]) || warnings.contains(.doubtful),
            warnings: warnings)
        reading.isValid = result.isValid
        return reading
    }
}
