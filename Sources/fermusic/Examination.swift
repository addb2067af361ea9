import EmotionRecognition
import NeuralNet
import Terminal

/// Models measured on the same pictures, each in the size it wants them.
final class Examination {
    /// A model and how it did.
    struct Subject {
        var path: String
        /// The file's name without folder and ending.
        var name: String
        var model: EmotionModel
        var predictions: Predictions
        var evaluation: Evaluation
        var facts: ModelFacts
    }

    let data: String
    let split: FaceDataset.Split?
    private(set) var skipped = 0
    private let splitName: String
    private let augmentation: TestTimeAugmentation
    private let precision: Precision
    private let skipsBad: Bool
    private let threads: ThreadPool
    private let console: Console
    /// By width: data sets are read once for each.
    private var datasets: [Int: FaceDataset] = [:]

    init(_ a: Arguments, data: String, split: String?, tta: TestTimeAugmentation, _ console: Console) throws {
        self.data = data
        splitName = split ?? "PublicTest"
        self.split = FaceDataset.Split(rawValue: splitName)
        augmentation = tta
        precision = SharedOptions.precision(a)
        skipsBad = a[SharedOptions.skipBad]
        threads = SharedOptions.threadPool(a)
        self.console = console
    }

    /// Reads and measures a model. Throws what reading model and data throw.
    func examine(_ path: String, hints: EmotionModel.Hints) throws -> Subject {
        let model = try EmotionModel(reading: path, hints: hints)
        let dataset = try dataset(for: model)
        let indices = split.map { dataset.indices(of: $0) } ?? Array(0..<dataset.count)
        guard !indices.isEmpty else {
            let counts = FaceDataset.Split.allCases.map { "\($0.rawValue) \(dataset.indices(of: $0).count)" }
            throw DatasetError.empty(
                path: data, reason: "no images in \(splitName) (\(counts.joined(separator: ", ")))")
        }
        let file = path.split(separator: "/").last.map(String.init) ?? path
        let display = ProgressDisplay("evaluating \(file)", total: indices.count, stream: console.errors)
        let predictions = try Predictions(
            of: model, on: dataset, indices: indices, augmentation: augmentation, precision: precision, threads: threads
        ) { display.update($0) }
        display.finish()
        return Subject(
            path: path, name: file.lastIndex(of: ".").map { String(file[..<$0]) } ?? file, model: model,
            predictions: predictions, evaluation: Evaluation(predictions, split: split),
            facts: try ModelFacts(model, path: path, precision: precision, threads: threads))
    }

    /// The data in the size that a model wants.
    func dataset(for model: EmotionModel) throws -> FaceDataset {
        let size = model.card.input.scaledSize.width
        if let known = datasets[size] { return known }
        let loaded = try SharedOptions.readDataset(data, size: size, skipsBad: skipsBad, threads: threads, console)
        skipped = loaded.skipped.count
        datasets[size] = loaded.dataset
        return loaded.dataset
    }
}
