/// A face that a detector found.
public struct DetectedFace: Sendable, Hashable {
    public var box: Rectangle
    /// How sure the detector is; larger is surer. A probability for MTCNN, the number of windows that
    /// agree for cascades.
    public var confidence: Double
    /// How sure it is that this is a face, 0 to 1, alike for all detectors; nil where nobody can say.
    public var score: Double?
    public var landmarks: FaceLandmarks?
    /// How far it is tilted, in degrees, positive where its right side is lower; nil where only its eyes may tell.
    public var tilt: Double?

    public init(
        box: Rectangle, confidence: Double, score: Double? = nil, landmarks: FaceLandmarks? = nil, tilt: Double? = nil
    ) {
        self.box = box
        self.confidence = confidence
        self.score = score
        self.landmarks = landmarks
        self.tilt = tilt
    }
}

#if !hasFeature(Embedded)
    /// What a detector may throw; less where only one is built in.
    public typealias DetectionFailure = any Error
    /// Any detector; where only one is built in, that one.
    public typealias AnyFaceDetector = any FaceDetector
#endif

/// Finds faces in a picture. A detector keeps working memory between calls, so one thread uses it at a time.
public protocol FaceDetector: AnyObject {
    /// The faces in `image` (grey or RGB), surest first. `region` limits the search to a part of the picture; boxes are
    /// always in coordinates of the whole picture.
    func detect(in image: Image, region: Rectangle?) throws(DetectionFailure) -> [DetectedFace]
    /// Whether it looks at colours; one that does not gets grey pictures, which are cheaper to decode.
    static var needsColor: Bool { get }
    /// The same of this one, which may depend on what it is made of.
    var needsColor: Bool { get }
    /// The square around its boxes that shows a face as FER2013 does.
    var framing: FaceFraming { get }
    /// From this confidence on a detection is no false alarm, or hardly ever.
    var sureConfidence: Double { get }
    /// From this confidence on a detection needs no second look.
    var certainConfidence: Double { get }
}

extension FaceDetector {
    public static var needsColor: Bool { false }
    public var needsColor: Bool { Self.needsColor }
    public var framing: FaceFraming { FaceFraming() }
    public var sureConfidence: Double { 0 }
    public var certainConfidence: Double { .infinity }
    public func detect(in image: Image) throws(DetectionFailure) -> [DetectedFace] {
        try detect(in: image, region: nil)
    }
}
