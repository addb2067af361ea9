import NeuralNet
import Testing

/// What one model computed for one batch.
struct Results {
    var outputs: [[Float]]
    /// Per input; empty without gradients.
    var inputGradients: [[Float]] = []
    /// Per weight tensor; empty entries for what is not trainable.
    var weightGradients: [[Float]] = []
}

/// An executor driven with arrays. Stale memory is overwritten with NaN before each step.
final class Runner {
    let model: Model
    let executor: Executor

    init(
        _ model: Model, batch: Int, threads: Int = 2, isTraining: Bool = true, usesReferenceKernels: Bool = false,
        precision: Precision = .float
    ) throws {
        self.model = model
        executor = try Executor(
            model, maximumBatch: batch, threads: ThreadPool(threads: threads), isTraining: isTraining,
            computesInputGradients: isTraining, convolution: usesReferenceKernels ? .reference : .automatic,
            precision: precision)
    }

    func forward(_ inputs: [[Float]], count: Int, isTraining: Bool = true, seed: UInt64 = 5) -> [[Float]] {
        for (i, values) in inputs.enumerated() {
            let size = model.inputShapes[i].reduce(1, *) * count
            values.withUnsafeBufferPointer { executor.input(i).update(from: $0.baseAddress!, count: size) }
        }
        executor.forward(count: count, isTraining: isTraining, seed: seed)
        return model.outputShapes.enumerated().map {
            Array(UnsafeBufferPointer(start: executor.output($0), count: $1.reduce(1, *) * count))
        }
    }

    func run(_ inputs: [[Float]], upstream: [[Float]], count: Int, seed: UInt64 = 5, accumulate: Bool = false)
        -> Results
    {
        if !accumulate { executor.fillMemory(with: .nan) }
        var results = Results(outputs: forward(inputs, count: count, seed: seed))
        for (i, values) in upstream.enumerated() {
            let size = model.outputShapes[i].reduce(1, *) * count
            values.withUnsafeBufferPointer { executor.outputGradient(i).update(from: $0.baseAddress!, count: size) }
        }
        executor.backward(accumulate: accumulate)
        results.inputGradients = model.inputShapes.enumerated().map { i, shape in
            executor.inputGradient(i).map { Array(UnsafeBufferPointer(start: $0, count: shape.reduce(1, *) * count)) }
                ?? []
        }
        results.weightGradients = model.weights.entries.map { entry in
            entry.specification.isTrainable
                ? Array(executor.gradients[entry.offset..<entry.offset + entry.specification.count]) : []
        }
        return results
    }
}

/// Checks a chain of layers (mostly of one) as `checkModel` does.
func checkLayer(
    _ layers: any Layer..., input: Shape, output: Shape, options: ModelCheck = ModelCheck(),
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let model = try Model(input: input, layers: layers, seed: 7)
    try checkModel(model, outputs: [output], options: options, sourceLocation: sourceLocation)
}

/// How a model is checked.
struct ModelCheck {
    var batch = 3
    /// Training and prediction give different results: Dropout, BatchNormalization.
    var differsInTraining = false
    /// Whether results of one sample depend on the others of the batch: BatchNormalization in training.
    var mixesSamples = false
    /// Slopes jump somewhere: ReLU, maximum pooling. Coordinates beside a jump are left out.
    var hasKinks = false
    /// Step of the finite differences.
    var step: Float = 1e-2
    /// Of finite differences, relative to the tensor's largest gradient.
    var tolerance = 5e-3
    /// The kernels that the plan must consist of.
    var kernels: [String]?
    /// Whether Keras has a name for everything in the model.
    var isSavable = true
    var inputRange: ClosedRange<Float> = -1...1
    /// What a plain implementation gives for inputs, weights and the number of samples, while training.
    var expected: (([[Float]], [[Float]], Int) -> [Float])?
}

/// Checks shapes; the fast kernels against the reference; gradients for inputs and weights against finite differences
/// with a random upstream gradient; one thread against two; equal bits when repeated; accumulation; partial batches;
/// training against prediction; and a round trip through a file.
func checkModel(
    _ model: Model, outputs: [Shape], options: ModelCheck = ModelCheck(),
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    #expect(model.outputShapes == outputs, sourceLocation: sourceLocation)
    guard model.outputShapes == outputs else { return }
    var random = RandomGenerator(seed: 11)
    randomize(model, &random)
    let check = Checker(
        model: model, options: options, location: sourceLocation,
        inputs: model.inputShapes.map { random.values($0.reduce(1, *) * options.batch, in: options.inputRange) },
        upstream: model.outputShapes.map { random.values($0.reduce(1, *) * options.batch) })
    try check.run()
}

/// Gives each weight a value that matters: biases other than 0, variances above it.
private func randomize(_ model: Model, _ random: inout RandomGenerator) {
    for (i, entry) in model.weights.entries.enumerated() {
        let count = entry.specification.count
        switch entry.specification.name {
        case let name where name.hasSuffix("kernel"): continue
        case "gamma", "moving_variance", "variance": try! model.weights.set(i, random.values(count, in: 0.5...1.5))
        default: try! model.weights.set(i, random.values(count, in: -0.5...0.5))
        }
    }
}

private struct Checker {
    let model: Model
    let options: ModelCheck
    let location: SourceLocation
    let inputs: [[Float]]
    let upstream: [[Float]]
    private var batch: Int { options.batch }

    init(model: Model, options: ModelCheck, location: SourceLocation, inputs: [[Float]], upstream: [[Float]]) {
        self.model = model
        self.options = options
        self.location = location
        self.inputs = inputs
        self.upstream = upstream
    }

    func run() throws {
        let runner = try Runner(model, batch: batch)
        if let kernels = options.kernels { #expect(runner.executor.kernelNames == kernels, sourceLocation: location) }
        let results = runner.run(inputs, upstream: upstream, count: batch)
        try checkAgainstReference(results)
        try checkThreadsAndRepetition(results, runner)
        checkAccumulation(results, runner)
        try checkPartialBatches(runner)
        try checkPrediction(runner)
        checkDifferences(results, runner)
        try checkFrozen(results)
        if options.isSavable { try checkRoundTrip() }
    }

    private func compare(_ a: Results, _ b: Results, count: Int, tolerance: Float, _ what: String) {
        for (i, shape) in model.outputShapes.enumerated() {
            close(a.outputs[i], b.outputs[i], [count] + shape, tolerance, "\(what): output \(i)")
        }
        for (i, shape) in model.inputShapes.enumerated() {
            close(
                a.inputGradients[i], b.inputGradients[i], [count] + shape, tolerance, "\(what): gradient of input \(i)")
        }
        for (i, entry) in model.weights.entries.enumerated() where entry.specification.isTrainable {
            close(
                a.weightGradients[i], b.weightGradients[i], entry.specification.shape, tolerance,
                "\(what): gradient of \(entry.layer).\(entry.specification.name)",
                least: leastGradient(of: entry.specification.name))
        }
    }

    private func close(
        _ a: [Float], _ b: [Float], _ shape: Shape, _ tolerance: Float, _ what: String, least: Float = 1e-6
    ) {
        expectClose(a, b, shape: shape, tolerance: tolerance, what, least: least, sourceLocation: location)
    }

    private func checkAgainstReference(_ results: Results) throws {
        let reference = try Runner(model, batch: batch, threads: 1, usesReferenceKernels: true)
        // The same step has to come out of a plan with other steps: random layers are compared elsewhere.
        if !options.differsInTraining || options.mixesSamples {
            compare(
                results, reference.run(inputs, upstream: upstream, count: batch), count: batch, tolerance: 1e-4,
                "reference")
        }
        if let expected = options.expected {
            let weights = model.weights.entries.indices.map(model.weights.array)
            close(
                results.outputs[0], expected(inputs, weights, batch), [batch] + model.outputShapes[0], 1e-4,
                "plain implementation: output")
        }
    }

    private func checkThreadsAndRepetition(_ results: Results, _ runner: Runner) throws {
        for threads in [1, 3] {
            let other = try Runner(model, batch: batch, threads: threads)
            compare(
                other.run(inputs, upstream: upstream, count: batch), results, count: batch, tolerance: 1e-5,
                "\(threads) threads")
        }
        compare(
            runner.run(inputs, upstream: upstream, count: batch), results, count: batch, tolerance: 0, "the same again")
    }

    /// Frozen layers pass on the very gradients that they pass on when trained.
    private func checkFrozen(_ results: Results) throws {
        guard !options.differsInTraining || options.mixesSamples else { return }
        let frozen = try Frozen.model(like: model)
        for index in model.weights.entries.indices { try frozen.weights.set(index, model.weights.array(index)) }
        let same = try Runner(frozen, batch: batch).run(inputs, upstream: upstream, count: batch)
        #expect(same.inputGradients == results.inputGradients, "frozen", sourceLocation: location)
    }

    private func checkAccumulation(_ results: Results, _ runner: Runner) {
        var twice = results
        twice.weightGradients = results.weightGradients.map { $0.map { 2 * $0 } }
        compare(
            runner.run(inputs, upstream: upstream, count: batch, accumulate: true), twice, count: batch,
            tolerance: 1e-6,
            "accumulated")
    }

    private func checkPartialBatches(_ runner: Runner) throws {
        for count in Set([1, batch - 1]) where count > 0 {
            let small = try Runner(model, batch: count)
            compare(
                runner.run(inputs, upstream: upstream, count: count),
                small.run(inputs, upstream: upstream, count: count), count: count, tolerance: 1e-5,
                "\(count) of \(batch) samples")
        }
    }

    private func checkPrediction(_ runner: Runner) throws {
        let prediction = try Runner(model, batch: batch, isTraining: false)
        prediction.executor.fillMemory(with: .nan)
        let predicted = prediction.forward(inputs, count: batch, isTraining: false)
        let unchanged = runner.forward(inputs, count: batch, isTraining: false)
        let trained = runner.forward(inputs, count: batch)
        for (i, shape) in model.outputShapes.enumerated() {
            close(unchanged[i], predicted[i], [batch] + shape, 1e-5, "executor for prediction: output \(i)")
            if !options.differsInTraining {
                close(trained[i], predicted[i], [batch] + shape, 1e-5, "prediction against training: output \(i)")
            }
        }
        if options.differsInTraining {
            #expect(trained != predicted, "training must differ from prediction", sourceLocation: location)
        }
        if !options.differsInTraining, batch > 1 {
            let first = prediction.forward(inputs, count: 1, isTraining: false)
            for (i, shape) in model.outputShapes.enumerated() {
                let head = Array(predicted[i].prefix(shape.reduce(1, *)))
                close(first[i], head, [1] + shape, 1e-5, "a sample alone: output \(i)")
            }
        }
    }

    private func checkRoundTrip() throws {
        try KerasFixtures.inTemporaryFolder { folder in
            try ModelFile.write(model, to: "\(folder)/model.h5")
            let copy = try ModelFile.read("\(folder)/model.h5").model
            #expect(
                copy.weights.entries.map(\.specification.name) == model.weights.entries.map(\.specification.name),
                sourceLocation: location)
            let a = try Runner(model, batch: batch, isTraining: false),
                b = try Runner(copy, batch: batch, isTraining: false)
            let before = a.forward(inputs, count: batch, isTraining: false)
            let after = b.forward(inputs, count: batch, isTraining: false)
            #expect(before == after, "a saved and loaded model must predict the same", sourceLocation: location)
        }
    }

    // MARK: Finite differences

    /// A tensor that has a gradient.
    private enum Tensor {
        case input(Int)
        case weight(Int)
    }

    private func checkDifferences(_ results: Results, _ runner: Runner) {
        for i in model.inputShapes.indices {
            checkDifferences(.input(i), "input \(i)", [batch] + model.inputShapes[i], results.inputGradients[i], runner)
        }
        for (i, entry) in model.weights.entries.enumerated() where entry.specification.isTrainable {
            checkDifferences(
                .weight(i), "\(entry.layer).\(entry.specification.name)", entry.specification.shape,
                results.weightGradients[i], runner)
        }
    }

    private func checkDifferences(
        _ tensor: Tensor, _ name: String, _ shape: Shape, _ gradient: [Float], _ runner: Runner
    ) {
        let count = shape.reduce(1, *)
        guard gradient.count == count else { return }  // already recorded
        let allowed = options.tolerance * Double(max(gradient.reduce(0) { max($0, abs($1)) }, 0.05))
        var random = RandomGenerator(seed: 3)
        let sample = count <= 60 ? Array(0..<count) : (0..<60).map { _ in random.integer(below: count) }
        var changed = 0, leftOut = 0
        for index in sample {
            var slope = self.slope(tensor, index, runner)
            var expected = gradient[index]
            if options.hasKinks, slope.leftOut > 0 {
                let partial = runner.run(inputs, upstream: slope.upstream, count: batch)
                switch tensor {
                case .input(let i): expected = partial.inputGradients[i][index]
                case .weight(let i): expected = partial.weightGradients[i][index]
                }
            }
            changed += slope.changed
            leftOut += slope.leftOut
            if !(abs(slope.value - Double(expected)) <= allowed) {
                // Once more with a smaller step, for curvature.
                let old = slope.value
                slope = self.slope(tensor, index, runner, factor: 0.3)
                if !options.hasKinks, abs(slope.value - Double(expected)) <= allowed { continue }
                Issue.record(
                    "gradient of \(name) at \(coordinate(index, in: shape)): \(expected), finite difference \(old)",
                    sourceLocation: location)
            }
        }
        #expect(changed < 10 || leftOut * 2 <= changed, "\(name): too much was left out", sourceLocation: location)
    }

    /// The central difference of the outputs times the upstream gradient. With kinks, outputs whose slope jumps within
    /// the step are left out, and their upstream gradient is 0.
    private func slope(_ tensor: Tensor, _ index: Int, _ runner: Runner, factor: Float = 1)
        -> (value: Double, upstream: [[Float]], changed: Int, leftOut: Int)
    {
        let old = value(of: tensor, index)
        let high = old + options.step * factor, low = old - options.step * factor
        let above = outputs(with: high, in: tensor, index, runner),
            below = outputs(with: low, in: tensor, index, runner)
        let middle = options.hasKinks ? outputs(with: old, in: tensor, index, runner) : []
        var upstream = upstream
        var sum = 0.0, changed = 0, leftOut = 0
        for o in upstream.indices {
            for k in above[o].indices where above[o][k] != below[o][k] {
                changed += 1
                if options.hasKinks {
                    let bend = abs(above[o][k] - 2 * middle[o][k] + below[o][k])
                    if bend > 0.02 * abs(above[o][k] - below[o][k]) + 4e-6 * max(1, abs(middle[o][k])) {
                        upstream[o][k] = 0
                        leftOut += 1
                    }
                }
                sum += Double(upstream[o][k]) * (Double(above[o][k]) - Double(below[o][k]))
            }
        }
        return (sum / (Double(high) - Double(low)), upstream, changed, leftOut)
    }

    private func value(of tensor: Tensor, _ index: Int) -> Float {
        switch tensor {
        case .input(let i): return inputs[i][index]
        case .weight(let i): return model.weights.buffer(i)[index]
        }
    }

    private func outputs(with value: Float, in tensor: Tensor, _ index: Int, _ runner: Runner) -> [[Float]] {
        switch tensor {
        case .input(let i):
            var inputs = inputs
            inputs[i][index] = value
            return runner.forward(inputs, count: batch)
        case .weight(let i):
            let values = model.weights.buffer(i)
            let old = values[index]
            values[index] = value
            model.weights.didChange()
            defer {
                values[index] = old
                model.weights.didChange()
            }
            return runner.forward(inputs, count: batch)
        }
    }
}
