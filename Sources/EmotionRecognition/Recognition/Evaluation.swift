import Glibc
import NeuralNet

/// What a model makes of a split of a data set.
public struct Evaluation: Sendable {
    /// One wrong answer.
    public struct Mistake: Sendable {
        /// Place in the data set.
        public var index: Int
        public var truth: Int
        public var predicted: Int
        public var confidence: Float
    }

    public let split: FaceDataset.Split?
    /// The model's classes, which all numbers refer to.
    public let classNames: [String]
    public let metrics: ClassificationMetrics
    /// Mean cross-entropy.
    public let loss: Double
    /// The most confident wrong answers first.
    public let mistakes: [Mistake]
    public let seconds: Double

    /// Runs the model over the given places of the data set. Throws `NeuralNetError.incompatibleData` if pictures or
    /// classes do not fit the model.
    public init(
        of emotionModel: EmotionModel, on dataset: FaceDataset, indices: [Int], split: FaceDataset.Split? = nil,
        augmentation: TestTimeAugmentation = .none, threads: ThreadPool, progress: (Int) -> Void = { _ in }
    ) throws {
        let start = monotonicSeconds()
        var data = try FaceTrainingData(dataset, indices: indices, for: emotionModel)
        let evaluator = try Evaluator(emotionModel.model, threads: threads)
        let classes = data.targetCount
        let views = augmentation.views
        var probabilities = [Float](repeating: 0, count: data.count * classes)
        for (number, view) in views.enumerated() {
            data.view = view
            let done = number * data.count
            let seen = evaluator.predict(data) { progress((done + $0) / views.count) }
            for i in seen.indices { probabilities[i] += seen[i] / Float(views.count) }
        }
        var metrics = ClassificationMetrics(classes: classes)
        var mistakes: [Mistake] = []
        var loss = 0.0
        for row in 0..<data.count {
            let truth = data.label(of: row)!
            let values = probabilities[row * classes..<(row + 1) * classes]
            metrics.add(label: truth, probabilities: values)
            let predicted = values.indices.reduce(values.startIndex) { values[$1] > values[$0] ? $1 : $0 }
            let confidence = values[predicted]
            loss -= log(Double(max(values[values.startIndex + truth], 1e-7)))
            if predicted - values.startIndex != truth {
                mistakes.append(
                    Mistake(
                        index: indices[row], truth: truth, predicted: predicted - values.startIndex,
                        confidence: confidence))
            }
        }
        self.split = split
        classNames = emotionModel.card.classNames
        self.metrics = metrics
        self.loss = loss / Double(max(data.count, 1))
        self.mistakes = mistakes.sorted { $0.confidence > $1.confidence }
        seconds = monotonicSeconds() - start
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
        return [
            "accuracy": .double(metrics.accuracy),
            "accuracyInterval": [.double(interval.lowerBound), .double(interval.upperBound)],
            "macroF1": .double(metrics.macroF1), "top2Accuracy": .double(metrics.topAccuracy(2)),
            "loss": .double(loss), "count": .int(metrics.count), "classNames": JSONValue(classNames),
            "perClass": .object(perClass), "confusion": .array(metrics.confusion.map { JSONValue($0) }),
            "split": split.map { .string($0.rawValue) } ?? .null, "seconds": .double(seconds),
        ]
    }
}
