import NeuralNet
import Threads
import Timing

/// What a model, or several together, make of some pictures of a data set.
public struct Predictions: Sendable {
    /// The classes that labels and probabilities refer to, in order.
    public private(set) var classNames: [String]
    /// Places in the data set.
    public let indices: [Int]
    /// The true class of each picture.
    public private(set) var labels: [Int]
    /// A row per picture, calibrated as the model's file says; the mean over all looks at it.
    public private(set) var probabilities: [Float]
    /// The same from one look at the centre.
    public private(set) var singleLook: [Float]
    /// How often the model looked: less than asked for where corners and centre are the same.
    public let augmentation: TestTimeAugmentation
    /// When answers are certain; of several models as the strictest says.
    public let certainty: Certainty
    /// Time for all looks at all pictures.
    public let seconds: Double

    /// Pictures.
    public var count: Int { indices.count }

    /// Runs the model over the given places of the data set. Throws `RecognitionError.incompatibleData` if pictures or
    /// classes do not fit the model.
    public init(
        of emotionModel: EmotionModel, on dataset: FaceDataset, indices: [Int],
        augmentation: TestTimeAugmentation = .none, precision: Precision = .float, threads: ThreadPool,
        progress: (Int) -> Void = { _ in }
    ) throws {
        let start = monotonicSeconds()
        var data = try FaceTrainingData(dataset, indices: indices, for: emotionModel)
        let evaluator = try Evaluator(emotionModel.model, precision: precision, threads: threads)
        let augmentation = augmentation.possible(for: emotionModel.card.input)
        let views = augmentation.views
        var sums = [Float](repeating: 0, count: data.count * data.targetCount)
        var first: [Float] = []
        for (number, view) in views.enumerated() {
            data.view = view
            let done = number * data.count
            var seen = try evaluator.predict(data) { progress((done + $0) / views.count) }
            if let temperature = emotionModel.card.temperature {
                seen = Predictions.scaled(seen, classes: data.targetCount, by: temperature)
            }
            for i in seen.indices { sums[i] += seen[i] / Float(views.count) }
            if view == .centre { first = seen }
        }
        classNames = emotionModel.card.classNames
        certainty = emotionModel.card.certainty
        self.indices = indices
        labels = (0..<data.count).map { data.label(of: $0)! }
        probabilities = sums
        singleLook = first
        self.augmentation = augmentation
        seconds = monotonicSeconds() - start
    }

    /// The mean of several models' probabilities for the same pictures. Throws `RecognitionError.incompatibleData` if
    /// their classes or pictures differ, or there are none.
    public init(ensemble members: [Predictions]) throws {
        guard let first = members.first else {
            throw RecognitionError.incompatibleData(expected: "predictions of one model or more", received: "none")
        }
        var sums = [Float](repeating: 0, count: first.probabilities.count), singles = sums
        for member in members {
            let places = try Predictions.places(of: first.classNames, in: member.classNames)
            try member.requireSamePictures(as: first, places)
            let classes = places.count
            for row in 0..<first.count {
                for (label, place) in places.enumerated() {
                    let from = row * classes + place, to = row * classes + label
                    sums[to] += member.probabilities[from] / Float(members.count)
                    singles[to] += member.singleLook[from] / Float(members.count)
                }
            }
        }
        classNames = first.classNames
        certainty = members.map(\.certainty).max { $0.threshold < $1.threshold } ?? first.certainty
        indices = first.indices
        labels = first.labels
        probabilities = sums
        singleLook = singles
        augmentation = members.map(\.augmentation).max { $0.views.count < $1.views.count } ?? .none
        seconds = members.reduce(0) { $0 + $1.seconds }
    }

    /// The same answers as if the model knew only these classes, called so, in this order: their probabilities add up to 1.
    /// Throws `RecognitionError.incompatibleData` if it lacks one of them, or a picture shows another one.
    public func restricted(to names: [String]) throws -> Predictions {
        let known = ModelLabels.standard(classNames), places = names.compactMap { known.firstIndex(of: $0) }
        let labels = labels.compactMap { places.firstIndex(of: $0) }
        guard places.count == names.count, labels.count == count else {
            throw RecognitionError.incompatibleData(
                expected: "pictures and models of the classes \(names.joined(separator: ", "))",
                received: classNames.joined(separator: ", "))
        }
        func rows(_ values: [Float]) -> [Float] {
            stride(from: 0, to: values.count, by: classNames.count).flatMap { start -> [Float] in
                let row = places.map { values[start + $0] }, sum = row.reduce(0, +)
                return row.map { sum > 0 ? $0 / sum : 1 / Float(places.count) }
            }
        }
        var result = self
        result.classNames = names
        result.labels = labels
        result.probabilities = rows(probabilities)
        result.singleLook = rows(singleLook)
        return result
    }

    /// Where each of `names` is among `others`. Throws when they are not the same names.
    static func places(of names: [String], in others: [String]) throws -> [Int] {
        let places = names.compactMap { others.firstIndex(of: $0) }
        guard places.count == names.count, Set(places).count == others.count else {
            throw RecognitionError.incompatibleData(
                expected: "models with the classes \(names.joined(separator: ", "))",
                received: others.joined(separator: ", "))
        }
        return places
    }

    /// Throws unless others are of the same places and labels; `places`: where each of their classes is among these.
    func requireSamePictures(as other: Predictions, _ places: [Int]) throws {
        guard indices == other.indices, labels == other.labels.map({ places[$0] }) else {
            throw RecognitionError.incompatibleData(
                expected: "predictions of the same \(count) pictures", received: "\(other.count) others")
        }
    }

    private static func scaled(_ rows: [Float], classes: Int, by temperature: Float) -> [Float] {
        stride(from: 0, to: rows.count, by: classes).flatMap {
            TemperatureScaling.apply(temperature, to: Array(rows[$0..<$0 + classes]))
        }
    }

    /// The row of a picture.
    public func row(_ picture: Int) -> ArraySlice<Float> {
        probabilities[picture * classNames.count..<(picture + 1) * classNames.count]
    }

    /// The most probable class of a picture; the first of equals.
    public func predicted(_ picture: Int) -> Int {
        let row = row(picture)
        return row.indices.reduce(row.startIndex) { row[$1] > row[$0] ? $1 : $0 } - row.startIndex
    }
}
