import Threads

/// Finds faces with three small networks, each looking closer at what the one before let through: boxes, five
/// landmarks and probabilities.
///
/// Does what the PyPI package mtcnn 1.0.0 does with its default options, on the same weights. Cost: about 20 ms for
/// 640 x 480 pixels on two threads, more where many faces are.
///
/// Source: K. Zhang, Z. Zhang, Z. Li, Y. Qiao, "Joint Face Detection and Alignment Using Multitask Cascaded
/// Convolutional Networks", IEEE Signal Processing Letters 23(10), 2016.
public final class MTCNNDetector: FaceDetector {
    /// How sure each stage must be, 0...1.
    public struct Thresholds: Sendable, Hashable {
        public var proposal: Double
        public var refinement: Double
        public var output: Double

        public init(proposal: Double = 0.6, refinement: Double = 0.7, output: Double = 0.8) {
            self.proposal = proposal
            self.refinement = refinement
            self.output = output
        }
    }

    public struct Options: Sendable, Hashable {
        /// The side of the smallest face to find, in pixels, from 8. The time falls with its square.
        public var minimumFaceSize: Double
        /// From each size of the picture to the next, 0.1...0.9.
        public var scaleFactor: Double
        public var thresholds: Thresholds

        public init(
            minimumFaceSize: Double = 20, scaleFactor: Double = 0.709, thresholds: Thresholds = Thresholds()
        ) {
            self.minimumFaceSize = minimumFaceSize
            self.scaleFactor = scaleFactor
            self.thresholds = thresholds
        }

        func validate() throws {
            func require(_ value: Double, _ name: String, in range: ClosedRange<Double>, _ expected: String) throws {
                guard range.contains(value) else {
                    throw MTCNNError.invalidOption(name: name, expected: expected, received: "\(value)")
                }
            }
            try require(minimumFaceSize, "minimumFaceSize", in: 8...100_000, "from 8 to 100000 pixels")
            try require(scaleFactor, "scaleFactor", in: 0.1...0.9, "from 0.1 to 0.9")
            try require(thresholds.proposal, "thresholds.proposal", in: 0...1, "from 0 to 1")
            try require(thresholds.refinement, "thresholds.refinement", in: 0...1, "from 0 to 1")
            try require(thresholds.output, "thresholds.output", in: 0...1, "from 0 to 1")
        }
    }

    public static let needsColor = true

    public let options: Options
    private let proposals: MTCNNProposals
    private let refinement: MTCNNPatches
    private let output: MTCNNPatches

    /// Throws `MTCNNError.invalidOption`.
    public init(weights: MTCNNWeights, options: Options = Options(), threads: ThreadPool) throws {
        try options.validate()
        self.options = options
        proposals = MTCNNProposals(
            weights.proposal, minimumFaceSize: options.minimumFaceSize, factor: options.scaleFactor, threads: threads)
        refinement = try MTCNNPatches(weights.refinement, batch: 8, threads: threads)
        output = try MTCNNPatches(weights.output, batch: 4, threads: threads)
    }

    /// Proposals come from windows inside `region`; the later stages may look at what is around it.
    public func detect(in image: Image, region: Rectangle?) throws -> [DetectedFace] {
        guard let part = PixelRectangle(region, in: image) else { return [] }
        let picture = image.rgb
        var candidates = try propose(in: picture, part)
        candidates = refine(candidates, in: picture)
        candidates = decide(candidates, in: picture)
        return candidates.map { MTCNNDetector.face($0, in: picture) }
    }

    private func propose(in image: Image, _ part: PixelRectangle) throws -> [MTCNNCandidate] {
        let levels = try image.pixels.withUnsafeBufferPointer {
            try proposals.find(
                $0.baseAddress! + (part.top * image.width + part.left) * 3, rowLength: image.width * 3,
                height: part.height, width: part.width, threshold: Float(options.thresholds.proposal))
        }
        let perLevel = levels.flatMap { MTCNNSuppression.apply($0, threshold: 0.5, overlap: .union) }
        return MTCNNSuppression.apply(perLevel, threshold: 0.7, overlap: .union).map {
            var box = $0.square
            box.left += Double(part.left)
            box.right += Double(part.left)
            box.top += Double(part.top)
            box.bottom += Double(part.top)
            return box
        }
    }

    private func refine(_ candidates: [MTCNNCandidate], in image: Image) -> [MTCNNCandidate] {
        let kept = judge(candidates, in: image, by: refinement, threshold: options.thresholds.refinement) {
            $0.calibrate($1)
        }
        return MTCNNSuppression.apply(kept, threshold: 0.7, overlap: .union).map(\.square)
    }

    private func decide(_ candidates: [MTCNNCandidate], in image: Image) -> [MTCNNCandidate] {
        let kept = judge(candidates, in: image, by: output, threshold: options.thresholds.output) {
            $0.setLandmarks($1 + 4)
            $0.calibrate($1)
        }
        return MTCNNSuppression.apply(kept, threshold: 0.7, overlap: .minimum)
    }

    /// Those that a network scores above `threshold`, changed by what else it says about them.
    private func judge(
        _ candidates: [MTCNNCandidate], in image: Image, by network: MTCNNPatches, threshold: Double,
        change: (inout MTCNNCandidate, UnsafePointer<Float>) -> Void
    ) -> [MTCNNCandidate] {
        let results = network.run(image, candidates)
        return results.withUnsafeBufferPointer { results in
            var kept: [MTCNNCandidate] = []
            for (index, candidate) in candidates.enumerated() {
                let values = results.baseAddress! + index * network.values
                var candidate = candidate
                candidate.score = MTCNNProbability.face(values + network.values - 2)
                guard candidate.score > Float(threshold) else { continue }
                change(&candidate, values)
                if candidate.isFinite { kept.append(candidate) }
            }
            return kept
        }
    }

    /// The box within the picture; landmarks may lie outside.
    private static func face(_ candidate: MTCNNCandidate, in image: Image) -> DetectedFace {
        func limit(_ value: Double, _ size: Int) -> Double { min(max(value, 0), Double(size - 1)) }
        let left = limit(candidate.left, image.width), top = limit(candidate.top, image.height)
        let right = limit(candidate.right, image.width), bottom = limit(candidate.bottom, image.height)
        let points = (0..<5).map { Point(x: candidate.landmarks[$0], y: candidate.landmarks[$0 + 5]) }
        return DetectedFace(
            box: Rectangle(x: left, y: top, width: right - left, height: bottom - top),
            confidence: Double(candidate.score), score: Double(candidate.score),
            landmarks: FaceLandmarks(
                leftEye: points[0], rightEye: points[1], nose: points[2], mouthLeft: points[3],
                mouthRight: points[4]))
    }
}
