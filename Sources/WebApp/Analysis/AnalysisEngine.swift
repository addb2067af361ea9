import EmotionRecognition
import Emotions
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
        /// Emotions told apart, at most; nil for all that the model knows.
        var selection: EmotionSelection?
        /// How faces are found.
        var detector: String
        /// One of many pictures, to be done fast: small faces are not looked for.
        var isStream = false
    }

    private let models: ModelShelf
    private let detectors: DetectorShelf
    private let threads = ThreadPool(threads: 1)
    private var recognisers: [Int: EmotionRecogniser] = [:]
    private var searches: [Search: FaceSearch] = [:]
    private var readers: [Wish: FaceReader] = [:]

    private struct Search: Hashable {
        var detector: String
        var isStream: Bool
    }

    init(_ models: ModelShelf, _ detectors: DetectorShelf) {
        self.models = models
        self.detectors = detectors
    }

    /// The reader for a wish; made when first asked for. Throws what models, detectors and groupings throw.
    func reader(for wish: Wish) throws -> FaceReader {
        if let known = readers[wish] { return known }
        let recogniser: EmotionRecogniser
        if let known = recognisers[wish.model] {
            recogniser = known
        } else {
            recogniser = try EmotionRecogniser(models.entries[wish.model].model, batchSize: 4, threads: threads)
            recognisers[wish.model] = recogniser
        }
        var options = FaceReader.Options()
        options.grouping = try wish.selection.flatMap {
            try EmotionGrouping($0, of: recogniser.emotionModel.card.classNames)
        }
        let reader = try FaceReader(
            recogniser, search: search(Search(detector: wish.detector, isStream: wish.isStream)), options: options)
        readers[wish] = reader
        return reader
    }

    private func search(_ wanted: Search) throws -> FaceSearch {
        if let known = searches[wanted] { return known }
        let search = try detectors.search(wanted.detector, isHurried: wanted.isStream, threads: threads)
        searches[wanted] = search
        return search
    }
}
