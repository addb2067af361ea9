/// All that is prepared for searching pictures of one size: first every band is scanned, by any thread, then the windows
/// are asked for.
final class HaarSearch {
    private let pyramid: HaarPyramid
    private let cascade: HaarCascade
    private let scanners: [HaarBandScanner]
    /// For windows one and two pixels apart.
    private let tables: (step1: HaarTables, step2: HaarTables)

    /// A cascade that accepts more windows than this is taken for damaged: grouping them would take very long.
    static let maximumCandidates = 20_000

    var bandCount: Int { pyramid.bands.count }

    init(cascade: HaarCascade, pyramid: HaarPyramid, threads: Int) {
        let stride = HaarBandScanner.stride(for: pyramid)
        let tilted = 2 * HaarBandScanner.planeSize(for: pyramid, cascade: cascade)
        self.pyramid = pyramid
        self.cascade = cascade
        scanners = (0..<threads).map { _ in
            HaarBandScanner(cascade: cascade, pyramid: pyramid, maximumCandidates: HaarSearch.maximumCandidates)
        }
        tables = (
            HaarTables(cascade, layout: HaarLayout(stride: stride, half: 0), tilted: tilted),
            HaarTables(cascade, layout: HaarLayout(stride: stride, half: stride / 2), tilted: tilted)
        )
    }

    func fits(width: Int, height: Int) -> Bool { pyramid.imageWidth == width && pyramid.imageHeight == height }

    /// Threads with different numbers may call this at once.
    func scan(band index: Int, thread: Int, _ pixels: GrayPixels) {
        let band = pyramid.bands[index]
        let level = pyramid.levels[band.level]
        scanners[thread].scan(
            band, level: level, pixels: pixels, tables: level.step == 1 ? tables.step1 : tables.step2)
    }

    /// The windows that passed since the last call, in pixels of the picture, always in the same order. Throws
    /// `HaarCascadeError.tooManyCandidates`.
    func windows() throws -> [GroupedRectangle] {
        defer { for scanner in scanners { scanner.removeCandidates() } }
        let limit = HaarSearch.maximumCandidates
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
