import Emotions
import FaceVision
import Files
import Glibc
import JSON
import JSONCoding
import NeuralNet
import Threads
import Timing

/// One training run from data to model file: validates, keeps the best, logs, and can be interrupted at any moment.
public final class TrainingSession {
    /// What the run was begun with.
    public let settings: Settings
    /// Where it writes.
    public let files: Paths
    /// The network in training, with the latest weights.
    public let model: Model
    /// What trains it. While `run` goes on its callbacks are led by one of the session's, which saves before the others are
    /// told.
    public let trainer: Trainer
    /// The data, with only the classes that are used.
    public let dataset: FaceDataset
    /// Pictures that are trained on.
    public let trainingCount: Int
    /// Pictures that are validated on: the split PublicTest, or a share of the training pictures.
    public let validationCount: Int
    private let input: InputFormat
    /// Of the data, see `FaceDataset.trainingFingerprint`.
    public let dataFingerprint: String
    /// Of the teacher's weights; nil without a teacher.
    public let teacherFingerprint: String?
    /// Of the weights that the run started from; nil for random ones.
    public let baseFingerprint: String?
    private let validation: [Int]
    private let threads: ThreadPool
    private var lastSave = monotonicSeconds()
    /// Seconds of training before this process.
    private var earlierSeconds = 0.0
    private let started = monotonicSeconds()
    /// When the run began, in whichever process.
    private var began = Machine.now

    /// Asked between steps: false ends the run in good order.
    public var shouldContinue: () -> Bool = { true }
    /// Called after each step and each epoch.
    public var stepEnded: (Trainer) -> Void = { _ in }
    /// Called after each epoch, validation included; what it throws ends the run.
    public var epochEnded: (EpochRecord) throws -> Void = { _ in }

    /// Prepares a run on data that was read before, and reads the teacher. Throws `RecipeProblem`, `RecognitionError` or
    /// `DatasetError` when they do not fit. Of several processes the one of rank 0 writes all files.
    public init(
        settings: Settings, files: Paths, dataset: FaceDataset, threads: ThreadPool, budget: Double? = nil,
        communicator: any Communicator = SingleProcess()
    ) throws {
        let recipe = settings.recipe
        if let problem = recipe.problem { throw problem }
        self.settings = settings
        self.files = files
        let base = try recipe.readBase()
        let dataset =
            try (recipe.head ?? base?.sameClasses(as: dataset))
            .map { try dataset.keeping($0, path: settings.data) } ?? dataset
        self.dataset = dataset
        let size = recipe.cropSize ?? dataset.size
        baseFingerprint = base?.model.weights.fingerprint
        var input = Self.inputFormat(recipe, dataset)
        if let known = base?.card.input {
            (input.black, input.white) = (known.black, known.white)
            input.repeatsGrey = known.channels == 3 ? true : nil
        }
        self.input = input
        model =
            try base.map { try recipe.makeModel(from: $0, classNames: dataset.classNames) }
            ?? recipe.makeModel(classes: dataset.classNames.count)
        var training = dataset.indices(of: .training)
        var validation = dataset.indices(of: .publicTest)
        if validation.isEmpty, recipe.validationSplit > 0 {
            (training, validation) = dataset.stratifiedSplit(
                training, fraction: recipe.validationSplit, seed: recipe.seed)
        }
        guard !training.isEmpty else {
            throw DatasetError.empty(path: settings.data, reason: "no training pictures")
        }
        trainingCount = training.count
        validationCount = validation.count
        self.validation = validation
        self.threads = threads
        dataFingerprint = dataset.trainingFingerprint
        let format = input
        func data(_ indices: [Int], _ augmentation: Augmentation = .none) throws -> FaceTrainingData {
            var data = try FaceTrainingData(
                dataset, indices: indices, scale: format.scale, offset: format.offset, cropSize: size,
                augmentation: augmentation, seed: recipe.seed)
            data.channels = recipe.channels
            data.equalisation = recipe.equalisation
            return data
        }
        var trainingData = try data(training, recipe.augmentation)
        let finish = recipe.epochs - recipe.finishEpochs
        trainingData.finish = (finish, recipe.augmentation.scaled(by: recipe.finishAugmentation))
        let counts = dataset.classNames.indices.map { label in training.count { dataset.labels[$0] == UInt8(label) } }
        var options = recipe.options(classCounts: counts)
        options.budget = budget
        options.synchronisesBatchNormalization = settings.synchronisesBatchNormalization ?? true
        options.sumsInFixedPieces = settings.sumsInFixedPieces ?? false
        let seen: any TrainingData =
            recipe.mixup > 0
            ? try MixupData(trainingData, alpha: recipe.mixup, seed: recipe.seed, endEpoch: finish) : trainingData
        let teacher = try recipe.makeTeacher(input: input, classNames: dataset.classNames)
        teacherFingerprint = teacher.map { $0.models.map(\.weights.fingerprint).joined(separator: ",") }
        trainer = try Trainer(
            model, options: options, data: seen,
            validation: validation.isEmpty ? nil : try data(validation), teacher: teacher, threads: threads,
            communicator: communicator)
    }

    private static func inputFormat(_ recipe: TrainingRecipe, _ dataset: FaceDataset) -> InputFormat {
        let size = recipe.cropSize ?? dataset.size
        var input = InputFormat(width: size, height: size, channels: recipe.channels)
        if size < dataset.size { input.pictureSize = dataset.size }
        if recipe.equalisation != .none { input.equalisation = recipe.equalisation }
        if recipe.channels == 3 { input.repeatsGrey = true }
        return input
    }

    private var communicator: any Communicator { trainer.communicator }
    /// Whether this process is the one that writes files.
    public var isWriter: Bool { communicator.rank == 0 }

    /// Goes back to where the run was interrupted. Of several processes, as many as there are now, only that of rank 0
    /// needs the file. Throws `RecognitionError.file` if the data has changed since.
    public func resume() throws {
        try communicator.together { if isWriter { try restore() } }
        if communicator.isAlone { return }
        let text = communicator.broadcast(isWriter ? try JSONValue.encode(trainer.progress) : "")
        try trainer.shareState(JSONValue.decode(TrainingProgress.self, from: text))
    }

    private func restore() throws {
        let text = try ResumeFile.settings(of: files.resume)
        let saved = try JSONValue.decode(Saved.self, from: text)
        guard saved.dataFingerprint == dataFingerprint else {
            throw RecognitionError.file(
                path: files.resume, place: nil,
                reason: "\(settings.data) is not the data the run began with; the same pictures in another order, as "
                    + "Kaggle's CSV and folders have them, count as other data")
        }
        guard saved.teacherFingerprint == teacherFingerprint else {
            throw RecognitionError.file(
                path: files.resume, place: nil,
                reason: "\(settings.recipe.teacher?.recipeText ?? "the teacher") is not the teacher the run began with")
        }
        guard saved.baseFingerprint == baseFingerprint else {
            throw RecognitionError.file(
                path: files.resume, place: nil,
                reason: "\(settings.recipe.from ?? "the model") is not what the run started from")
        }
        earlierSeconds = saved.seconds
        began = saved.began ?? began
        try ResumeFile.restore(trainer, from: files.resume)
    }

    /// Trains. Afterwards the checkpoint holds the model; if the run is not over, the resume file holds its state,
    /// otherwise there is none. Throws `RecognitionError`; the last good files stay.
    public func run() throws -> TrainingEnd {
        let stepEnd: (Trainer) throws -> Void = { [unowned self] trainer in
            stepEnded(trainer)
            if !shouldContinue() { trainer.stopsTraining = true }
            if isWriter, !trainer.stopsTraining, monotonicSeconds() - lastSave > files.saveInterval { try saveState() }
        }
        let epochEnd: (Trainer, EpochRecord) throws -> Void = { [unowned self] trainer, record in
            if isWriter {
                if settings.recipe.save == .last || trainer.isBest { try saveModel(record) }
                // Before all that can fail without harm to the run.
                if trainer.progress.epoch < settings.recipe.epochs { try saveState() }
                try settings.log.map { try trainer.progress.history.writeLog(to: $0) }
                try epochEnded(record)
            }
            if !shouldContinue() { trainer.stopsTraining = true }
        }
        let own = LambdaCallback(onStepEnd: stepEnd, onEpochEnd: epochEnd)
        trainer.callbacks.insert(own, at: 0)
        defer { trainer.callbacks.removeAll { $0 === own } }
        let end = try trainer.run()
        guard isWriter else { return end }
        switch end {
        case .finished, .stoppedEarly:
            try completeCard()
            unlink(files.resume.cPath)
        case .interrupted, .budgetUsed: try saveState()
        }
        return end
    }

    private var seconds: Double { earlierSeconds + monotonicSeconds() - started }

    private func saveState() throws {
        let saved = Saved(
            settings: settings, seconds: seconds, dataFingerprint: dataFingerprint,
            teacherFingerprint: teacherFingerprint, baseFingerprint: baseFingerprint, began: began)
        let text = try JSONValue.encode(saved)
        try ResumeFile.save(trainer, settings: text, to: files.resume)
        lastSave = monotonicSeconds()
    }

    private func saveModel(_ record: EpochRecord) throws {
        var card = ModelCard(classNames: dataset.classNames, input: input)
        card.training = ModelCard.Training(
            recipe: settings.recipe, dataFingerprint: dataFingerprint, teacherFingerprint: teacherFingerprint,
            baseFingerprint: baseFingerprint, trainingCount: trainingCount, epoch: record.epoch, seconds: seconds,
            threads: settings.threads,
            history: trainer.progress.history,
            started: began, written: Machine.now, machine: Machine.summary)
        if let accuracy = record.validationAccuracy, let macroF1 = record.validationMacroF1 {
            let split = dataset.indices(of: .publicTest).isEmpty ? "validation" : FaceDataset.Split.publicTest.rawValue
            card.results = [.init(split: split, count: validationCount, accuracy: accuracy, macroF1: macroF1)]
        }
        card.certaintyThreshold = Certainty.cautious.threshold
        var model = try EmotionModel(model: trainer.averagedModel, card: card)
        if !validation.isEmpty {
            model = try model.calibrated(on: dataset, indices: validation, threads: threads).model
        }
        try model.write(to: files.checkpoint)
    }

    /// Makes the kept model tell of the whole run, which went on after the epoch whose weights it has.
    private func completeCard() throws {
        var kept = try EmotionModel(reading: files.checkpoint)
        kept.card.training?.seconds = seconds
        kept.card.training?.history = trainer.progress.history
        kept.card.training?.written = Machine.now
        try kept.write(to: files.checkpoint)
    }
}
