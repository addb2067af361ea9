import Threads

/// Finds faces with one small network in one look: boxes, five landmarks and how sure it is. Also tilted, half hidden
/// and masked ones.
///
/// A picture is looked at as it is, up to `Options.longestSide`, and once more made small if faces in it can be larger
/// than the network knows, about 400 pixels. Dark pictures are brightened first. `Benchmarks/detection.py` measures how
/// well all that finds faces.
///
/// Source: W. Wu, H. Peng, S. Yu, "YuNet: A Tiny Millisecond-level Face Detector", Machine Intelligence Research 20,
/// 2023.
public final class YuNetDetector: FaceDetector {
    public struct Options: Sendable, Hashable {
        /// How sure the network must be of a face, 0.1...1.
        public var threshold: Double
        /// The side of the smallest face to tell of, in pixels, from 8: the mean of its box's width and height.
        public var minimumFaceSize: Double
        /// Larger pictures are made as small as this, 64...4096 pixels. The time grows with its square.
        public var longestSide: Int

        public init(threshold: Double = 0.7, minimumFaceSize: Double = 20, longestSide: Int = 1280) {
            self.threshold = threshold
            self.minimumFaceSize = minimumFaceSize
            self.longestSide = longestSide
        }

        func validate() throws {
            func require(_ fits: Bool, _ name: String, _ expected: String, _ received: Any) throws {
                guard fits else {
                    throw YuNetError.invalidOption(name: name, expected: expected, received: "\(received)")
                }
            }
            try require((0.1...1).contains(threshold), "threshold", "from 0.1 to 1", threshold)
            try require(
                (8...100_000).contains(minimumFaceSize), "minimumFaceSize", "from 8 to 100000 pixels", minimumFaceSize)
            try require((64...4096).contains(longestSide), "longestSide", "from 64 to 4096 pixels", longestSide)
        }
    }

    public static let needsColor = true

    public let options: Options
    private let looks: YuNetLooks

    /// Larger pictures than this are looked at twice.
    private static let largestSeenWell = 640
    private static let smallLook = 320
    /// Boxes that overlap a surer one by more than this are the same face.
    private static let sameFace = 0.3

    /// Throws `YuNetError.invalidOption`.
    public init(weights: YuNetWeights, options: Options = Options(), threads: ThreadPool) throws {
        try options.validate()
        self.options = options
        looks = YuNetLooks(weights.network, threads: threads)
    }

    public var sureConfidence: Double { 0.8 }

    /// Cost: about 10 ms for 640 x 480 pixels on two threads.
    public func detect(in image: Image, region: Rectangle?) throws -> [DetectedFace] {
        guard let part = PixelRectangle(region, in: image) else { return [] }
        let longest = max(part.width, part.height)
        var sides = [min(longest, options.longestSide)]
        if longest > YuNetDetector.largestSeenWell { sides.append(YuNetDetector.smallLook) }
        var found: [DetectedFace] = []
        for side in sides {
            found += try looks.look(
                at: image, part, factor: Double(side) / Double(longest), threshold: Float(options.threshold))
        }
        return YuNetDetector.distinct(found).compactMap { face in
            let size = (face.box.width + face.box.height) / 2
            return size < options.minimumFaceSize ? nil : YuNetDetector.inside(face, image)
        }
    }

    /// Surest first, without those that overlap a surer one.
    private static func distinct(_ faces: [DetectedFace]) -> [DetectedFace] {
        var kept: [DetectedFace] = []
        for face in faces.sorted(by: { $0.confidence > $1.confidence })
        where kept.allSatisfy({ $0.box.overlap(face.box) < sameFace }) {
            kept.append(face)
        }
        return kept
    }

    /// The box within the picture; landmarks may lie outside. Nil for a face whose middle lies outside.
    private static func inside(_ face: DetectedFace, _ image: Image) -> DetectedFace? {
        var face = face
        face.box = face.box.intersection(
            Rectangle(x: 0, y: 0, width: Double(image.width), height: Double(image.height)))
        return face.box.area > 0 ? face : nil
    }
}
