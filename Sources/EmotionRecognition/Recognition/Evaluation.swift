import Glibc
import JSON
import NeuralNet
import Threads

/// How good a model, or an ensemble, is on a split of a data set.
public struct Evaluation: Sendable {
    /// One wrong answer.
    public struct Mistake: Sendable {
        /// Place in the data set.
        public var index: Int
        /// The label: a place in `classNames`, as `predicted` is.
        public var truth: Int
        public var predicted: Int
        /// The probability of the wrong answer.
        public var confidence: Float
    }

    /// Nil for pictures of no split in particular.
    public let split: FaceDataset.Split?
    /// The model's classes, which all numbers refer to.
    public let classNames: [String]
    /// How often the model looked, see `Predictions.augmentation`.
    public let augmentation: TestTimeAugmentation
    /// With all looks that `augmentation` takes.
    public let metrics: ClassificationMetrics
    /// With one look at the centre of each picture.
    public let singleLookMetrics: ClassificationMetrics
    /// Whether confidence is to be believed, with all looks.
    public let calibration: Calibration
    /// The mean confidence of answers by one look.
    public let singleLookConfidence: Double
    /// What is given without a word of doubt, with one look.
    public let certain: CertainAnswers
    /// Mean cross-entropy.
    public let loss: Double
    /// The most confident wrong answers first.
    public let mistakes: [Mistake]
    /// Against people's votes, for data that has them.
    public let votes: VoteEvaluation?
    /// For all looks at all pictures.
    public let seconds: Double

    /// Runs the model over the given places of the data set. Throws `RecognitionError.incompatibleData` if pictures or
    /// classes do not fit the model.
    public init(
        of emotionModel: EmotionModel, on dataset: FaceDataset, indices: [Int], split: FaceDataset.Split? = nil,
        augmentation: TestTimeAugmentation = .none, threads: ThreadPool, progress: (Int) -> Void = { _ in }
    ) throws {
        try self.init(
            Predictions(
                of: emotionModel, on: dataset, indices: indices, augmentation: augmentation, threads: threads,
                progress: progress), split: split, dataset: dataset)
    }

    /// Judges predictions that were made before; `dataset` is what they were made for, and needed for its votes. Throws what
    /// `ClassificationMetrics` throws.
    public init(_ predictions: Predictions, split: FaceDataset.Split? = nil, dataset: FaceDataset? = nil) throws {
        let classes = predictions.classNames.count
        var calibration = Calibration()
        var certain = CertainAnswers(predictions.certainty)
        var mistakes: [Mistake] = []
        var loss = 0.0
        for picture in 0..<predictions.count {
            let row = predictions.row(picture)
            let truth = predictions.labels[picture], predicted = predictions.predicted(picture)
            let confidence = row[row.startIndex + predicted]
            calibration.add(confidence: confidence, isCorrect: predicted == truth)
            let look = Array(predictions.singleLook[picture * classes..<(picture + 1) * classes])
            certain.add(look.max()!, isRight: look.indexOfLargest == truth)
            loss -= log(Double(max(row[row.startIndex + truth], 1e-7)))
            if predicted != truth {
                mistakes.append(
                    Mistake(
                        index: predictions.indices[picture], truth: truth, predicted: predicted,
                        confidence: confidence))
            }
        }
        self.split = split
        classNames = predictions.classNames
        augmentation = predictions.augmentation
        metrics = try ClassificationMetrics(
            probabilities: predictions.probabilities, labels: predictions.labels, classes: classes)
        singleLookMetrics = try ClassificationMetrics(
            probabilities: predictions.singleLook, labels: predictions.labels, classes: classes)
        self.calibration = calibration
        let single = predictions.singleLook, width = max(classes, 1)
        singleLookConfidence =
            (0..<predictions.count).reduce(0.0) { $0 + Double(single[$1 * width..<($1 + 1) * width].max() ?? 0) }
            / Double(max(predictions.count, 1))
        self.certain = certain
        self.loss = loss / Double(max(predictions.count, 1))
        self.mistakes = mistakes.sorted { $0.confidence > $1.confidence }
        votes = dataset.flatMap { VoteEvaluation(predictions, on: $0) }
        seconds = predictions.seconds
    }

    /// The numbers as one JSON object: `accuracy`, `macroF1`, `count`, `perClass`, `confusion` and more.
    public var json: JSONValue {
        var perClass: [String: JSONValue] = [:]
        for (label, name) in classNames.enumerated() {
            perClass[name] = [
                "precision": .double(metrics.precision(label)), "recall": .double(metrics.recall(label)),
                "f1": .double(metrics.f1(label)), "count": .int(metrics.support(label)),
            ]
        }
        let interval = metrics.accuracyInterval
        var fields: [String: JSONValue] = [
            "accuracy": .double(metrics.accuracy), "balancedAccuracy": .double(metrics.balancedAccuracy),
            "accuracyInterval": [.double(interval.lowerBound), .double(interval.upperBound)],
            "singleLookAccuracy": .double(singleLookMetrics.accuracy), "tta": .string(augmentation.rawValue),
            "macroF1": .double(metrics.macroF1), "top2Accuracy": .double(metrics.topAccuracy(2)),
            "calibrationError": .double(calibration.expectedError),
            "certain": [
                "threshold": .double(Double(certain.threshold)), "coverage": .double(certain.coverage),
                "accuracy": .double(certain.accuracy),
            ],
            "loss": .double(loss), "count": .int(metrics.count), "classNames": JSONValue(classNames),
            "perClass": .object(perClass), "confusion": .array(metrics.confusion.map { JSONValue($0) }),
            "split": split.map { .string($0.rawValue) } ?? .null, "seconds": .double(seconds),
        ]
        if let votes {
            fields["votes"] = [
                "majorityAccuracy": .double(votes.majority.accuracy), "majorityCount": .int(votes.majority.count),
                "firstLabelAccuracy": .double(votes.firstLabels.accuracy),
                "labelAgreement": .double(votes.labelsThemselves.accuracy),
                "seenByTwo": .double(votes.seenByTwo.accuracy), "crossEntropy": .double(votes.crossEntropy),
                "voteEntropy": .double(votes.voteEntropy), "oneVoter": .double(votes.oneVoter),
                "byAgreement": .array(
                    votes.byAgreement.enumerated().filter { $0.element.count > 0 }.map {
                        [
                            "tenths": .int($0.offset), "count": .int($0.element.count),
                            "accuracy": .double($0.element.accuracy),
                        ]
                    }),
                "agreement": .object(
                    Dictionary(
                        zip(classNames, votes.agreement.map { .double($0) }), uniquingKeysWith: { first, _ in first })),
            ]
        }
        return .object(fields)
    }
}
