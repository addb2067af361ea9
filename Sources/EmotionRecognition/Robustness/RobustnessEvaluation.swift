import JSON
import NeuralNet
import Threads

/// How a model does on the same pictures when they are spoilt: accuracy over darkness, blur, size, tilt, cover.
public struct RobustnessEvaluation: Sendable {
    /// One level of one corruption.
    public struct Point: Sendable {
        public var corruption: Corruption
        /// How much of it, one of `Corruption.levels`.
        public var level: Float
        /// With one look.
        public var accuracy: Double
        /// The mean of the classes' recalls, with one look.
        public var balancedAccuracy: Double
        /// The mean confidence of the answers: how far it is above the accuracy is how little the model knows of it.
        public var confidence: Double
    }

    /// Pictures that were spoilt, the same ones at each level.
    public let count: Int
    /// Corruption after corruption, in the order of their levels.
    public let points: [Point]

    /// Measures all corruptions at all levels. Throws what `Predictions` throws.
    ///
    /// Cost: a look at each picture for each of about 34 levels.
    public init(
        of model: EmotionModel, on dataset: FaceDataset, indices: [Int], precision: Precision = .float,
        threads: ThreadPool, progress: (Int) -> Void = { _ in }
    ) throws {
        var points: [Point] = []
        for corruption in Corruption.allCases {
            for level in corruption.levels {
                let spoilt = try dataset.corrupted(corruption, level, at: indices)
                let predictions = try Predictions(
                    of: model, on: spoilt, indices: Array(0..<spoilt.count), precision: precision, threads: threads)
                let metrics = try ClassificationMetrics(
                    probabilities: predictions.probabilities, labels: predictions.labels,
                    classes: predictions.classNames.count)
                let confidence = (0..<predictions.count).reduce(0.0) {
                    $0 + Double(predictions.row($1).max() ?? 0)
                }
                points.append(
                    Point(
                        corruption: corruption, level: level, accuracy: metrics.accuracy,
                        balancedAccuracy: metrics.balancedAccuracy,
                        confidence: confidence / Double(max(predictions.count, 1))))
                progress(points.count)
            }
        }
        count = indices.count
        self.points = points
    }

    /// How many levels are measured.
    public static var steps: Int { Corruption.allCases.reduce(0) { $0 + $1.levels.count } }

    /// An array with one object per point.
    public var json: JSONValue {
        .array(
            points.map { point in
                [
                    "corruption": .string(point.corruption.rawValue), "level": .double(Double(point.level)),
                    "accuracy": .double(point.accuracy), "balancedAccuracy": .double(point.balancedAccuracy),
                    "confidence": .double(point.confidence),
                ]
            })
    }
}
