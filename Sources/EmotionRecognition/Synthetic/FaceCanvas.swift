import Glibc

/// A grey picture under construction. Shapes are given in face coordinates by their signed distance (negative inside)
/// and blended by the share of each pixel that they cover, so edges are smooth.
struct FaceCanvas {
    /// Where face coordinates (x to the right, y down, the head about 1 high and 0.75 wide either way) lie in the
    /// picture.
    struct Frame {
        /// The origin, pixels.
        var centreX: Float
        var centreY: Float
        /// Pixels per unit.
        var scale: Float
        /// Of the rotation, clockwise.
        var cosine: Float
        var sine: Float
        /// Factor of x before the rotation: a head that is turned away looks narrower.
        var squeeze: Float = 1

        /// The same frame with its origin moved by face coordinates.
        func moved(x: Float, y: Float, squeeze: Float) -> Frame {
            var frame = self
            frame.centreX += scale * (cosine * x - sine * y)
            frame.centreY += scale * (sine * x + cosine * y)
            frame.squeeze = squeeze
            return frame
        }
    }

    /// A box in face coordinates that holds a shape.
    struct Box {
        var left: Float, top: Float, right: Float, bottom: Float
    }

    struct Point {
        var x: Float, y: Float

        init(_ x: Float, _ y: Float) {
            self.x = x
            self.y = y
        }
    }

    let size: Int
    /// 0...255.
    var tones: [Float]
    var frame: Frame

    init(size: Int, tone: Float, frame: Frame) {
        self.size = size
        self.frame = frame
        tones = [Float](repeating: tone, count: size * size)
    }

    /// Blends `tone` over the pixels where `distance` is negative. Both are functions of face coordinates.
    /// Cost: the pixels of the box.
    @inline(__always)
    mutating func fill(
        _ box: Box, opacity: Float = 1, tone: (_ x: Float, _ y: Float) -> Float,
        distance: (_ x: Float, _ y: Float) -> Float
    ) {
        let frame = frame
        let pad = 1 / frame.scale
        var low = Point(.infinity, .infinity), high = Point(-.infinity, -.infinity)
        for x in [box.left - pad, box.right + pad] {
            for y in [box.top - pad, box.bottom + pad] {
                let px = frame.centreX + frame.scale * (frame.cosine * x * frame.squeeze - frame.sine * y)
                let py = frame.centreY + frame.scale * (frame.sine * x * frame.squeeze + frame.cosine * y)
                low = Point(min(low.x, px), min(low.y, py))
                high = Point(max(high.x, px), max(high.y, py))
            }
        }
        let left = max(0, Int(low.x - 0.5)), right = min(size - 1, Int(max(high.x, -1) + 0.5))
        let top = max(0, Int(low.y - 0.5)), bottom = min(size - 1, Int(max(high.y, -1) + 0.5))
        guard left <= right, top <= bottom else { return }
        let size = size
        tones.withUnsafeMutableBufferPointer { tones in
            for row in top...bottom {
                let v = (Float(row) + 0.5 - frame.centreY) / frame.scale
                for column in left...right {
                    let u = (Float(column) + 0.5 - frame.centreX) / frame.scale
                    let x = (frame.cosine * u + frame.sine * v) / frame.squeeze
                    let y = frame.cosine * v - frame.sine * u
                    let coverage = min(1, 0.5 - distance(x, y) * frame.scale) * opacity
                    if coverage > 0 {
                        let at = row * size + column
                        tones[at] += coverage * (tone(x, y) - tones[at])
                    }
                }
            }
        }
    }

    /// An upright ellipse.
    mutating func ellipse(_ centre: Point, _ radiusX: Float, _ radiusY: Float, tone: Float, opacity: Float = 1) {
        let box = Box(
            left: centre.x - radiusX, top: centre.y - radiusY, right: centre.x + radiusX, bottom: centre.y + radiusY)
        fill(box, opacity: opacity, tone: { _, _ in tone }) { x, y in
            FaceCanvas.ellipseDistance(x - centre.x, y - centre.y, radiusX, radiusY)
        }
    }

    /// Distance from an ellipse around the origin, exact to first order at its edge.
    @inline(__always)
    static func ellipseDistance(_ x: Float, _ y: Float, _ radiusX: Float, _ radiusY: Float) -> Float {
        let a = x / radiusX, b = y / radiusY
        let k = (a * a + b * b).squareRoot()
        let slope = (a * a / (radiusX * radiusX) + b * b / (radiusY * radiusY)).squareRoot()
        return slope > 1e-6 ? k * (k - 1) / slope : -min(radiusX, radiusY)
    }

    /// A brush stroke along a quadratic Bézier curve; its half width goes from `start` to `end`.
    mutating func stroke(
        _ a: Point, _ control: Point, _ b: Point, start: Float, end: Float, tone: Float, opacity: Float = 1
    ) {
        let parts = 6
        let width = max(start, end)
        let points = (0...parts).map { i -> Point in
            let t = Float(i) / Float(parts), s = 1 - t
            return Point(
                s * s * a.x + 2 * s * t * control.x + t * t * b.x, s * s * a.y + 2 * s * t * control.y + t * t * b.y)
        }
        let xs = points.map(\.x), ys = points.map(\.y)
        let box = Box(
            left: xs.min()! - width, top: ys.min()! - width, right: xs.max()! + width, bottom: ys.max()! + width)
        points.withUnsafeBufferPointer { points in
            fill(box, opacity: opacity, tone: { _, _ in tone }) { x, y in
                var best = Float.infinity
                for i in 0..<parts {
                    let p = points[i], q = points[i + 1]
                    let dx = q.x - p.x, dy = q.y - p.y
                    let length = max(dx * dx + dy * dy, 1e-9)
                    let t = max(0, min(1, ((x - p.x) * dx + (y - p.y) * dy) / length))
                    let ex = x - p.x - t * dx, ey = y - p.y - t * dy
                    let along = (Float(i) + t) / Float(parts)
                    best = min(best, (ex * ex + ey * ey).squareRoot() - start - along * (end - start))
                }
                return best
            }
        }
    }

    /// What lies between two curves over `centre.x - halfWidth ... centre.x + halfWidth`, such as an eye or a mouth.
    /// The curves get the place from -1 to 1 and give y relative to the centre.
    @inline(__always)
    mutating func lens(
        _ centre: Point, halfWidth: Float, height: Float, opacity: Float = 1, tone: (Float, Float) -> Float,
        upper: (Float) -> Float, lower: (Float) -> Float
    ) {
        let box = Box(
            left: centre.x - halfWidth, top: centre.y - height, right: centre.x + halfWidth, bottom: centre.y + height)
        fill(box, opacity: opacity, tone: tone) { x, y in
            let dx = x - centre.x, dy = y - centre.y
            let t = max(-1, min(1, dx / halfWidth))
            return max(max(upper(t) - dy, dy - lower(t)) * 0.8, abs(dx) - halfWidth)
        }
    }
}
