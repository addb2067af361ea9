import EmotionRecognition
import Files
import NeuralNet
import Terminal
import TextCoding
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

    /// Whether all models that were examined know the same classes.
    private(set) var haveSameClasses = true

    /// Reads and measures models; `hints` are for those whose files do not say it. Throws what reading models and data
    /// throw.
    ///
    /// - Parameter sharesClasses: models of different classes are measured on the pictures of those that all know, as if
    ///   they knew no others; where there are none, throws `RecognitionError.incompatibleData`.
    func examine(
        _ paths: [String], hints: EmotionModel.Hints, sharesClasses: Bool = false
    ) throws -> [Subject] {
        let files = try paths.map { try ShippedModels.path($0) }
        let models = try files.map { try EmotionModel(reading: $0, hints: hints) }
        if paths.count == 1 { try SharedOptions.requireAgreement(hints, models[0], paths[0]) }
        for note in models.flatMap(\.notes) { try console.errors.line(printable(Remedies.text(note))) }
        let shared = sharedClasses(models)
        haveSameClasses = shared == nil
        if sharesClasses, let shared, shared.count < 2 {
            throw RecognitionError.incompatibleData(
                expected: "models that know two classes in common",
                received: models.map { $0.card.classNames.joined(separator: ", ") }.joined(separator: "; "))
        }
        if let shared {
            try console.errors.line(
                sharesClasses
                    ? "the models know different classes: they are compared by what both know, \(shared.joined(separator: ", "))"
                    : "the models know different classes: each is measured alone")
        }
        let only = sharesClasses ? shared : nil
        let predictions = try zip(models, paths).map { try predict($0, $1, only: only) }
        let timings = try LookTiming.measure(models, precision: precision, threads: threads)
        if let spread = timings.map(\.spread).max(), spread > 2 {
            try console.errors.line(
                "note: the machine is busy, times per face differ \(fixed(spread, 1))-fold from round to round")
        }
        return try paths.indices.map { at in
            Subject(
                path: paths[at], name: paths[at].withoutPathExtension, model: models[at], predictions: predictions[at],
                evaluation: try Evaluation(predictions[at], split: split, dataset: try dataset(for: models[at])),
                facts: ModelFacts(models[at], path: files[at], timing: timings[at]),
                robustness: isSpoilt ? try robustness(models[at], paths[at], predictions[at].indices) : nil)
        }
    }

    /// The classes that all models know, as the first orders them; nil where they know no others.
    private func sharedClasses(_ models: [EmotionModel]) -> [String]? {
        let names = models.map { ModelLabels.standard($0.card.classNames) }
        guard names.contains(where: { Set($0) != Set(names[0]) }) else { return nil }
        return names[0].filter { name in names.allSatisfy { $0.contains(name) } }
    }

    private func predict(_ model: EmotionModel, _ path: String, only shared: [String]?) throws -> Predictions {
        let dataset = try dataset(for: model)
        let indices = try Self.indices(of: split, in: dataset, for: model, path, only: shared, console)
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
        return try shared.map { try predictions.restricted(to: $0) } ?? predictions
    }

    private func robustness(_ model: EmotionModel, _ path: String, _ indices: [Int]) throws -> RobustnessEvaluation {
        let display = ProgressDisplay(
            "spoiling pictures for \(path.lastPathPart)", total: RobustnessEvaluation.steps, stream: console.errors)
        defer { display.finish() }
        return try RobustnessEvaluation(
            of: model, on: dataset(for: model), indices: indices, precision: precision, threads: threads
        ) { display.update($0) }
    }

    /// The pictures of a split, or all, that show what a model knows. Where the data has all of its classes and others too,
    /// as people's votes have contempt beside FER2013's seven, these are left out, and how many is said.
    static func indices(
        of split: FaceDataset.Split?, in dataset: FaceDataset, for model: EmotionModel, _ path: String,
        only shared: [String]? = nil, _ console: Console
    ) throws -> [Int] {
        let all = split.map { dataset.indices(of: $0) } ?? Array(0..<dataset.count)
        let known = Set(ModelLabels.standard(model.card.classNames))
        // Of classes that are others altogether none are left out silently: they may be the same by other names.
        let wanted = shared.map(Set.init) ?? (known.isSubset(of: dataset.classNames) ? known : nil)
        guard let wanted else { return all }
        let indices = all.filter { wanted.contains(dataset.classNames[Int(dataset.labels[$0])]) }
        if indices.count < all.count, shared == nil {
            try console.errors.line(
                "\(path.lastPathPart): \(counted(all.count - indices.count, "picture")) of classes that it does not know left out"
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
