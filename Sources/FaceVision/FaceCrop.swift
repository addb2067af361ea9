import Glibc

/// How a square is laid around a detected face.
public struct FaceFraming: Sendable, Equatable {
    /// Side of the square in widths of the detector's box.
    ///
    /// Boxes that end at the chin grow with an open mouth, their widths don't.
    public var margin: Double
    /// The least width that a box counts with, in heights of the box: where half a face is hidden or outside the picture,
    /// its width says little. 1 for detectors that know squares only.
    public var leastWidth: Double
    /// How far the square's centre lies below the box's, in widths of the box.
    public var shift: Double
    /// Faces whose tilt or eyes are known and further from level than so many degrees are turned upright; nil turns none.
    ///
    /// Networks are trained with faces turned by up to 10 degrees and read those best as they are: points found in a small
    /// face are less sure than that (`Benchmarks/Framing`).
    public var levelsBeyond: Double?

    public init(margin: Double = 1, leastWidth: Double = 1, shift: Double = 0, levelsBeyond: Double? = 15) {
        self.margin = margin
        self.leastWidth = leastWidth
        self.shift = shift
        self.levelsBeyond = levelsBeyond
    }
}

#if !hasFeature(Embedded)
    extension FaceFraming: Codable {}
#endif

extension FaceFraming {
    /// The angle in radians by which a face is to be turned.
    fileprivate func turn(_ points: FaceLandmarks?, tilt: Double?) -> Double {
        guard let levelsBeyond else { return 0 }
        if let tilt { return abs(tilt) > levelsBeyond ? tilt * .pi / 180 : 0 }
        guard let points else { return 0 }
        let angle = atan2(points.rightEye.y - points.leftEye.y, points.rightEye.x - points.leftEye.x)
        // Eyes far from level are more likely wrong points than a tilted head.
        return abs(angle) > levelsBeyond * .pi / 180 && abs(angle) < 1 ? angle : 0
    }
}

/// A square in a picture, turned about its centre. In pixels of the picture.
public struct FaceSquare: Sendable, Equatable {
    public var centreX: Double
    public var centreY: Double
    public var side: Double
    /// Of the turn, in radians: positive where the square's right side is lower.
    public var angle: Double

    public init(centreX: Double, centreY: Double, side: Double, angle: Double) {
        self.centreX = centreX
        self.centreY = centreY
        self.side = side
        self.angle = angle
    }

    /// The place in the square, 0...1 from left to right and from top to bottom, of a point of the picture.
    public func place(x: Double, y: Double) -> (x: Double, y: Double) {
        let (c, s) = (cos(angle), sin(angle)), dx = x - centreX, dy = y - centreY
        return ((c * dx + s * dy) / side + 0.5, (c * dy - s * dx) / side + 0.5)
    }
}

extension FaceFraming {
    /// The square that is laid around a face. The eyes tell its tilt, unless that is known, in degrees.
    public func square(around box: Rectangle, landmarks: FaceLandmarks?, tilt: Double? = nil) -> FaceSquare {
        let angle = turn(landmarks, tilt: tilt)
        let down = shift * box.width
        return FaceSquare(
            centreX: box.x + box.width / 2 - sin(angle) * down, centreY: box.y + box.height / 2 + cos(angle) * down,
            side: max(box.width, box.height * leastWidth) * margin, angle: angle)
    }
}

extension Image {
    /// The face, `size` x `size`: cut out as the framing says, turned level, each new pixel the mean of what it covers.
    /// What lies outside the picture repeats its border. In grey, unless `inColor` and the picture has colours. A size below
    /// 1 counts as 1.
    ///
    /// Cost: a few samples per pixel covered; about 0.1 ms for a face 200 pixels wide, three times that in colour.
    public func face(
        in box: Rectangle, landmarks: FaceLandmarks? = nil, tilt: Double? = nil, framing: FaceFraming, size: Int,
        inColor: Bool = false
    ) -> Image {
        cut(framing.square(around: box, landmarks: landmarks, tilt: tilt), size: size, inColor: inColor)
    }

    /// What a square shows, `size` x `size`, as `face(in:)` says.
    package func cut(_ square: FaceSquare, size: Int, inColor: Bool) -> Image {
        let size = max(size, 1)
        guard inColor, channels == 3 else {
            return Image(width: size, height: size, pixels: cut(square, size) { luma($0, $1) })
        }
        let planes = (0..<3).map { channel in cut(square, size) { pixels, at in Double(pixels[at + channel]) } }
        var result = [UInt8](repeating: 0, count: size * size * 3)
        for (channel, plane) in planes.enumerated() {
            for index in plane.indices { result[index * 3 + channel] = plane[index] }
        }
        return Image(width: size, height: size, channels: 3, pixels: result)
    }

    /// One value for each new pixel, made of the `values` of old ones, which are named by their first sample's place.
    @inline(__always)
    private func cut(
        _ square: FaceSquare, _ size: Int, values: (UnsafeBufferPointer<UInt8>, Int) -> Double
    ) -> [UInt8] {
        let (c, s) = (cos(square.angle), sin(square.angle))
        let side = square.side, centreX = square.centreX, centreY = square.centreY
        let step = side / Double(size)
        // As many samples per new pixel as it covers old ones, up to 8 x 8.
        let samples = Int(min(8, max(1, step.rounded(.up))))
        var result = [UInt8](repeating: 0, count: size * size)
        pixels.withUnsafeBufferPointer { pixels in
            for row in 0..<size {
                for column in 0..<size {
                    var sum = 0.0
                    for i in 0..<samples {
                        let v = (Double(row) + (Double(i) + 0.5) / Double(samples)) * step - side / 2
                        for j in 0..<samples {
                            let u = (Double(column) + (Double(j) + 0.5) / Double(samples)) * step - side / 2
                            sum += between(
                                pixels, centreX + c * u - s * v - 0.5, centreY + s * u + c * v - 0.5, values)
                        }
                    }
                    result[row * size + column] = UInt8(min(255, sum / Double(samples * samples) + 0.5))
                }
            }
        }
        return result
    }

    @inline(__always)
    private func luma(_ pixels: UnsafeBufferPointer<UInt8>, _ at: Int) -> Double {
        guard channels == 3 else { return Double(pixels[at]) }
        return 0.299 * Double(pixels[at]) + 0.587 * Double(pixels[at + 1]) + 0.114 * Double(pixels[at + 2])
    }

    /// The value between pixels, bilinear; coordinates are those of pixel centres.
    @inline(__always)
    private func between(
        _ pixels: UnsafeBufferPointer<UInt8>, _ x: Double, _ y: Double,
        _ values: (UnsafeBufferPointer<UInt8>, Int) -> Double
    ) -> Double {
        // In this order what is no number, as of a box that is none, becomes 0.
        let x = min(Double(width - 1), max(0, x)), y = min(Double(height - 1), max(0, y))
        let left = Int(x), top = Int(y)
        let right = min(left + 1, width - 1), bottom = min(top + 1, height - 1)
        let a = x - Double(left), b = y - Double(top)
        func value(_ column: Int, _ row: Int) -> Double { values(pixels, (row * width + column) * channels) }
        let upper = value(left, top) * (1 - a) + value(right, top) * a
        let lower = value(left, bottom) * (1 - a) + value(right, bottom) * a
        return upper * (1 - b) + lower * b
    }
}
