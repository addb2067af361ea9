import CKernels

/// Runs a `NetworkPlan`: one sample at a time, on one thread, in memory that it allocates once. What a plan computes
/// agrees with the network that it was made of up to rounding.
///
/// An engine belongs to one thread at a time.
public final class PlanEngine {
    /// What it runs.
    public let plan: NetworkPlan
    private let threads = ThreadPool(threads: 1)
    private var runners: [PlanRunner] = []
    private let arena: UnsafeMutablePointer<Float>
    private let weights: UnsafeMutablePointer<Float>
    private let prepared: UnsafeMutablePointer<Float>
    /// Where each buffer lies in the arena.
    private let places: [Int]
    private var isFirstRun = true
    /// Bytes of activations, weights and what is prepared of them.
    public let memory: Int

    /// Allocates all that running needs.
    public init(_ plan: NetworkPlan) {
        self.plan = plan
        let lowered = LoweredPlan(plan)
        places = lowered.places
        runners = lowered.runners
        func rounded(_ count: Int) -> Int { (count + 15) / 16 * 16 }
        let weightCount = plan.tensors.reduce(0) { $0 + rounded($1.count) }
        let preparedCount = runners.reduce(0) { $0 + rounded($1.memory.prepared) }
        arena = AlignedMemory.allocate(floats: lowered.total)
        weights = AlignedMemory.allocate(floats: weightCount)
        prepared = AlignedMemory.allocate(floats: preparedCount)
        memory = (lowered.total + weightCount + preparedCount) * MemoryLayout<Float>.stride
        var tensors: [UnsafeMutablePointer<Float>] = [], next = weights
        for tensor in plan.tensors {
            for (index, value) in tensor.enumerated() { next[index] = value }
            tensors.append(next)
            next += rounded(tensor.count)
        }
        var free = prepared
        for (index, step) in lowered.steps.enumerated() {
            runners[index].bind(
                LayerBuffers(
                    inputs: step.inputs.map { arena + places[$0] }, output: arena + places[step.output],
                    inputGradients: [], outputGradient: nil, parameters: step.parameters.map { tensors[$0] },
                    parameterGradients: [], state: arena + lowered.states[index], prepared: free,
                    scratch: arena + lowered.scratches[index]))
            free += rounded(runners[index].memory.prepared)
        }
    }

    deinit {
        AlignedMemory.free(arena)
        AlignedMemory.free(weights)
        AlignedMemory.free(prepared)
    }

    /// Where the sample of input `index` is written before `run`.
    public func input(_ index: Int = 0) -> UnsafeMutablePointer<Float> { arena + places[index] }

    /// The result of output `index` after `run`.
    public func output(_ index: Int = 0) -> UnsafeMutablePointer<Float> { arena + places[plan.outputs[index]] }

    /// Computes the outputs. Allocates nothing.
    public func run() {
        let pass = Pass(
            count: 1, isTraining: false, seed: 0, dropoutScale: 0, weightsChanged: isFirstRun,
            overwritesGradients: false, threads: threads)
        isFirstRun = false
        for runner in runners { runner.forward(pass) }
    }
}

/// A plan with kernels chosen for this machine, and a place for everything in one block of memory.
private struct LoweredPlan {
    var steps: [NetworkPlan.Step] = []
    var runners: [PlanRunner] = []
    var places: [Int] = []
    var states: [Int] = []
    var scratches: [Int] = []
    var total = 0

    init(_ plan: NetworkPlan) {
        let context = KernelContext(
            inputShapes: [], outputShape: [], maximumBatch: 1, threads: 1, isTraining: false)
        for step in plan.steps {
            if case .maximumPool(let pool) = step.operation, let last = steps.indices.last,
                steps[last].output == step.inputs[0], !plan.outputs.contains(steps[last].output),
                plan.steps.filter({ $0.inputs.contains(steps[last].output) }).count == 1,
                let fused = runners[last].fusing(pool)
            {
                runners[last] = fused
                steps[last].output = step.output
            } else {
                steps.append(step)
                runners.append(step.operation.makeRunner(context))
            }
        }
        place(plan)
    }

    private mutating func place(_ plan: NetworkPlan) {
        var arena = ArenaPlanner()
        // Time 0 is when inputs are written; step i runs at i + 1.
        let end = steps.count + 1
        var birth = [Int](repeating: 0, count: plan.buffers.count)
        for (index, step) in steps.enumerated() { birth[step.output] = index + 1 }
        let blocks = plan.buffers.indices.map { arena.reserve(plan.buffers[$0], birth[$0]...birth[$0]) }
        for (index, step) in steps.enumerated() {
            for input in step.inputs { arena.extend(blocks[input], to: index + 1) }
        }
        for output in plan.outputs { arena.extend(blocks[output], to: end) }
        let stateBlocks = steps.indices.map { arena.reserve(runners[$0].memory.state, ($0 + 1)...($0 + 1)) }
        let scratchBlocks = steps.indices.map { arena.reserve(runners[$0].memory.scratch, ($0 + 1)...($0 + 1)) }
        let layout = arena.layout()
        places = blocks.map { layout.offsets[$0] }
        states = stateBlocks.map { layout.offsets[$0] }
        scratches = scratchBlocks.map { layout.offsets[$0] }
        total = layout.total
    }
}
