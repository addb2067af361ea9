/// A rectangle in pixels, from the top left corner of a picture; it may reach beyond the picture.
public struct Rectangle: Sendable, Hashable {
    /// Of the left edge.
    public var x: Double
    /// Of the upper edge.
    public var y: Double
    public var width: Double
    public var height: Double

    public init(x: Double, y: Double, width: Double, height: Double) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    /// In square pixels; 0 where width or height is negative.
    public var area: Double { max(width, 0) * max(height, 0) }

    /// What both cover; without area where they are separate.
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
