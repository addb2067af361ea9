import Glibc

/// Looks at a face and little around it, upright and turned: how sure the network is, and how far the face is tilted.
///
/// The network's points hardly follow a tilt (eyes of a head turned by 30 degrees lie on a slope of 3), but it is surest
/// of a face that stands upright: so the turns at which it is sure tell the tilt. `Benchmarks/Detection` says how well.
struct YuNetNearLooks {
    struct View {
        /// 0 where it finds no face.
        var score: Double
        /// Of a face that it finds tilted.
        var landmarks: FaceLandmarks?
    }

    /// Pixels of an upright look's square, and what it shows around the face, in sides of its box.
    private static let upright = [(side: 96, margin: 0.5), (side: 128, margin: 0.4)]
    /// The sides of a turned look's square, in pixels and in sides of the face's box.
    private static let side = 96
    private static let width = 2.0
    /// Of the turned looks, in degrees; the larger ones where the face may be tilted.
    private static let turns = [-30.0, 30], largerTurns = [-45.0, 45]
    /// What looks like a face only when it is turned is one less often.
    private static let mistrust = 0.05
    /// The sharper, the nearer the tilt is to that of the surest look.
    private static let sharpness = 12.0

    private let looks: YuNetLooks

    init(_ looks: YuNetLooks) { self.looks = looks }

    /// - Parameter isTilted: whether the face may be tilted.
    func view(of box: Rectangle, in image: Image, isTilted: Bool) throws -> View {
        var best = View(score: 0), scores: [(degrees: Double, score: Double)] = []
        for (side, margin) in YuNetNearLooks.upright {
            let longer = max(box.width, box.height) * (1 + 2 * margin)
            guard let part = PixelRectangle(YuNetNearLooks.around(box, longer), in: image) else { continue }
            let faces = try looks.look(
                at: image, part, factor: Double(side) / longer, threshold: Float(YuNetDetector.worthALook))
            best.score = max(best.score, YuNetNearLooks.surest(faces, in: box)?.confidence ?? 0)
            if scores.isEmpty { scores = [(0, best.score)] }
            // The second is for those that the first misses.
            if best.score >= 0.8 { break }
        }
        guard isTilted, let turned = TurnedLooks(image, box, looks) else { return best }
        var tilted: (face: DetectedFace, score: Double)?
        func look(_ turns: [Double]) throws {
            for degrees in turns {
                let face = try turned.look(degrees)
                scores.append((degrees, face?.confidence ?? 0))
                if let face, face.confidence > tilted?.score ?? 0 { tilted = (face, face.confidence) }
            }
        }
        try look(YuNetNearLooks.turns)
        if (tilted?.score ?? 0) > best.score - YuNetNearLooks.mistrust { try look(YuNetNearLooks.largerTurns) }
        guard let tilted, tilted.score - YuNetNearLooks.mistrust > best.score else { return best }
        let weights = scores.map { pow($0.score / tilted.score, YuNetNearLooks.sharpness) }
        let degrees = zip(scores, weights).reduce(0) { $0 + $1.0.degrees * $1.1 } / weights.reduce(0, +)
        return View(
            score: tilted.score - YuNetNearLooks.mistrust,
            landmarks: tilted.face.landmarks.map { turned.landmarks($0, tilt: degrees) })
    }

    /// The surest face that lies in the box.
    private static func surest(_ faces: [DetectedFace], in box: Rectangle) -> DetectedFace? {
        faces.filter { $0.box.overlap(box) > YuNetDetector.sameFace }.max { $0.confidence < $1.confidence }
    }

    private static func around(_ box: Rectangle, _ side: Double) -> Rectangle {
        Rectangle(x: box.x + (box.width - side) / 2, y: box.y + (box.height - side) / 2, width: side, height: side)
    }

    /// The surroundings of a face at the size of a look, for several turns.
    private struct TurnedLooks {
        private let picture: Image
        private let centre: Point
        /// Of the face, in the picture and in a look.
        private let box: Rectangle
        private let inside: Rectangle
        private let scale: Double
        private let looks: YuNetLooks

        init?(_ image: Image, _ box: Rectangle, _ looks: YuNetLooks) {
            let side = max(box.width, box.height) * YuNetNearLooks.width
            // A turned square reaches as far as its diagonal.
            guard let part = PixelRectangle(
                YuNetNearLooks.around(box, side * 1.4143), in: image)
            else { return nil }
            scale = Double(YuNetNearLooks.side) / side
            let cut = image.part(part)
            picture = cut.resized(
                width: max(1, Int((Double(part.width) * scale).rounded())),
                height: max(1, Int((Double(part.height) * scale).rounded())))
            centre = Point(
                x: (box.x + box.width / 2 - Double(part.left)) * Double(picture.width) / Double(part.width),
                y: (box.y + box.height / 2 - Double(part.top)) * Double(picture.height) / Double(part.height))
            let half = Double(YuNetNearLooks.side) / 2
            inside = Rectangle(
                x: half - box.width * scale / 2, y: half - box.height * scale / 2, width: box.width * scale,
                height: box.height * scale)
            self.box = box
            self.looks = looks
        }

        func look(_ degrees: Double) throws -> DetectedFace? {
            let side = YuNetNearLooks.side
            let square = FaceSquare(
                centreX: centre.x, centreY: centre.y, side: Double(side), angle: degrees * .pi / 180)
            let turned = picture.cut(square, size: side, inColor: true)
            guard let all = PixelRectangle(nil, in: turned) else { return nil }
            let faces = try looks.look(at: turned, all, factor: 1, threshold: Float(YuNetDetector.worthALook))
            return YuNetNearLooks.surest(faces, in: inside)
        }

        /// Points of a look as they lie in the picture, of a face that is tilted so far.
        func landmarks(_ points: FaceLandmarks, tilt degrees: Double) -> FaceLandmarks {
            let half = Double(YuNetNearLooks.side) / 2, (c, s) = (cos(degrees * .pi / 180), sin(degrees * .pi / 180))
            func place(_ point: Point) -> Point {
                let u = (point.x - half) / scale, v = (point.y - half) / scale
                return Point(x: box.x + box.width / 2 + c * u - s * v, y: box.y + box.height / 2 + s * u + c * v)
            }
            return FaceLandmarks(
                leftEye: place(points.leftEye), rightEye: place(points.rightEye), nose: place(points.nose),
                mouthLeft: place(points.mouthLeft), mouthRight: place(points.mouthRight))
        }
    }
}
