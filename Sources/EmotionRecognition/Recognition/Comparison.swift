import JSON
import NeuralNet

/// Two models on the same pictures.
public struct Comparison: Sendable {
    /// A picture for which they name different classes.
    public struct Disagreement: Sendable {
        /// Place in the data set.
        public var index: Int
        /// The label: a place in `Comparison.classNames`, as `first` and `second` are.
        public var truth: Int
        /// What the first model says.
        public var first: Int
        /// What the second model says.
        public var second: Int
        /// The probabilities that each gives to its answer.
        public var firstConfidence: Float
        /// The second model's, for its own answer.
        public var secondConfidence: Float
    }

    /// The first model's; the second's answers are translated.
    public let classNames: [String]
    /// Pictures.
    public let count: Int
    /// Pictures that both models get right.
    public let bothRight: Int
    /// Pictures that neither gets right, with the same answer or with different ones.
    public let bothWrong: Int
    /// Whether the difference could be chance; its counts are the pictures that only one gets right.
    public let test: McNemarTest
    /// The surest answers first.
    public let disagreements: [Disagreement]

    /// Throws `RecognitionError.incompatibleData` if the models' classes differ, or the pictures.
    public init(_ a: Predictions, _ b: Predictions) throws {
        let places = try Predictions.places(of: b.classNames, in: a.classNames)
        try a.requireSamePictures(as: b, places)
        var both = 0, neither = 0, onlyFirst = 0, onlySecond = 0
        var disagreements: [Disagreement] = []
        for picture in 0..<a.count {
            let truth = a.labels[picture], first = a.predicted(picture), second = b.predicted(picture)
            let named = places[second]
            switch (first == truth, named == truth) {
            case (true, true): both += 1
            case (false, false): neither += 1
            case (true, false): onlyFirst += 1
            case (false, true): onlySecond += 1
            }
            guard first != named else { continue }
            let rowA = a.row(picture), rowB = b.row(picture)
            disagreements.append(
                Disagreement(
                    index: a.indices[picture], truth: truth, first: first, second: named,
                    firstConfidence: rowA[rowA.startIndex + first], secondConfidence: rowB[rowB.startIndex + second]))
        }
        classNames = a.classNames
        count = a.count
        bothRight = both
        bothWrong = neither
        test = McNemarTest(onlyFirst: onlyFirst, onlySecond: onlySecond)
        self.disagreements = disagreements.sorted {
            min($0.firstConfidence, $0.secondConfidence) > min($1.firstConfidence, $1.secondConfidence)
        }
    }

    /// How much more of the pictures the first gets right, -1...1.
    public var difference: Double {
        count == 0 ? 0 : Double(test.onlyFirst - test.onlySecond) / Double(count)
    }

    /// The 95 % interval of `difference`, from the normal approximation for paired shares (A. Agresti, "Categorical Data
    /// Analysis", section 11.1).
    public var differenceInterval: ClosedRange<Double> {
        guard count > 0 else { return -1...1 }
        let n = Double(count), discordant = Double(test.discordant)
        let half = 1.959963984540054 * (max(0, discordant - n * difference * difference)).squareRoot() / n
        return max(-1, difference - half)...min(1, difference + half)
    }

    /// Share of the pictures for which both name the same class.
    public var agreement: Double { count == 0 ? 1 : 1 - Double(disagreements.count) / Double(count) }

    /// Counts, difference with its interval, agreement and McNemar's test as one object.
    public var json: JSONValue {
        let interval = differenceInterval
        return [
            "count": .int(count), "bothRight": .int(bothRight), "bothWrong": .int(bothWrong),
            "onlyFirstRight": .int(test.onlyFirst), "onlySecondRight": .int(test.onlySecond),
            "difference": .double(difference),
            "differenceInterval": [.double(interval.lowerBound), .double(interval.upperBound)],
            "agreement": .double(agreement),
            "mcNemar": [
                "probability": .double(test.probability), "exact": .bool(test.isExact),
                "statistic": .double(test.statistic),
            ],
        ]
    }
}
