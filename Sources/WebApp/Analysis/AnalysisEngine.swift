import EmotionRecognition
import FaceVision
import Threads

/// All that looking at pictures needs memory for: detectors and networks. Each worker has one, and visitors take
/// turns; what is known about a visitor's faces is elsewhere (`AnalysisSession`) and small.
final class AnalysisEngine: @unchecked Sendable {
    // Safe to share: an engine is used by its worker's thread only.

    /// What somebody wants of the analysis.
    struct Wish: Hashable, Sendable {
        /// Place on the shelf.
        var model = 0
        /// The five classes that are easier to tell apart, instead of all.
        var isFive = false
        /// The picture is one cropped face.
        var isCrop = false
        /// One of many pictures, to be done fast: small faces are not looked for.
        var isStream = false
    }

    private let shelf: ModelShelf
    private let cascade: HaarCascade
    private let threads = ThreadPool(threads: 1)
    private var recognisers: [Int: EmotionRecogniser] = [:]
    private var detectors: [Bool: HaarCascadeDetector] = [:]
    private var readers: [Wish: FaceReader] = [:]

    init(_ shelf: ModelShelf, cascade: HaarCascade) {
        self.shelf = shelf
        self.cascade = cascade
    }

    /// The reader for a wish; made when first asked for. Throws what models and groupings throw.
    func reader(for wish: Wish) throws -> FaceReader {
        if let known = readers[wish] { return known }
        let recogniser: EmotionRecogniser
        if let known = recognisers[wish.model] {
            recogniser = known
        } else {
            recogniser = try EmotionRecogniser(shelf.entries[wish.model].model, batchSize: 4, threads: threads)
            recognisers[wish.model] = recogniser
        }
        var options = FaceReader.Options()
        if wish.isFive { options.grouping = .five }
        let reader = try FaceReader(
            recogniser, detector: wish.isCrop ? nil : try detector(isStream: wish.isStream), options: options)
        readers[wish] = reader
        return reader
    }

    private func detector(isStream: Bool) throws -> HaarCascadeDetector {
        if let known = detectors[isStream] { return known }
        var options = HaarCascadeDetector.Options()
        let size = isStream ? 56 : 40
        options.scaleFactor = isStream ? 1.15 : 1.1
        options.minNeighbors = 5
        options.minSize = PixelSize(width: size, height: size)
        let detector = try HaarCascadeDetector(cascade: cascade, options: options, threads: threads)
        detectors[isStream] = detector
        return detector
    }
}
