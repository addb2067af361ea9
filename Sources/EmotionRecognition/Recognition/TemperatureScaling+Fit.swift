import FaceVision
import Glibc
import NeuralNet
import Threads

extension TemperatureScaling {
    /// The temperature from 1/4 to 4 with the smallest cross-entropy, to three digits. `probabilities` has a row for each
    /// label. Throws `RecognitionError.incompatibleData` if it has not, or a label is no class.
    public static func fit(probabilities: [Float], labels: [Int]) throws -> Float {
        let classes = try classes(probabilities, labels)
        let logits = probabilities.map { log(max($0, 1e-12)) }
        func loss(_ temperature: Float) -> Double {
            var sum = 0.0
            for (row, label) in labels.enumerated() {
                let values = logits[row * classes..<(row + 1) * classes]
                let most = values.max()!
                let total = values.reduce(Float(0)) { $0 + exp(($1 - most) / temperature) }
                sum += Double(log(total) - (values[values.startIndex + label] - most) / temperature)
            }
            return sum
        }
        // The cross-entropy has one minimum over 1/T: golden-section search on the logarithm.
        var low = log(Float(0.25)), high = log(Float(4))
        let ratio = (Float(5).squareRoot() - 1) / 2
        var left = high - ratio * (high - low), right = low + ratio * (high - low)
        var leftLoss = loss(exp(left)), rightLoss = loss(exp(right))
        while high - low > 5e-4 {
            if leftLoss < rightLoss {
                high = right
                (right, rightLoss) = (left, leftLoss)
                left = high - ratio * (high - low)
                leftLoss = loss(exp(left))
            } else {
                low = left
                (left, leftLoss) = (right, rightLoss)
                right = low + ratio * (high - low)
                rightLoss = loss(exp(right))
            }
        }
        return (exp((low + high) / 2) * 1000).rounded() / 1000
    }

    /// The expected calibration error: the mean distance between confidence and accuracy over 15 bins of confidence,
    /// weighted by how many answers fall into each. (Guo et al., equation 3.) Throws as `fit` does.
    public static func expectedCalibrationError(
        probabilities: [Float], labels: [Int], bins: Int = 15
    ) throws -> Double {
        let classes = try classes(probabilities, labels)
        var calibration = NeuralNet.Calibration(bins: bins)
        for (row, label) in labels.enumerated() {
            let values = probabilities[row * classes..<(row + 1) * classes]
            let best = values.indices.reduce(values.startIndex) { values[$1] > values[$0] ? $1 : $0 }
            calibration.add(confidence: values[best], isCorrect: best - values.startIndex == label)
        }
        return calibration.expectedError
    }

    /// How many there are if probabilities are a row for each label.
    private static func classes(_ probabilities: [Float], _ labels: [Int]) throws -> Int {
        let classes = labels.isEmpty ? 0 : probabilities.count / labels.count
        guard classes > 0, classes * labels.count == probabilities.count,
            labels.allSatisfy({ (0..<classes).contains($0) })
        else {
            throw RecognitionError.incompatibleData(
                expected: "a row of probabilities for each label, and labels of their classes",
                received: "\(probabilities.count) values and \(labels.count) labels"
                    + (labels.max().map { " up to \($0)" } ?? ""))
        }
        return classes
    }
}

extension EmotionModel {
    /// What calibrating has done.
    public struct Calibration: Sendable {
        /// What the logits are divided by, see `TemperatureScaling`.
        public var temperature: Float
        /// What is certain then.
        public var certain: CertainAnswers
        /// Whether there were enough pictures to fit that; otherwise it is `Certainty.cautious`.
        public var isCertaintyFitted: Bool
        /// Pictures.
        public var count: Int
        /// Expected calibration error and mean cross-entropy before and after.
        public var errorBefore: Double
        /// Expected calibration error, after.
        public var errorAfter: Double
        /// Mean cross-entropy, before.
        public var lossBefore: Double
        /// Mean cross-entropy, after.
        public var lossAfter: Double
    }

    /// Fits temperature and certainty on labelled pictures; of the data that the model was trained on also the light is taken,
    /// see `LightRange`. Throws `RecognitionError.incompatibleData` if they do not fit the model.
    public func calibrated(
        on dataset: FaceDataset, indices: [Int], threads: ThreadPool
    ) throws -> (model: EmotionModel, calibration: Calibration) {
        let isOwnData = card.training.map { $0.dataFingerprint == dataset.trainingFingerprint } ?? false
        var result = isOwnData ? inLight(of: dataset) : self
        let data = try FaceTrainingData(dataset, indices: indices, for: result)
        let probabilities = try Evaluator(model, threads: threads).predict(data)
        let labels = (0..<data.count).map { data.label(of: $0)! }
        let temperature = try TemperatureScaling.fit(probabilities: probabilities, labels: labels)
        let classes = data.targetCount
        var scaled: [Float] = []
        for row in labels.indices {
            scaled += TemperatureScaling.apply(
                temperature, to: Array(probabilities[row * classes..<(row + 1) * classes]))
        }
        func loss(_ values: [Float]) -> Double {
            labels.enumerated().reduce(0.0) { $0 - Double(log(max(values[$1.offset * classes + $1.element], 1e-7))) }
                / Double(labels.count)
        }
        result.card.temperature = temperature
        let answers = labels.enumerated().map { row, label in
            let values = Array(scaled[row * classes..<(row + 1) * classes])
            return (confidence: values.max()!, isRight: values.indexOfLargest == label)
        }
        let fitted = Certainty.fit(answers)
        result.card.certaintyThreshold = (fitted ?? .cautious).threshold
        var certain = CertainAnswers(result.card.certainty)
        for answer in answers { certain.add(answer.confidence, isRight: answer.isRight) }
        return (
            result,
            try Calibration(
                temperature: temperature, certain: certain, isCertaintyFitted: fitted != nil, count: labels.count,
                errorBefore: TemperatureScaling.expectedCalibrationError(probabilities: probabilities, labels: labels),
                errorAfter: TemperatureScaling.expectedCalibrationError(probabilities: scaled, labels: labels),
                lossBefore: loss(probabilities), lossAfter: loss(scaled))
        )
    }
}

extension EmotionModel {
    /// The same for pictures in the light of the data set's training part, if the model looks at grey pictures as they are
    /// and there is such a part.
    package func inLight(of dataset: FaceDataset) -> EmotionModel {
        var result = self
        if card.input.isGrey, !card.input.equalises,
            let light = LightRange(of: dataset, indices: dataset.indices(of: .training))
        {
            result.card.input.light = light
        }
        return result
    }
}
