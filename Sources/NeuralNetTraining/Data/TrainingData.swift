import NeuralNetCore

/// Samples that a model can be trained or measured on. They are written by a thread in the background, ahead of the
/// computation.
///
/// For a model with several inputs or outputs the parts of a sample lie one behind the other; `inputShapes` and
/// `targetCounts` say how they are divided.
public protocol TrainingData: Sendable {
    /// Samples.
    var count: Int { get }
    /// The shape of the only input; of several, `[values of all]`.
    var inputShape: Shape { get }
    /// Values per target: the number of classes, or of outputs; 1 where targets are numbers of classes. Of several outputs,
    /// all together.
    var targetCount: Int { get }
    /// One for each input of the model.
    var inputShapes: [Shape] { get }
    /// One for each output of the model.
    var targetCounts: [Int] { get }

    /// Writes sample `index` as it looks in `epoch` (augmentation may differ each time; without, `epoch` is nil) and
    /// its target. What it throws ends the run as `NeuralNetError.sample`.
    func write(
        sample index: Int, epoch: Int?, input: UnsafeMutablePointer<Float>, target: UnsafeMutablePointer<Float>) throws

    /// The sample's class, for metrics and class weights; nil for other tasks.
    func label(of index: Int) -> Int?

    /// Whether samples count differently.
    var hasSampleWeights: Bool { get }
    /// The factor of the sample's loss.
    func weight(of index: Int) -> Float
}

extension TrainingData {
    public var inputShapes: [Shape] { [inputShape] }
    public var targetCounts: [Int] { [targetCount] }
    public func label(of index: Int) -> Int? { nil }
    public var hasSampleWeights: Bool { false }
    public func weight(of index: Int) -> Float { 1 }

    /// Values of one sample's inputs.
    var inputCount: Int { inputShape.reduce(1, *) }

    /// Throws `NeuralNetError` unless the model takes such inputs, and has outputs for such targets: of as many values, or
    /// of what `losses` compare them with.
    func requireFit(_ model: Model, losses: [any Loss] = []) throws {
        let wanted = model.outputShapes.enumerated().map { index, shape in
            losses.isEmpty ? shape.reduce(1, *) : losses[index].targetCount(forOutput: shape)
        }
        guard inputShapes == model.inputShapes, targetCounts == wanted else {
            let expected =
                wanted == model.outputShapes.map { $0.reduce(1, *) } ? model.outputShapes : wanted.map { [$0] }
            throw NeuralNetError.incompatibleData(
                expected: "inputs \(model.inputShapes.listed) and targets \(expected.listed)",
                received: "\(inputShapes.listed) and \(targetCounts.map { [$0] }.listed)")
        }
        guard count > 0 else {
            throw NeuralNetError.incompatibleData(expected: "at least one sample", received: "none")
        }
    }
}
