import NeuralNet

/// All that is prepared for searching pictures of one size.
final class HaarSearch {
    private let part: PixelRegion
    private let pyramid: HaarPyramid
    private let cascade: HaarCascade
    private let scanners: [HaarBandScanner]
    /// For windows one and two pixels apart.
    private let tables: (step1: HaarTables, step2: HaarTables)

    init(cascade: HaarCascade, options: HaarCascadeDetector.Options, part: PixelRegion, threads: Int) {
        let pyramid = HaarPyramid(width: part.width, height: part.height, cascade: cascade, options: options)
        let stride = HaarBandScanner.stride(for: pyramid)
        let tilted = 2 * HaarBandScanner.planeSize(for: pyramid, cascade: cascade)
        self.part = part
        self.pyramid = pyramid
        self.cascade = cascade
        scanners = (0..<threads).map { _ in
            HaarBandScanner(
                cascade: cascade, pyramid: pyramid, maximumCandidates: HaarCascadeDetector.maximumCandidates)
        }
        tables = (
            HaarTables(cascade, layout: HaarLayout(stride: stride, half: 0), tilted: tilted),
            HaarTables(cascade, layout: HaarLayout(stride: stride, half: stride / 2), tilted: tilted)
        )
    }

    func fits(_ part: PixelRegion) -> Bool { part.width == self.part.width && part.height == self.part.height }

    /// The windows that pass, in pixels of the picture, always in the same order.
    func run(_ pixels: GrayPixels, threads: ThreadPool) throws -> [GroupedRectangle] {
        for scanner in scanners { scanner.removeCandidates() }
        threads.runEach(pyramid.bands.count) { thread, index in
            let band = pyramid.bands[index]
            let level = pyramid.levels[band.level]
            scanners[thread].scan(
                band, level: level, pixels: pixels, tables: level.step == 1 ? tables.step1 : tables.step2)
        }
        let limit = HaarCascadeDetector.maximumCandidates
        guard scanners.reduce(0, { $0 + $1.candidates.count }) <= limit else {
            throw HaarCascadeError.tooManyCandidates(limit: limit)
        }
        return scanners.flatMap { $0.candidates }
            .sorted { ($0.level, $0.y, $0.x) < ($1.level, $1.y, $1.x) }
            .map(rectangle)
    }

    private func rectangle(_ candidate: HaarCandidate) -> GroupedRectangle {
        let scale = pyramid.levels[Int(candidate.level)].scale
        func scaled(_ value: Int32) -> Int32 { Int32((Float(value) * scale).rounded(.toNearestOrEven)) }
        return GroupedRectangle(
            x: scaled(candidate.x), y: scaled(candidate.y), width: scaled(Int32(cascade.windowWidth)),
            height: scaled(Int32(cascade.windowHeight)))
    }
}
