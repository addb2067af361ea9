import Threads

/// Finds faces with one small network in one look: boxes, five landmarks and how sure it is. Also tilted, half hidden
/// and masked ones.
///
/// A picture is looked at as it is, up to `Options.longestSide`, and once more made small if faces in it can be larger
/// than the network knows, about 400 pixels; of larger pictures parts are looked at too, if `Options.partsAcross` says so.
/// What it is not sure of gets a second look from nearer, also turned (`YuNetNearLooks`). Dark pictures are brightened first. `Benchmarks/detection.py` measures how well all that finds
/// faces.
///
/// Source: W. Wu, H. Peng, S. Yu, "YuNet: A Tiny Millisecond-level Face Detector", Machine Intelligence Research 20,
/// 2023.
public final class YuNetDetector: FaceDetector {
    public struct Options: Sendable, Hashable {
        /// How sure the network must be of a face in the end, 0.1...1.
        public var threshold: Double
        /// The side of the smallest face to tell of, in pixels, from 8: the mean of its box's width and height.
        public var minimumFaceSize: Double
        /// The same of the largest; nil for any.
        public var maximumFaceSize: Double?
        /// Larger pictures are made as small as this, 64...4096 pixels. The time grows with its square.
        public var longestSide: Int
        /// Larger pictures are also looked at in parts, so many of `longestSide` side by side at most, 1...16: faces are
        /// found down to `minimumFaceSize` in pictures so many times as long. 1 for none.
        public var partsAcross: Int
        /// Whether faces in whole pictures are looked at from near also to see how far they are tilted: some 3 ms a face.
        /// Without, and in parts of pictures, that is known of those it was not sure of.
        public var findsTilt: Bool

        public init(
            threshold: Double = 0.6, minimumFaceSize: Double = 20, maximumFaceSize: Double? = nil,
            longestSide: Int = 1280, partsAcross: Int = 1, findsTilt: Bool = true
        ) {
            self.threshold = threshold
            self.minimumFaceSize = minimumFaceSize
            self.maximumFaceSize = maximumFaceSize
            self.longestSide = longestSide
            self.partsAcross = partsAcross
            self.findsTilt = findsTilt
        }

        func validate() throws(YuNetError) {
            func require(_ fits: Bool, _ name: String, _ expected: String, _ received: String) throws(YuNetError) {
                guard fits else {
                    throw .invalidOption(name: name, expected: expected, received: received)
                }
            }
            try require((0.1...1).contains(threshold), "threshold", "from 0.1 to 1", "\(threshold)")
            try require(
                (8...100_000).contains(minimumFaceSize), "minimumFaceSize", "from 8 to 100000 pixels",
                "\(minimumFaceSize)")
            try require((64...4096).contains(longestSide), "longestSide", "from 64 to 4096 pixels", "\(longestSide)")
            try require((1...16).contains(partsAcross), "partsAcross", "from 1 to 16", "\(partsAcross)")
        }
    }

    public static let needsColor = true

    public let options: Options
    private let looks: YuNetLooks
    private let near: YuNetNearLooks

    /// Larger pictures than this are looked at twice.
    private static let largestSeenWell = 640
    private static let smallLook = 320
    /// The small look is for faces from this size on: others are seen better by the first.
    private static let large = 200.0
    /// Boxes that overlap a surer one by more than this are the same face.
    static let sameFace = 0.3
    /// From this on the first look suffices, if the threshold is not higher.
    private static let sureAtOnce = 0.8
    /// What a look from near must say to speak against a first look that is sure.
    private static let clearlySeen = 0.7
    /// Below this there is no second look. Looks at 0.35 and 0.6 find more faces than one at 0.6 with a tenth of the
    /// false ones (Benchmarks/Detection).
    static let worthALook = 0.35

    /// Throws `YuNetError.invalidOption`.
    public init(weights: YuNetWeights, options: Options = Options(), threads: ThreadPool) throws(YuNetError) {
        try options.validate()
        self.options = options
        looks = YuNetLooks(weights.network, threads: threads)
        near = YuNetNearLooks(looks)
    }

    public var sureConfidence: Double { 0.8 }
    /// Nine of ten looks at a face from the front are above it: such a face is reported with its first picture, also where
    /// pictures come seldom or are only two.
    public var certainConfidence: Double { 0.88 }

    /// FER2013's pictures are 1.23 times as wide as the box (median of PublicTest), and have its centre.
    public var framing: FaceFraming { FaceFraming(margin: 1.22, leastWidth: 0.7) }

    /// Cost: about 10 ms for 640 x 480 pixels on two threads, and some 3 ms for each face that is looked at from near.
    public func detect(in image: Image, region: Rectangle?) throws(DetectionFailure) -> [DetectedFace] {
        guard let part = PixelRectangle(region, in: image) else { return [] }
        let longest = max(part.width, part.height)
        func look(_ side: Int) throws(DetectionFailure) -> [DetectedFace] {
            try looks.look(
                at: image, part, factor: Double(side) / Double(longest),
                threshold: Float(min(options.threshold, YuNetDetector.worthALook)))
        }
        var found = try look(min(longest, options.longestSide))
        if longest > YuNetDetector.largestSeenWell {
            found += try look(YuNetDetector.smallLook).filter {
                min($0.box.width, $0.box.height) >= YuNetDetector.large
            }
        }
        if region == nil, options.partsAcross > 1, longest > options.longestSide { found += try smallFaces(of: image) }
        var sure: [DetectedFace] = []
        for var face in YuNetDetector.distinct(found) {
            let size = (face.box.width + face.box.height) / 2
            guard size >= options.minimumFaceSize, size <= options.maximumFaceSize ?? .infinity else { continue }
            let isSure = face.confidence >= max(options.threshold, YuNetDetector.sureAtOnce)
            if !isSure || (options.findsTilt && region == nil) {
                let view = try near.view(of: face.box, in: image, isTilted: true)
                if !isSure { face.confidence = view.score }
                // Weak looks from near say nothing against a sure one at everything.
                let isClear = !isSure || view.score >= YuNetDetector.clearlySeen
                face.tilt = isClear ? view.tilt : 0
                face.landmarks = isClear ? view.landmarks ?? face.landmarks : face.landmarks
            }
            guard face.confidence >= options.threshold else { continue }
            face.score = face.confidence
            if let face = YuNetDetector.inside(face, image) { sure.append(face) }
        }
        return sure.sorted { $0.confidence > $1.confidence }
    }

    /// What is seen in the parts of a large picture only.
    private func smallFaces(of image: Image) throws(DetectionFailure) -> [DetectedFace] {
        let search = YuNetParts(
            width: image.width, height: image.height, side: options.longestSide, most: options.partsAcross)
        guard options.minimumFaceSize < search.largestFace else { return [] }
        var found: [DetectedFace] = []
        for part in search.parts {
            guard let pixels = PixelRectangle(part, in: image) else { continue }
            let faces = try looks.look(
                at: image, pixels, factor: search.factor,
                threshold: Float(min(options.threshold, YuNetDetector.worthALook)))
            found += faces.filter { $0.box.width < search.largestFace && search.isWhole($0.box, in: part) }
        }
        // So many more places are looked at that one look must be sure, and the one from near clear.
        var clear: [DetectedFace] = []
        for face in YuNetDetector.distinct(found)
        where (face.box.width + face.box.height) / 2 >= options.minimumFaceSize {
            let view = try near.view(of: face.box, in: image, isTilted: true)
            if view.score >= YuNetDetector.clearlySeen,
                max(view.score, face.confidence) >= YuNetDetector.sureAtOnce
            {
                clear.append(face)
            }
        }
        return clear
    }

    /// How sure the network is of an upright face in the box when it looks at little else; 0 if it finds none.
    ///
    /// Cost: 0.3 to 0.8 ms on one thread.
    public func score(of box: Rectangle, in image: Image) throws(DetectionFailure) -> Double {
        try near.view(of: box, in: image, isTilted: false).score
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
