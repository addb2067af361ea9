/// Samples that a model can be trained or measured on. They are written by a thread in the background, ahead of the
/// computation.
public protocol TrainingData: Sendable {
    var count: Int { get }
    var inputShape: Shape { get }
    /// Values per target: the number of classes, or of outputs.
    var targetCount: Int { get }

    /// Writes sample `index` as it looks in `epoch` (augmentation may differ each time; without, `epoch` is nil) and
    /// its target.
    func write(
        sample index: Int, epoch: Int?, input: UnsafeMutablePointer<Float>, target: UnsafeMutablePointer<Float>)

    /// The sample's class, for metrics and class weights; nil for other tasks.
    func label(of index: Int) -> Int?
}

extension TrainingData {
    /// Throws `NeuralNetError` unless the model takes one such input and gives one output of `targetCount` values.
    func requireFit(_ model: Model) throws {
        guard model.inputs.count == 1, model.outputs.count == 1 else {
            throw NeuralNetError.invalidGraph("samples and targets need a model with one input and one output")
        }
        guard inputShape == model.inputShapes[0], [targetCount] == model.outputShapes[0] else {
            throw NeuralNetError.incompatibleData(
                expected: "inputs \(model.inputShapes[0]) and targets \(model.outputShapes[0])",
                received: "\(inputShape) and [\(targetCount)]")
        }
    }
}

/// Samples held as plain arrays: inputs one after another, and a class for each.
public struct ArrayDataset: TrainingData {
    public let inputShape: Shape
    public let targetCount: Int
    public let inputs: [Float]
    public let labels: [Int]
    private let size: Int

    /// Throws `NeuralNetError.incompatibleData` if the counts or a label do not fit.
    public init(inputs: [Float], labels: [Int], inputShape: Shape, classes: Int) throws {
        size = inputShape.reduce(1, *)
        guard size > 0, inputs.count == labels.count * size else {
            throw NeuralNetError.incompatibleData(
                expected: "\(labels.count) samples of \(inputShape)", received: "\(inputs.count) values")
        }
        if let wrong = labels.first(where: { $0 < 0 || $0 >= classes }) {
            throw NeuralNetError.incompatibleData(expected: "labels in 0..<\(classes)", received: "\(wrong)")
        }
        self.inputs = inputs
        self.labels = labels
        self.inputShape = inputShape
        targetCount = classes
    }

    public var count: Int { labels.count }

    public func label(of index: Int) -> Int? { labels[index] }

    public func write(
        sample index: Int, epoch: Int?, input: UnsafeMutablePointer<Float>, target: UnsafeMutablePointer<Float>
    ) {
        inputs.withUnsafeBufferPointer { input.update(from: $0.baseAddress! + index * size, count: size) }
        target.update(repeating: 0, count: targetCount)
        target[labels[index]] = 1
    }
}
