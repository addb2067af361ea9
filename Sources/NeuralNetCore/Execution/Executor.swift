import CKernels

/// Runs a model on batches up to a fixed size: forward, and backward when made for training.
///
/// All memory is allocated when it is made; running allocates nothing. An executor belongs to one thread at a time;
/// several executors can run one model at once.
public final class Executor {
    /// What is run.
    public let model: Model
    /// The largest number of samples of one call.
    public let maximumBatch: Int
    /// Who computes.
    public let threads: ThreadPool
    let plan: ExecutionPlan

    /// Bytes of activations, gradients and scratch.
    public var memory: Int {
        (arenaCount + preparedCount + gradientCount) * MemoryLayout<Float>.stride + lanes.reduce(0) { $0 + $1.memory }
            + (portion?.memory ?? 0)
    }

    /// Gradients of the trainable weights, laid out as `Weights.values`. Empty when not made for training.
    public let gradients: UnsafeMutableBufferPointer<Float>

    private let arena: UnsafeMutablePointer<Float>
    private let arenaCount: Int
    private let prepared: UnsafeMutablePointer<Float>
    private let preparedCount: Int
    private let gradientCount: Int
    private let memoryOfSteps: BoundPlan
    private var weightsVersion: UInt64 = 0
    /// Samples of the last `forward`.
    package private(set) var count = 0
    private var seed: UInt64 = 0
    private var dropoutScale: Float = 1
    private var isTraining = false
    private var part = BatchPart.whole
    /// Whether whoever runs this has the weights' lock already, for several executors at once.
    package var weightsAreHeld = false
    /// Executors of one thread each that share batches; empty if this one runs them itself.
    private var lanes: [Executor] = []
    /// Runs batches for this one, so many samples at a time; nil if this one runs them itself.
    private var portion: Executor?
    /// Is told when each step begins and ends; nil tells nobody.
    package var observer: (any StepObserver)?

    /// Plans and allocates. `absorbing`: per output, a last activation that the loss computes with itself, so that
    /// `backward` starts from the gradient with respect to its input. `precision`: what products and convolutions are made
    /// of. `watching`: a node whose output and gradient stay readable; `backward` ends there. Throws `NeuralNetError` if a
    /// layer cannot run with these shapes, for batches of no samples, and for a watched node that there is not or that is
    /// not trained.
    public convenience init(
        _ model: Model, maximumBatch: Int, threads: ThreadPool, isTraining: Bool = false,
        absorbing: [Activation?] = [], computesInputGradients: Bool = false,
        convolution: ConvolutionAlgorithm = .automatic, precision: Precision = .float, watching watched: Int? = nil
    ) throws {
        guard maximumBatch > 0 else {
            throw NeuralNetError.invalidSetting("batches need one sample or more, not \(maximumBatch)")
        }
        if let watched, !isTraining || !model.nodes.indices.contains(watched) {
            throw NeuralNetError.invalidSetting(
                isTraining
                    ? "node \(watched) cannot be watched: there are \(model.nodes.count)"
                    : "only an executor that trains watches a node")
        }
        try self.init(
            model, threads,
            ExecutionPlan.Options(
                maximumBatch: maximumBatch, threads: threads.count, isTraining: isTraining,
                absorbed: absorbing, computesInputGradients: computesInputGradients,
                convolution: convolution, precision: precision, watched: watched))
    }

    private init(_ model: Model, _ threads: ThreadPool, _ options: ExecutionPlan.Options) throws {
        self.model = model
        self.threads = threads
        maximumBatch = options.maximumBatch
        plan = try ExecutionPlan(model: model, options: options)
        var layout = MemoryLayoutOfPlan(plan, model)
        let samples = Lanes.samples(plan, model, layout)
        if samples == nil, let samples = Portions.samples(plan) {
            var each = options
            each.maximumBatch = samples
            each.whole = (maximumBatch, threads.count)
            portion = try Executor(model, threads, each)
            layout = MemoryLayoutOfPlan(endsOf: plan, model)
        }
        let steps = portion == nil ? plan.steps : []
        arenaCount = layout.total
        guard let arena = AlignedMemory.allocateIfThere(floats: arenaCount) else {
            let megabytes = arenaCount * MemoryLayout<Float>.stride / 1_000_000
            throw NeuralNetError.invalidSetting(
                "batches of \(maximumBatch) need \(megabytes) MB, more memory than there is; smaller ones need less")
        }
        self.arena = arena
        preparedCount = steps.reduce(0) { $0 + $1.kernel.preparedFloats + ($1.folded?.memory ?? 0) }
        prepared = AlignedMemory.allocate(floats: preparedCount)
        gradientCount = options.isTraining ? model.weights.trainableCount : 0
        gradients = UnsafeMutableBufferPointer(
            start: AlignedMemory.allocate(floats: max(gradientCount, 16)), count: gradientCount)
        memoryOfSteps = BoundPlan(
            plan, steps, layout, model.weights, arena: arena, prepared: prepared,
            weightGradients: gradients.baseAddress!)
        if threads.count > 1, let samples {
            var each = options
            each.maximumBatch = samples
            each.threads = 1
            each.whole = (maximumBatch, threads.count)
            lanes = try (0..<threads.count).map { _ in try Executor(model, ThreadPool(threads: 1), each) }
        }
    }

    deinit {
        AlignedMemory.free(arena)
        AlignedMemory.free(prepared)
        AlignedMemory.free(gradients.baseAddress)
    }

    /// Where the caller writes the samples of input `index` before `forward`, one after another.
    public func input(_ index: Int = 0) -> UnsafeMutablePointer<Float> {
        memoryOfSteps.activations[plan.nodeBuffers[model.inputs[index]]]
    }

    /// The results of output `index` after `forward`.
    public func output(_ index: Int = 0) -> UnsafeMutablePointer<Float> {
        memoryOfSteps.activations[plan.outputBuffers[index]]
    }

    /// What the loss of output `index` sees after `forward`: the output, or what goes into its last activation.
    public func lossInput(_ index: Int = 0) -> (values: UnsafeMutablePointer<Float>, isBeforeActivation: Bool) {
        (memoryOfSteps.activations[plan.lossBuffer(index)], plan.absorbedSteps[index] != nil)
    }

    /// Where the caller writes the gradient of the loss before `backward`, with respect to `lossInput`.
    public func outputGradient(_ index: Int = 0) -> UnsafeMutablePointer<Float> {
        guard let pointer = memoryOfSteps.gradients[plan.lossBuffer(index)] else {
            preconditionFailure("not made for training")
        }
        return pointer
    }

    /// Where the gradient with respect to `lossInput` goes; nil when not made for training.
    package func lossGradient(_ index: Int) -> UnsafeMutablePointer<Float>? {
        plan.options.isTraining ? memoryOfSteps.gradients[plan.lossBuffer(index)] : nil
    }

    /// The gradient with respect to input `index`, after `backward`, if computed.
    public func inputGradient(_ index: Int = 0) -> UnsafeMutablePointer<Float>? {
        memoryOfSteps.gradients[plan.nodeBuffers[model.inputs[index]]]
    }

    /// The output of the watched node after `forward`, and its gradient after `backward`.
    public var watched: (activation: UnsafeMutablePointer<Float>, gradient: UnsafeMutablePointer<Float>)? {
        guard let buffer = plan.watchedBuffer, let gradient = memoryOfSteps.gradients[buffer] else { return nil }
        return (memoryOfSteps.activations[buffer], gradient)
    }

    /// Computes the outputs of the first `count` samples. `seed` decides what Dropout drops, `dropoutScale` is a factor
    /// of its rate. `part`: which samples of the batch these are; only where there are peers they may be none.
    public func forward(
        count: Int, isTraining: Bool = false, seed: UInt64 = 0, dropoutScale: Float = 1, part: BatchPart = .whole
    ) {
        precondition(
            count > 0 && count <= maximumBatch || count == 0 && part.total != nil,
            "batch of \(count), made for 1...\(maximumBatch)")
        self.count = count
        self.part = part
        self.seed = seed
        self.dropoutScale = dropoutScale
        self.isTraining = isTraining
        if weightsAreHeld { return runForward() }
        model.weights.withAccess(changingStatistics: isTraining) { runForward() }
    }

    private func runForward() {
        let version = model.weights.version
        if let lane = lanes.first, observer == nil, count > lane.maximumBatch {
            runLanes(lane.maximumBatch)
            return
        }
        if let portion {
            runPortions(portion)
            return
        }
        let changed = version != weightsVersion
        // Without samples most kernels are not run, and do not learn of it.
        if count > 0 { weightsVersion = version }
        if changed { fold() }
        // Where they lie: copies would count references, which small layers notice.
        plan.steps.withUnsafeBufferPointer { steps in
            memoryOfSteps.steps.withUnsafeBufferPointer { buffers in
                for index in steps.indices where count > 0 || asksPeers(index) {
                    observer?.stepBegins()
                    steps[index].kernel.forward(
                        buffers[index], pass(index, isTraining: isTraining, changed: changed, overwrite: false))
                    observer?.stepEnds(index, isBackward: false)
                }
            }
        }
    }

    /// Each thread takes samples of its own through all steps.
    private func runLanes(_ samples: Int) {
        threads.runEach((count + samples - 1) / samples) { thread, part in
            runSamples(from: part * samples, in: lanes[thread])
        }
    }

    private func runPortions(_ portion: Executor) {
        portion.observer = observer
        for first in stride(from: 0, to: count, by: portion.maximumBatch) { runSamples(from: first, in: portion) }
    }

    /// As many samples as `other` takes at once.
    private func runSamples(from first: Int, in other: Executor) {
        other.count = min(other.maximumBatch, count - first)
        for index in model.inputs.indices {
            let size = plan.buffers[plan.nodeBuffers[model.inputs[index]]]
            other.input(index).update(from: input(index) + first * size, count: other.count * size)
        }
        other.runForward()
        for index in plan.outputBuffers.indices {
            let size = plan.buffers[plan.outputBuffers[index]]
            (output(index) + first * size).update(from: other.output(index), count: other.count * size)
        }
    }

    /// Computes the gradients of the last `forward`, of training or of prediction as that was, from `outputGradient`.
    /// Adds to `gradients` if `accumulate`.
    public func backward(accumulate: Bool = false) {
        precondition(plan.options.isTraining, "not made for training")
        if weightsAreHeld { return runBackward(accumulate: accumulate) }
        model.weights.withAccess(changingStatistics: false) { runBackward(accumulate: accumulate) }
    }

    private func runBackward(accumulate: Bool) {
        if count == 0, !accumulate { gradients.update(repeating: 0) }
        for index in (plan.firstBackwardStep..<plan.steps.count).reversed()
        where memoryOfSteps.steps[index].outputGradient != nil {
            observer?.stepBegins()
            defer { observer?.stepEnds(index, isBackward: true) }
            guard count > 0 || asksPeers(index) else { continue }
            plan.steps[index].kernel.backward(
                memoryOfSteps.steps[index],
                pass(
                    index, isTraining: isTraining, changed: false,
                    overwrite: !accumulate && !memoryOfSteps.addsGradients[index]))
            for (i, addition) in memoryOfSteps.additions[index].enumerated() {
                if let addition {
                    fm_add(addition.target, memoryOfSteps.steps[index].inputGradients[i]!, addition.count * count)
                }
            }
        }
    }

    /// Whether a step has a part in the batch even without samples of its own.
    private func asksPeers(_ index: Int) -> Bool {
        part.peers != nil && isTraining && !plan.steps[index].isFixed && plan.steps[index].kernel.asksPeers
    }

    /// For each entry of the weights, the step of `backward` after which its gradient is complete; nil for those without
    /// one.
    package var lastGradientSteps: [Int?] {
        var result = [Int?](repeating: nil, count: model.weights.entries.count)
        for index in plan.firstBackwardStep..<plan.steps.count where memoryOfSteps.steps[index].outputGradient != nil {
            for entry in plan.steps[index].parameters { result[entry] = min(result[entry] ?? index, index) }
        }
        return result
    }

    /// The steps in order: for measurements, and for tests that want to know which path they try.
    package var steps: [StepDescription] {
        plan.steps.indices.map { index in
            let step = plan.steps[index]
            return StepDescription(
                name: step.name, kernel: "\(type(of: step.kernel))", node: model.nodes[step.node],
                isActivation: step.kernel is ActivationKernel,
                computesInputGradient: plan.options.isTraining
                    && memoryOfSteps.steps[index].inputGradients.first.map { $0 != nil } ?? false)
        }
    }

    /// The type of each step's kernel, in order.
    package var kernelNames: [String] { plan.steps.map { "\(type(of: $0.kernel))" } }

    /// Writes `value` over everything that a step may not rely on: for tests that look for reads of stale memory.
    package func fillMemory(with value: Float) {
        portion?.fillMemory(with: value)
        arena.update(repeating: value, count: arenaCount)
        gradients.update(repeating: value)
    }

    private func pass(_ step: Int, isTraining: Bool, changed: Bool, overwrite: Bool) -> Pass {
        Pass(
            count: count, isTraining: isTraining && !plan.steps[step].isFixed,
            seed: seed &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(step),
            dropoutScale: dropoutScale, weightsChanged: changed, overwritesGradients: overwrite, threads: threads,
            part: part)
    }

    /// Computes the kernels and biases that a BatchNormalization was folded into.
    private func fold() {
        for (index, step) in plan.steps.enumerated() {
            step.folded?.write(model.weights, to: memoryOfSteps.steps[index].parameters[0])
        }
    }
}
