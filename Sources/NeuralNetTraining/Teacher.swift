import NeuralNetCore

/// Trained networks that another one learns from: the targets of each batch become
/// `(1 - share) target + share teacher(input)`, with the inputs as the learner sees them, augmented and mixed, or their
/// centre if the teacher sees less. Of several teachers it is the mean. Label smoothing comes after that.
///
/// Source: G. Hinton et al., "Distilling the Knowledge in a Neural Network", 2015, with a temperature of 1.
/// Cost: a forward pass of each teacher per batch.
public struct Teacher: Sendable {
    /// Each ends in a softmax over the learner's classes.
    public let models: [Model]
    /// 0 (no teacher) to 1 (the teacher alone).
    public let share: Float

    /// One teacher. Throws `NeuralNetError.invalidSetting` unless its `share` of each target is 0...1.
    public init(_ model: Model, share: Float = 0.5) throws { try self.init([model], share: share) }

    /// Several teachers. Throws `NeuralNetError.invalidSetting` if there are none, or their share together is not 0...1.
    public init(_ models: [Model], share: Float = 0.5) throws {
        guard !models.isEmpty else { throw NeuralNetError.invalidSetting("a teacher needs a model") }
        guard share >= 0, share <= 1 else {
            throw NeuralNetError.invalidSetting("a teacher's share must be 0 to 1, not \(share)")
        }
        self.models = models
        self.share = share
    }
}

/// A teacher with the memory to teach batches of one size.
final class TeacherRun {
    private let executors: [Executor]
    private let share: Float
    private let inputShape: Shape
    private let classes: Int

    /// Throws `NeuralNetError.incompatibleData` if the teacher wants other inputs, or larger ones, than there are, or
    /// has other classes.
    init(_ teacher: Teacher, data: any TrainingData, batchSize: Int, threads: ThreadPool) throws {
        executors = try teacher.models.map { model in
            guard model.inputs.count == 1, model.outputs.count == 1, model.outputShapes[0] == [data.targetCount],
                model.endsInSoftmax, TeacherRun.isPart(model.inputShapes[0], of: data.inputShape)
            else {
                throw NeuralNetError.incompatibleData(
                    expected: "a teacher of \(data.inputShape), or of its centre, and a softmax of \(data.targetCount) "
                        + "classes",
                    received: "\(model.inputShapes) and \(model.outputShapes)")
            }
            return try Executor(model, maximumBatch: batchSize, threads: threads)
        }
        share = teacher.share
        inputShape = data.inputShape
        classes = data.targetCount
    }

    /// Whether all of an input, or the centre of a picture, has such a shape.
    private static func isPart(_ shape: Shape, of whole: Shape) -> Bool {
        if shape == whole { return true }
        return shape.count == 3 && whole.count == 3 && shape[2] == whole[2] && shape[0] <= whole[0]
            && shape[1] <= whole[1]
    }

    /// Puts the teacher's opinion into the targets.
    func teach(inputs: UnsafePointer<Float>, targets: UnsafeMutablePointer<Float>, count: Int) {
        for i in 0..<count * classes { targets[i] *= 1 - share }
        let part = share / Float(executors.count)
        for executor in executors {
            copyCentres(inputs, to: executor, count: count)
            executor.forward(count: count)
            let opinions = executor.output()
            for i in 0..<count * classes { targets[i] += part * opinions[i] }
        }
    }

    private func copyCentres(_ inputs: UnsafePointer<Float>, to executor: Executor, count: Int) {
        let shape = executor.model.inputShapes[0], target = executor.input()
        let whole = inputShape.reduce(1, *)
        if shape == inputShape { return target.update(from: inputs, count: count * whole) }
        let top = (inputShape[0] - shape[0]) / 2, left = (inputShape[1] - shape[1]) / 2
        let line = shape[1] * shape[2]
        for row in 0..<count * shape[0] {
            let y = top + row % shape[0]
            let source = row / shape[0] * whole + (y * inputShape[1] + left) * shape[2]
            (target + row * line).update(from: inputs + source, count: line)
        }
    }
}
