import EmotionRecognition
import Files
import NeuralNet
import Terminal
import Threads

/// Models measured on the same pictures, each in the size it wants them.
final class MeasuredModels {
    /// A model and how it did.
    struct Subject {
        var path: String
        /// The file's name without folder and ending.
        var name: String
        var model: EmotionModel
        var predictions: Predictions
        var evaluation: Evaluation
        var facts: ModelFacts
        /// Nil unless asked for.
        var robustness: RobustnessEvaluation?
    }

    let data: String
    let split: FaceDataset.Split?
    private(set) var skipped = 0
    private let splitName: String
    private let augmentation: TestTimeAugmentation
    private let isSpoilt: Bool
    private let precision: Precision
    private let skipsBad: Bool
    private let classes: String?
    private let votes: VoteFiles?
    private let threads: ThreadPool
    private let console: Console
    /// By width: data sets are read once for each.
    private var datasets: [Int: FaceDataset] = [:]

    /// - Parameter isSpoilt: measures on spoilt pictures too.
    init(
        _ a: Arguments, data: String, split: String?, tta: TestTimeAugmentation, isSpoilt: Bool = false,
        _ console: Console
    ) throws {
        self.data = data
        splitName = split ?? "PublicTest"
        self.split = FaceDataset.Split(rawValue: splitName)
        augmentation = tta
        self.isSpoilt = isSpoilt
        precision = try SharedOptions.precision(a).fastest
        skipsBad = a[SharedOptions.skipBad]
        classes = a[SharedOptions.classes]
        votes = VoteFiles(a)
        threads = SharedOptions.threadPool(a)
        self.console = console
    }

    /// Reads and measures models; `hints` are for those whose files do not say it. Throws what reading models and data
    /// throw.
    func examine(_ paths: [String], hints: EmotionModel.Hints) throws -> [Subject] {
        let models = try paths.map { try EmotionModel(reading: $0, hints: hints) }
        if paths.count == 1 { try SharedOptions.requireAgreement(hints, models[0], paths[0]) }
        for note in models.flatMap(\.notes) { try console.errors.line(printable(Remedies.text(note))) }
        let predictions = try zip(models, paths).map(predict)
        let timings = try LookTiming.measure(models, precision: precision, threads: threads)
        if let spread = timings.map(\.spread).max(), spread > 2 {
            try console.errors.line(
                "note: the machine is busy, times per face differ \(fixed(spread, 1))-fold from round to round")
        }
        return try paths.indices.map { at in
            Subject(
                path: paths[at], name: paths[at].withoutPathExtension, model: models[at], predictions: predictions[at],
                evaluation: Evaluation(predictions[at], split: split, dataset: try dataset(for: models[at])),
                facts: ModelFacts(models[at], path: paths[at], timing: timings[at]),
                robustness: isSpoilt ? try robustness(models[at], paths[at], predictions[at].indices) : nil)
        }
    }

    private func predict(_ model: EmotionModel, _ path: String) throws -> Predictions {
        let dataset = try dataset(for: model)
        let indices = try Self.indices(of: split, in: dataset, for: model, path, console)
        guard !indices.isEmpty else {
            let parts = FaceDataset.Split.allCases.filter { !dataset.indices(of: $0).isEmpty }
            let hint = parts.count == 1 ? "; --split \(parts[0].rawValue) measures on what is there" : ""
            let counts = FaceDataset.Split.allCases.map { "\($0.rawValue) \(dataset.indices(of: $0).count)" }
            throw DatasetError.empty(
                path: data, reason: "no images in \(splitName) (\(counts.joined(separator: ", ")))\(hint)")
        }
        let display = ProgressDisplay("evaluating \(path.lastPathPart)", total: indices.count, stream: console.errors)
        let predictions = try Predictions(
            of: model, on: dataset, indices: indices, augmentation: augmentation, precision: precision, threads: threads
        ) { display.update($0) }
        display.finish()
        return predictions
    }

    private func robustness(_ model: EmotionModel, _ path: String, _ indices: [Int]) throws -> RobustnessEvaluation {
        let display = ProgressDisplay(
            "spoiling pictures for \(path.lastPathPart)", total: RobustnessEvaluation.steps, stream: console.errors)
        defer { display.finish() }
        return try RobustnessEvaluation(
            of: model, on: dataset(for: model), indices: indices, precision: precision, threads: threads
        ) { display.update($0) }
    }

    /// The pictures of a split, or all. Models of seven emotions are measured without contempt, which FER2013's labels do
    /// not have but people's votes do; how many are left out is said.
    static func indices(
        of split: FaceDataset.Split?, in dataset: FaceDataset, for model: EmotionModel, _ path: String,
        _ console: Console
    ) throws -> [Int] {
        let all = split.map { dataset.indices(of: $0) } ?? Array(0..<dataset.count)
        guard dataset.votes != nil else { return all }
        let known = Set(ModelLabels.standard(model.card.classNames))
        let indices = all.filter { known.contains(dataset.classNames[Int(dataset.labels[$0])]) }
        if indices.count < all.count {
            try console.errors.line(
                "\(path.lastPathPart): \(all.count - indices.count) pictures of classes that it does not know were left out"
            )
        }
        return indices
    }

    /// The data in the size that a model wants.
    func dataset(for model: EmotionModel) throws -> FaceDataset {
        let size = model.card.input.scaledSize.width
        if let known = datasets[size] { return known }
        let loaded = try SharedOptions.readDataset(
            data, size: size, skipsBad: skipsBad, classes: classes, votes: votes, threads: threads, console)
        skipped = loaded.skipped.count
        datasets[size] = loaded.dataset
        return loaded.dataset
    }
}
