import Glibc

/// Looks at a face and little around it, upright and turned: how sure the network is, and how far the face is tilted.
///
/// The network's points hardly follow a tilt (eyes of a head turned by 30 degrees lie on a slope of 3), but it is surest
/// of a face that stands upright: so the turns at which it is sure tell the tilt. `Benchmarks/Detection` says how well.
struct YuNetNearLooks {
    struct View {
        /// 0 where it finds no face.
        var score: Double
        /// In degrees; nil where it was not looked for.
        var tilt: Double?
        /// Of a face that it finds tilted.
        var landmarks: FaceLandmarks?
    }

    /// Pixels of a look's square, and what it shows, in sides of the face's box. The second is for faces that the first
    /// misses.
    private static let first = (side: 96, width: 2.0), second = (side: 128, width: 1.8)
    private static let firstSuffices = 0.8
    /// Of turned looks, in degrees; the larger ones where the face may be tilted.
    private static let turns = [-30.0, 30], largerTurns = [-45.0, 45]
    /// Of looks at faces that may lie or stand on their head: those that the upright look is less sure of than nearly
    /// always of a clear upright face.
    private static let quarters = [90.0, 180, 270], clearlyUpright = 0.87
    /// What looks like a face only when it is turned is one less often.
    private static let mistrust = 0.05
    /// The sharper, the nearer the tilt is to that of the surest look.
    private static let sharpness = 12.0

    private let looks: YuNetLooks

    init(_ looks: YuNetLooks) { self.looks = looks }

    /// - Parameter isTilted: whether the face may be tilted.
    func view(of box: Rectangle, in image: Image, isTilted: Bool) throws(DetectionFailure) -> View {
        guard let around = YuNetSurroundings(image, box, YuNetNearLooks.first) else { return View(score: 0) }
        let upright = try around.look(0, looks)?.confidence ?? 0
        var best = View(score: upright)
        if upright < YuNetNearLooks.firstSuffices {
            let nearer = YuNetSurroundings(image, box, YuNetNearLooks.second)
            best.score = max(upright, try nearer?.look(0, looks)?.confidence ?? 0)
        }
        guard isTilted else { return best }
        best.tilt = 0
        var scores = [(degrees: 0.0, score: upright)]
        var tilted: DetectedFace?
        func look(_ turns: [Double]) throws(DetectionFailure) {
            for degrees in turns {
                guard let face = try around.look(degrees, looks) else { continue }
                scores.append((degrees, face.confidence))
                if face.confidence > tilted?.confidence ?? 0 { tilted = face }
            }
        }
        func consider(_ face: DetectedFace, tilt degrees: Double) {
            let score = face.confidence - YuNetNearLooks.mistrust
            guard score > best.score else { return }
            best = View(
                score: score, tilt: degrees,
                landmarks: face.landmarks.map { around.landmarks($0, tilt: degrees) })
        }
        try look(YuNetNearLooks.turns)
        if let tilted, tilted.confidence > best.score - YuNetNearLooks.mistrust { try look(YuNetNearLooks.largerTurns) }
        if let tilted {
            let weights = scores.map { pow($0.score / tilted.confidence, YuNetNearLooks.sharpness) }
            let sum = zip(scores, weights).reduce(0) { $0 + $1.0.degrees * $1.1 }
            consider(tilted, tilt: sum / weights.reduce(0, +))
        }
        guard best.score < YuNetNearLooks.clearlyUpright else { return best }
        for degrees in YuNetNearLooks.quarters {
            if let face = try around.look(degrees, looks) { consider(face, tilt: degrees) }
        }
        return best
    }
}

/// A face and what is around it, at the size of a look, for several turns. Black outside the picture: cut off at
/// its border, a leaf looks more like a face.
private struct YuNetSurroundings {
    private let picture: Image
    private let box: Rectangle
    /// Pixels of a look, and how many of them are one of the picture's.
    private let side: Int
    private let scale: Double
    /// The face in a look.
    private let inside: Rectangle

    /// Nil for boxes that are much larger than the picture.
    init?(_ image: Image, _ box: Rectangle, _ look: (side: Int, width: Double)) {
        let longer = max(box.width, box.height)
        guard longer >= 1, longer <= 2 * Double(max(image.width, image.height)) else { return nil }
        side = look.side
        scale = Double(look.side) / (longer * look.width)
        self.box = box
        // A turned square reaches as far as its diagonal. Every nth pixel is enough before the rest is averaged.
        let reach = longer * look.width * 1.4143 / 2, step = max(1, Int(0.5 / scale))
        let count = Int((2 * reach / Double(step)).rounded(.up))
        let left = Int((box.x + box.width / 2 - reach).rounded()), top = Int((box.y + box.height / 2 - reach).rounded())
        let channels = image.channels
        var pixels = [UInt8](repeating: 0, count: count * count * channels)
        for row in 0..<count where (0..<image.height).contains(top + row * step) {
            for column in 0..<count where (0..<image.width).contains(left + column * step) {
                let from = ((top + row * step) * image.width + left + column * step) * channels
                for channel in 0..<channels {
                    pixels[(row * count + column) * channels + channel] = image.pixels[from + channel]
                }
            }
        }
        let target = max(1, Int((Double(count * step) * scale).rounded()))
        picture = Image(width: count, height: count, channels: channels, pixels: pixels)
            .resized(width: target, height: target)
        let half = Double(side) / 2
        inside = Rectangle(
            x: half - box.width * scale / 2, y: half - box.height * scale / 2, width: box.width * scale,
            height: box.height * scale)
    }

    /// The surest face in the box when the picture is turned.
    func look(_ degrees: Double, _ looks: YuNetLooks) throws(DetectionFailure) -> DetectedFace? {
        let middle = Double(picture.width) / 2
        let square = FaceSquare(centreX: middle, centreY: middle, side: Double(side), angle: degrees * .pi / 180)
        let turned = picture.cut(square, size: side, inColor: true)
        guard let all = PixelRectangle(nil, in: turned) else { return nil }
        return try looks.look(at: turned, all, factor: 1, threshold: Float(YuNetDetector.worthALook))
            .filter { $0.box.overlap(inside) > YuNetDetector.sameFace }
            .max { $0.confidence < $1.confidence }
    }

    /// Points of a look as they lie in the picture, of a face that is tilted so far.
    func landmarks(_ points: FaceLandmarks, tilt degrees: Double) -> FaceLandmarks {
        let half = Double(side) / 2, (c, s) = (cos(degrees * .pi / 180), sin(degrees * .pi / 180))
        func place(_ point: Point) -> Point {
            let u = (point.x - half) / scale, v = (point.y - half) / scale
            return Point(x: box.x + box.width / 2 + c * u - s * v, y: box.y + box.height / 2 + s * u + c * v)
        }
        return FaceLandmarks(
            leftEye: place(points.leftEye), rightEye: place(points.rightEye), nose: place(points.nose),
            mouthLeft: place(points.mouthLeft), mouthRight: place(points.mouthRight))
    }
}
