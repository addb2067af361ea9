import NeuralNetCore

/// Samples held as plain arrays: inputs one after another, and a class or target values for each.
public struct ArrayDataset: TrainingData {
    /// Without the batch: `[height, width, channels]` for pictures.
    public let inputShapes: [Shape]
    /// Values per target, for each output.
    public let targetCounts: [Int]
    /// One array for each input.
    public let allInputs: [[Float]]
    /// The class of each sample; empty for other tasks.
    public let labels: [Int]
    /// Samples.
    public let count: Int
    /// One array for each output; empty where `labels` say all.
    private let targets: [[Float]]
    private let sampleWeights: [Float]
    private let inputSizes: [Int]

    public var inputShape: Shape { inputShapes.count == 1 ? inputShapes[0] : [inputSizes.reduce(0, +)] }
    public var targetCount: Int { targetCounts.reduce(0, +) }
    /// The only input's values.
    public var inputs: [Float] { allInputs[0] }
    public var hasSampleWeights: Bool { !sampleWeights.isEmpty }

    /// Samples of classes; targets are 1 for the class and 0 for the others. Throws `NeuralNetError.incompatibleData` if
    /// the counts or a label do not fit.
    public init(
        inputs: [Float], labels: [Int], inputShape: Shape, classes: Int, sampleWeights: [Float] = []
    ) throws {
        if let wrong = labels.first(where: { $0 < 0 || $0 >= classes }) {
            throw NeuralNetError.incompatibleData(expected: "labels in 0..<\(classes)", received: "\(wrong)")
        }
        try self.init(
            inputs: [inputs], inputShapes: [inputShape], targets: [], targetCounts: [classes], labels: labels,
            count: labels.count, sampleWeights: sampleWeights)
    }

    /// Samples with `targetCount` target values each: numbers to be found, answers of yes and no, or numbers of classes.
    /// Throws `NeuralNetError.incompatibleData` if the counts do not fit.
    public init(
        inputs: [Float], targets: [Float], inputShape: Shape, targetCount: Int = 1, sampleWeights: [Float] = []
    ) throws {
        try self.init(
            inputs: [inputs], inputShapes: [inputShape], targets: [targets], targetCounts: [targetCount],
            sampleWeights: sampleWeights)
    }

    /// Samples for several inputs or outputs, an array for each. Throws `NeuralNetError.incompatibleData` if the counts do
    /// not fit.
    public init(
        inputs: [[Float]], inputShapes: [Shape], targets: [[Float]], targetCounts: [Int], sampleWeights: [Float] = []
    ) throws {
        let size = inputShapes.first?.reduce(1, *) ?? 0
        try self.init(
            inputs: inputs, inputShapes: inputShapes, targets: targets, targetCounts: targetCounts, labels: [],
            count: size > 0 && !inputs.isEmpty ? inputs[0].count / size : 0, sampleWeights: sampleWeights)
    }

    private init(
        inputs: [[Float]], inputShapes: [Shape], targets: [[Float]], targetCounts: [Int], labels: [Int], count: Int,
        sampleWeights: [Float]
    ) throws {
        inputSizes = inputShapes.map { $0.reduce(1, *) }
        guard inputs.count == inputShapes.count, !inputs.isEmpty, inputSizes.allSatisfy({ $0 > 0 }),
            zip(inputs, inputSizes).allSatisfy({ $0.count == count * $1 })
        else {
            throw NeuralNetError.incompatibleData(
                expected: "\(count) samples of \(inputShapes.listed)",
                received: inputs.map { "\($0.count)" }.joined(separator: ", ") + " values")
        }
        guard
            labels.count == count
                || targets.count == targetCounts.count && targetCounts.allSatisfy({ $0 > 0 })
                    && zip(targets, targetCounts).allSatisfy({ $0.count == count * $1 })
        else {
            throw NeuralNetError.incompatibleData(
                expected: "\(count) targets of \(targetCounts.map { [$0] }.listed)",
                received: targets.map { "\($0.count)" }.joined(separator: ", ") + " values")
        }
        guard sampleWeights.isEmpty || sampleWeights.count == count else {
            throw NeuralNetError.incompatibleData(
                expected: "\(count) sample weights", received: "\(sampleWeights.count)")
        }
        self.count = count
        self.allInputs = inputs
        self.inputShapes = inputShapes
        self.targets = targets
        self.targetCounts = targetCounts
        self.labels = labels
        self.sampleWeights = sampleWeights
    }

    public func label(of index: Int) -> Int? { labels.isEmpty ? nil : labels[index] }

    public func weight(of index: Int) -> Float { sampleWeights.isEmpty ? 1 : sampleWeights[index] }

    public func write(
        sample index: Int, epoch: Int?, input: UnsafeMutablePointer<Float>, target: UnsafeMutablePointer<Float>
    ) {
        var place = 0
        for (values, size) in zip(allInputs, inputSizes) {
            values.withUnsafeBufferPointer {
                (input + place).update(from: $0.baseAddress! + index * size, count: size)
            }
            place += size
        }
        guard labels.isEmpty else {
            target.update(repeating: 0, count: targetCount)
            target[labels[index]] = 1
            return
        }
        place = 0
        for (values, size) in zip(targets, targetCounts) {
            values.withUnsafeBufferPointer {
                (target + place).update(from: $0.baseAddress! + index * size, count: size)
            }
            place += size
        }
    }
}
