import NeuralNet
import Testing

/// Runs one model in training mode with random inputs and random upstream gradients.
struct Probe {
    let model: Model
    let executor: Executor
    let count: Int
    var inputs: [[Float]]
    var upstream: [[Float]]
    let isTraining: Bool

    init(
        _ model: Model, maximumBatch: Int, count: Int, threads: Int = 2, isTraining: Bool = true,
        usesReferenceKernels: Bool = false, seed: UInt64 = 11
    ) throws {
        self.model = model
        self.count = count
        self.isTraining = isTraining
        executor = try Executor(
            model, maximumBatch: maximumBatch, threads: ThreadPool(threads: threads), isTraining: true,
            computesInputGradients: true, usesReferenceKernels: usesReferenceKernels)
        var random = RandomGenerator(seed: seed)
        func values(_ shape: Shape) -> [Float] {
            (0..<count * shape.reduce(1, *)).map { _ in random.uniform(in: -1...1) }
        }
        inputs = model.inputShapes.map(values)
        upstream = model.outputShapes.map(values)
    }

    /// Results of a forward and a backward pass.
    struct Pass {
        var outputs: [[Float]]
        var inputGradients: [[Float]]
        var gradients: [[Float]]
    }

    func forward() -> [[Float]] {
        for (i, values) in inputs.enumerated() { executor.input(i).update(from: values, count: values.count) }
        executor.forward(count: count, isTraining: isTraining, seed: 5)
        return upstream.indices.map { Array(UnsafeBufferPointer(start: executor.output($0), count: upstream[$0].count)) }
    }

    func run(accumulate: Bool = false) -> Pass {
        let outputs = forward()
        for (i, values) in upstream.enumerated() { executor.outputGradient(i).update(from: values, count: values.count) }
        executor.backward(accumulate: accumulate)
        return Pass(
            outputs: outputs,
            inputGradients: inputs.indices.map { i in
                executor.inputGradient(i).map { Array(UnsafeBufferPointer(start: $0, count: inputs[i].count)) } ?? []
            },
            gradients: trainable.map { entry in
                Array(executor.gradients[entry.offset..<entry.offset + entry.specification.count])
            })
    }

    var trainable: [Weights.Entry] { model.weights.entries.filter(\.specification.isTrainable) }

    /// The sum of outputs times upstream gradients: the function whose gradient `run` computes.
    func objective() -> Double {
        zip(forward(), upstream).reduce(0) { sum, pair in
            zip(pair.0, pair.1).reduce(sum) { $0 + Double($1.0) * Double($1.1) }
        }
    }
}

/// Compares element by element; the first that differs is named.
func expectClose(
    _ a: [Float], _ b: [Float], tolerance: Float, _ what: String, sourceLocation: SourceLocation = #_sourceLocation
) {
    guard a.count == b.count else {
        Issue.record("\(what): \(a.count) values instead of \(b.count)", sourceLocation: sourceLocation)
        return
    }
    let scale = max(b.reduce(0) { max($0, abs($1)) }, 1e-3)
    if let wrong = a.indices.first(where: { !(abs(a[$0] - b[$0]) <= tolerance * scale) }) {
        Issue.record("\(what)[\(wrong)]: \(a[wrong]) instead of \(b[wrong])", sourceLocation: sourceLocation)
    }
}

/// Everything that must hold for a layer: shape, fast against reference kernels, gradients against finite differences
/// for inputs and weights, accumulation, partial batches, and the same results from any number of threads.
///
/// `step` is the difference's width: kinked functions want it small, since the difference must not cross a kink.
func checkLayer(
    _ model: Model, shape: Shape, batch: Int = 3, isTraining: Bool = true, step: Float = 1e-2,
    tolerance: Float = 2e-2, sourceLocation: SourceLocation = #_sourceLocation
) throws {
    #expect(model.outputShapes[0] == shape, sourceLocation: sourceLocation)
    randomizeWeights(model)
    var probe = try Probe(model, maximumBatch: batch, count: batch, isTraining: isTraining)
    let result = probe.run()

    let reference = try Probe(
        model, maximumBatch: batch, count: batch, threads: 1, isTraining: isTraining, usesReferenceKernels: true
    ).run()
    compare(result, reference, tolerance: 1e-4, "fast against reference", sourceLocation)

    for threads in [1, 3] {
        let other = try Probe(model, maximumBatch: batch, count: batch, threads: threads, isTraining: isTraining).run()
        compare(other, result, tolerance: 1e-5, "\(threads) threads", sourceLocation)
    }

    let twice = probe.run(accumulate: true)
    for (a, b) in zip(twice.gradients, result.gradients) {
        expectClose(a, b.map { 2 * $0 }, tolerance: 1e-5, "accumulated", sourceLocation: sourceLocation)
    }

    // The same samples in an executor made for more.
    let partial = try Probe(model, maximumBatch: batch + 4, count: batch, isTraining: isTraining).run()
    compare(partial, result, tolerance: 1e-5, "partial batch", sourceLocation)

    try checkGradients(&probe, result, step: step, tolerance: tolerance, sourceLocation)
}

private func compare(
    _ a: Probe.Pass, _ b: Probe.Pass, tolerance: Float, _ what: String, _ location: SourceLocation
) {
    for i in b.outputs.indices { expectClose(a.outputs[i], b.outputs[i], tolerance: tolerance, "\(what): output", sourceLocation: location) }
    for i in b.inputGradients.indices {
        expectClose(a.inputGradients[i], b.inputGradients[i], tolerance: tolerance, "\(what): input gradient", sourceLocation: location)
    }
    for i in b.gradients.indices {
        expectClose(a.gradients[i], b.gradients[i], tolerance: tolerance, "\(what): gradient \(i)", sourceLocation: location)
    }
}

private func checkGradients(
    _ probe: inout Probe, _ result: Probe.Pass, step: Float, tolerance: Float, _ location: SourceLocation
) throws {
    var random = RandomGenerator(seed: 3)
    for i in probe.inputs.indices {
        for _ in 0..<min(40, probe.inputs[i].count) {
            let place = random.integer(below: probe.inputs[i].count)
            let old = probe.inputs[i][place]
            probe.inputs[i][place] = old + step
            let above = probe.objective()
            probe.inputs[i][place] = old - step
            let below = probe.objective()
            probe.inputs[i][place] = old
            expectSlope(
                (above - below) / Double(2 * step), result.inputGradients[i], place, tolerance,
                "input \(i)", location)
        }
    }
    for (i, entry) in probe.trainable.enumerated() {
        let values = probe.model.weights.values + entry.offset
        for _ in 0..<min(40, entry.specification.count) {
            let place = random.integer(below: entry.specification.count)
            let old = values[place]
            values[place] = old + step
            probe.model.weights.didChange()
            let above = probe.objective()
            values[place] = old - step
            probe.model.weights.didChange()
            let below = probe.objective()
            values[place] = old
            probe.model.weights.didChange()
            expectSlope(
                (above - below) / Double(2 * step), result.gradients[i], place, tolerance,
                "\(entry.layer)/\(entry.specification.name)", location)
        }
    }
}

private func expectSlope(
    _ slope: Double, _ gradient: [Float], _ place: Int, _ tolerance: Float, _ what: String, _ location: SourceLocation
) {
    let scale = max(gradient.reduce(0) { max($0, abs($1)) }, 0.1)
    if !(abs(Float(slope) - gradient[place]) <= tolerance * scale) {
        Issue.record(
            "gradient of \(what)[\(place)]: \(gradient[place]), by finite differences \(slope)", sourceLocation: location)
    }
}

/// Biases, gammas and running statistics away from their first values, so that mistakes in them show.
func randomizeWeights(_ model: Model) {
    var random = RandomGenerator(seed: 21)
    for (index, entry) in model.weights.entries.enumerated() {
        let isPositive = entry.specification.name == "moving_variance" || entry.specification.name == "gamma"
        let limit = max(0.3, 1 / Float(max(entry.specification.fanIn, 1)).squareRoot())
        for place in model.weights.buffer(index).indices {
            model.weights.buffer(index)[place] = isPositive
                ? random.uniform(in: 0.5...1.5) : random.uniform(in: -limit...limit)
        }
    }
    model.weights.didChange()
}
