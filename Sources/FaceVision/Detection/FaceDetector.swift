/// A rectangle in pixels, from the top left corner of a picture; it may reach beyond the picture.
public struct Rectangle: Sendable, Hashable {
    public var x: Double
    public var y: Double
    public var width: Double
    public var height: Double

    public init(x: Double, y: Double, width: Double, height: Double) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    public var area: Double { max(width, 0) * max(height, 0) }

    public func intersection(_ other: Rectangle) -> Rectangle {
        let left = max(x, other.x), top = max(y, other.y)
        let right = min(x + width, other.x + other.width), bottom = min(y + height, other.y + other.height)
        return Rectangle(x: left, y: top, width: max(0, right - left), height: max(0, bottom - top))
    }

    /// Intersection over union: 1 for the same rectangle, 0 for separate ones.
    public func overlap(_ other: Rectangle) -> Double {
        let common = intersection(other).area
        let union = area + other.area - common
        return union > 0 ? common / union : 0
    }
}

/// A position in pixels from the top left corner of a picture.
public struct Point: Sendable, Hashable {
    public var x: Double
    public var y: Double

    public init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }
}

/// Five points of a face; left and right as seen in the picture.
public struct FaceLandmarks: Sendable, Hashable {
    public var leftEye: Point
    public var rightEye: Point
    public var nose: Point
    public var mouthLeft: Point
    public var mouthRight: Point

    public init(leftEye: Point, rightEye: Point, nose: Point, mouthLeft: Point, mouthRight: Point) {
        self.leftEye = leftEye
        self.rightEye = rightEye
        self.nose = nose
        self.mouthLeft = mouthLeft
        self.mouthRight = mouthRight
    }
}

/// A face that a detector found.
public struct DetectedFace: Sendable, Hashable {
    public var box: Rectangle
    /// How sure the detector is; larger is surer. A probability for MTCNN, the number of windows that
    /// agree for cascades.
    public var confidence: Double
    public var landmarks: FaceLandmarks?

    public init(box: Rectangle, confidence: Double, landmarks: FaceLandmarks? = nil) {
        self.box = box
        self.confidence = confidence
        self.landmarks = landmarks
    }
}

/// Finds faces in a picture. A detector keeps working memory between calls, so one thread uses it at a time.
public protocol FaceDetector: AnyObject {
    /// The faces in `image` (grey or RGB), surest first. `region` limits the search to a part of the picture; boxes are
    /// always in coordinates of the whole picture.
    func detect(in image: Image, region: Rectangle?) throws -> [DetectedFace]
    /// Whether it looks at colours; one that does not gets grey pictures, which are cheaper to decode.
    static var needsColor: Bool { get }
    /// The square around its boxes that shows a face as FER2013 does.
    var framing: FaceFraming { get }
    /// From this confidence on a detection is no false alarm, or hardly ever.
    var sureConfidence: Double { get }
    /// From this confidence on a detection needs no second look.
    var certainConfidence: Double { get }
}

extension FaceDetector {
    public static var needsColor: Bool { false }
    public var framing: FaceFraming { FaceFraming() }
    public var sureConfidence: Double { 0 }
    public var certainConfidence: Double { .infinity }
    public func detect(in image: Image) throws -> [DetectedFace] { try detect(in: image, region: nil) }
}
