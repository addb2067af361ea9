/// A detector without the faces that are small beside the picture they are in.
public final class ShareLimitedDetector: FaceDetector {
    /// What finds the faces.
    public let detector: any FaceDetector
    /// The least width of a face, in shares of the picture's shorter side.
    public let share: Double

    public static let needsColor = true
    public var needsColor: Bool { detector.needsColor }
    public var framing: FaceFraming { detector.framing }
    public var sureConfidence: Double { detector.sureConfidence }
    public var certainConfidence: Double { detector.certainConfidence }

    public init(_ detector: any FaceDetector, share: Double) {
        self.detector = detector
        self.share = share
    }

    public func detect(in image: Image, region: Rectangle?) throws -> [DetectedFace] {
        let least = share * Double(min(image.width, image.height))
        return try detector.detect(in: image, region: region).filter { $0.box.width >= least }
    }
}
