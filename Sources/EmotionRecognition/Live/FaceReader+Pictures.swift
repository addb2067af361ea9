import FaceVision
import Glibc

/// Pictures of their own can be a face and nothing else, and can lie on a side.
extension FaceReader {
    /// A turned picture is looked at only where the upright one has no face, and rocks and leaves have three more chances
    /// then to look like one: so sure the detector must be.
    private static let leastScoreTurned = 0.85
    /// Sides of pictures that may be a cropped face: of one shape or nearly, and no larger than data sets have them.
    private static let largestCrop = 640
    private static let longestCrop = 1.6
    /// Of small pictures that the detector is asked about, until it sees a face: small ones cost the least.
    private static let enlargedSides = [96, 160, 240]
    /// How much of a picture's shorter side a face takes that is all there is, and as how much of it a data set's crop
    /// shows (FER2013's: 80 to 130 %).
    private static let leastShare = 0.5
    private static let cropShare = 0.78

    /// The faces in a picture of its own, the largest first. Throws what the detector throws.
    ///
    /// Where there is none, a small picture is looked at with paper around it, since detectors miss faces that fill it,
    /// and then each picture turned by quarters.
    public func find(_ image: Image) throws(DetectionFailure) -> [FoundFace] {
        guard let detector = try search.detector(for: image, isPicture: true) else {
            return [whole(image, score: try canBeFace(image) ? nil : 0)]
        }
        var faces = try detector.detect(in: image).sorted { $0.box.area > $1.box.area }
        if faces.isEmpty { faces = try facesThatFill(image, detector) }
        if faces.isEmpty { return try findTurned(image, detector) }
        if search.sparesCrops, faces.count == 1, isCrop(image, faces[0], detector) {
            return [whole(image, score: faces[0].score)]
        }
        let picture = Rectangle(x: 0, y: 0, width: Double(image.width), height: Double(image.height))
        return faces.map {
            var face = cut(image, $0, detector)
            // Faces found on paper may reach beyond the picture.
            face.box = face.box.intersection(picture)
            return face
        }
    }

    /// Whether a small picture may be the cropped face that it is taken for: whether the detector sees one in it, enlarged
    /// and with paper around it. Also where there is no detector to ask.
    private func canBeFace(_ image: Image) throws(DetectionFailure) -> Bool {
        guard search.sparesCrops else { return true }
        guard min(image.width, image.height) >= FaceReader.leastSide, !BlankPicture.isOne(image.grayscale) else {
            return false
        }
        guard let detector = try? search.detector() else { return true }
        for side in FaceReader.enlargedSides {
            let scale = Double(side) / Double(max(image.width, image.height))
            let large = image.resized(
                width: max(1, Int((Double(image.width) * scale).rounded())),
                height: max(1, Int((Double(image.height) * scale).rounded())))
            if try !facesThatFill(large, detector, inParts: true).isEmpty { return true }
        }
        return false
    }

    /// Whether the picture shows the face as data sets' crops do.
    private func isCrop(_ image: Image, _ face: DetectedFace, _ detector: AnyFaceDetector) -> Bool {
        let sides = (Double(image.width), Double(image.height)), shorter = min(sides.0, sides.1)
        let square = (options.framing ?? detector.framing).square(
            around: face.box, landmarks: face.landmarks, tilt: face.tilt)
        return max(image.width, image.height) <= FaceReader.largestCrop && max(sides.0, sides.1) < 1.1 * shorter
            && square.side > FaceReader.cropShare * shorter
            && square.angle == 0 && abs(square.centreX - sides.0 / 2) < 0.15 * shorter
            && abs(square.centreY - sides.1 / 2) < 0.15 * shorter
    }

    /// Faces so large that the detector sees them only with grey paper around the picture.
    ///
    /// - Parameter inParts: as in a part of a picture, where detectors look less closely and sooner have done.
    private func facesThatFill(
        _ image: Image, _ detector: AnyFaceDetector, inParts: Bool = false
    ) throws(DetectionFailure) -> [DetectedFace] {
        let shorter = min(image.width, image.height), longer = max(image.width, image.height)
        guard longer <= FaceReader.largestCrop, Double(longer) <= FaceReader.longestCrop * Double(shorter) else {
            return []
        }
        let border = longer / 3
        let whole = Rectangle(x: 0, y: 0, width: Double(image.width), height: Double(image.height))
        let paper = image.onPaper(border: border)
        let all = Rectangle(x: 0, y: 0, width: Double(paper.width), height: Double(paper.height))
        return try detector.detect(in: paper, region: inParts ? all : nil).compactMap { face in
            let face = face.moved(byX: -Double(border), y: -Double(border))
            let isLarge = face.box.width >= FaceReader.leastShare * Double(shorter)
            return isLarge && face.box.intersection(whole).area > 0.6 * face.box.area ? face : nil
        }
    }

    /// The faces of a picture that is not upright: of the turn that shows the surest.
    private func findTurned(_ image: Image, _ detector: AnyFaceDetector) throws(DetectionFailure) -> [FoundFace] {
        var best: (score: Double, faces: [FoundFace]) = (FaceReader.leastScoreTurned, [])
        for turn in [Orientation.turnClockwise, .turnCounterclockwise, .upsideDown] {
            let upright = image.turned(turn)
            // As in a part of a picture: less closely, and sooner done.
            let all = Rectangle(x: 0, y: 0, width: Double(upright.width), height: Double(upright.height))
            let first = try detector.detect(in: upright, region: all).compactMap { $0.score }.max() ?? 0
            guard first >= FaceReader.leastScoreTurned else { continue }
            let faces = try detector.detect(in: upright).filter { ($0.score ?? 0) >= FaceReader.leastScoreTurned }
            let score = faces.compactMap { $0.score }.max() ?? 0
            guard score > best.score else { continue }
            best = (
                score,
                faces.sorted { $0.box.area > $1.box.area }.map {
                    cut(upright, $0, detector).stored(turn, image)
                }
            )
        }
        return best.faces
    }
}

extension FaceReader.FoundFace {
    /// The same face in the picture as it was before it was made upright.
    fileprivate func stored(_ turn: Orientation, _ image: Image) -> Self {
        func place(_ point: Point) -> Point { turn.stored(point, width: image.width, height: image.height) }
        let corner = place(Point(x: box.x, y: box.y))
        let other = place(Point(x: box.x + box.width, y: box.y + box.height))
        var face = self
        face.box = Rectangle(
            x: min(corner.x, other.x), y: min(corner.y, other.y), width: abs(corner.x - other.x),
            height: abs(corner.y - other.y))
        face.landmarks = landmarks?.moved(place)
        face.square = square.map { square in
            let centre = place(Point(x: square.centreX, y: square.centreY))
            let right = place(Point(x: square.centreX + cos(square.angle), y: square.centreY + sin(square.angle)))
            return FaceSquare(
                centreX: centre.x, centreY: centre.y, side: square.side,
                angle: atan2(right.y - centre.y, right.x - centre.x))
        }
        return face
    }
}

extension DetectedFace {
    fileprivate func moved(byX x: Double, y: Double) -> DetectedFace {
        var face = self
        face.box.x += x
        face.box.y += y
        face.landmarks = landmarks?.moved { Point(x: $0.x + x, y: $0.y + y) }
        return face
    }
}

extension FaceLandmarks {
    fileprivate func moved(_ place: (Point) -> Point) -> FaceLandmarks {
        FaceLandmarks(
            leftEye: place(leftEye), rightEye: place(rightEye), nose: place(nose), mouthLeft: place(mouthLeft),
            mouthRight: place(mouthRight))
    }
}

extension Image {
    /// The picture in the middle of grey paper.
    fileprivate func onPaper(border: Int) -> Image {
        let side = (width + 2 * border) * channels
        var paper = [UInt8](repeating: 128, count: (height + 2 * border) * side)
        for row in 0..<height {
            let from = row * width * channels, to = (row + border) * side + border * channels
            paper.replaceSubrange(to..<to + width * channels, with: pixels[from..<from + width * channels])
        }
        return Image(width: width + 2 * border, height: height + 2 * border, channels: channels, pixels: paper)
    }
}
