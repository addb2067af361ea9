/// Lifetimes of all buffers of a plan, and the places they got.
struct MemoryLayoutOfPlan {
    var total = 0
    var activations: [Int] = []
    var gradients: [Int?] = []
    var states: [Int] = []
    var scratches: [Int] = []
    var additions: [[Int?]] = []

    /// Inputs and outputs only, for a plan that others run.
    init(endsOf plan: ExecutionPlan, _ model: Model) {
        activations = [Int](repeating: 0, count: plan.buffers.count)
        gradients = [Int?](repeating: nil, count: plan.buffers.count)
        for buffer in Set(model.inputs.map { plan.nodeBuffers[$0] } + plan.outputBuffers).sorted() {
            activations[buffer] = total
            total += (plan.buffers[buffer] * plan.options.maximumBatch + 15) / 16 * 16
        }
    }

    init(_ plan: ExecutionPlan, _ model: Model) {
        // Time 0 is when inputs are written; step i runs forward at i + 1 and backward at last - i.
        let steps = plan.steps, batch = plan.options.maximumBatch, training = plan.options.isTraining
        let last = 2 * steps.count + 2
        var arena = ArenaPlanner()

        var birth = [Int](repeating: 0, count: plan.buffers.count)
        for (i, step) in steps.enumerated() { birth[step.output] = i + 1 }
        let activationBlocks = plan.buffers.indices.map {
            arena.reserve(plan.buffers[$0] * batch, birth[$0]...birth[$0])
        }
        for (i, step) in steps.enumerated() {
            let memory = step.kernel.memory
            for input in step.inputs {
                arena.extend(activationBlocks[input], to: training && memory.keepsInput ? last - i : i + 1)
            }
            if training && memory.keepsOutput { arena.extend(activationBlocks[step.output], to: last - i) }
        }
        for buffer in plan.outputBuffers { arena.extend(activationBlocks[buffer], to: last + 1) }
        // Lanes write outputs of some samples before others have read their inputs.
        if !training {
            for node in model.inputs { arena.extend(activationBlocks[plan.nodeBuffers[node]], to: last + 1) }
        }
        if let buffer = plan.watchedBuffer { arena.extend(activationBlocks[buffer], to: last + 1) }
        for index in plan.outputBuffers.indices { arena.extend(activationBlocks[plan.lossBuffer(index)], to: last + 1) }

        var gradientBlocks = [Int?](repeating: nil, count: plan.buffers.count)
        var additionBlocks = steps.map { [Int?](repeating: nil, count: $0.inputs.count) }
        if training {
            let needs = plan.buffersNeedingGradient(model)
            let loss = steps.count + 1
            for buffer in plan.outputBuffers.indices.map(plan.lossBuffer)
            where needs[buffer] && gradientBlocks[buffer] == nil {
                gradientBlocks[buffer] = arena.reserve(plan.buffers[buffer] * batch, loss...loss)
            }
            for i in steps.indices.reversed() where !plan.absorbedSteps.contains(i) {
                let time = last - i
                if let block = gradientBlocks[steps[i].output] { arena.extend(block, to: time) }
                for (j, input) in steps[i].inputs.enumerated() where needs[input] {
                    let size = plan.buffers[input] * batch
                    if let block = gradientBlocks[input] {
                        arena.extend(block, to: time)
                        additionBlocks[i][j] = arena.reserve(size, time...time)
                    } else {
                        gradientBlocks[input] = arena.reserve(size, time...time)
                    }
                }
            }
            if let block = plan.watchedBuffer.flatMap({ gradientBlocks[$0] }) { arena.extend(block, to: last + 1) }
            for node in model.inputs {
                if let block = gradientBlocks[plan.nodeBuffers[node]] { arena.extend(block, to: last + 1) }
            }
        }

        let stateBlocks = steps.enumerated().map { i, step in
            arena.reserve(step.kernel.memory.state, (i + 1)...(training ? last - i : i + 1))
        }
        let scratchBlocks = steps.enumerated().map { i, step in
            arena.reserve(step.kernel.memory.scratch, (i + 1)...(i + 1), (last - i)...(last - i))
        }

        let layout = arena.layout()
        total = layout.total
        activations = activationBlocks.map { layout.offsets[$0] }
        gradients = gradientBlocks.map { $0.map { layout.offsets[$0] } }
        additions = additionBlocks.map { $0.map { $0.map { layout.offsets[$0] } } }
        states = stateBlocks.map { layout.offsets[$0] }
        scratches = scratchBlocks.map { layout.offsets[$0] }
    }
}
