/// Where the steps of a plan find everything in an executor's memory.
struct BoundPlan {
    private(set) var steps: [LayerBuffers] = []
    /// Per step and input, where a gradient goes that must be added to one already written.
    private(set) var additions: [[(target: UnsafeMutablePointer<Float>, count: Int)?]] = []
    /// Per step, whether another call of its layer wrote the gradients of its weights before it.
    private(set) var addsGradients: [Bool] = []
    /// Per buffer of the plan.
    let activations: [UnsafeMutablePointer<Float>]
    let gradients: [UnsafeMutablePointer<Float>?]

    /// `planned`: all of the plan's steps, or none. `arena`, `prepared`: as large as layout and steps say.
    /// `weightGradients`: laid out as the weights' values; not used without training.
    init(
        _ plan: ExecutionPlan, _ planned: [ExecutionPlan.Step], _ layout: MemoryLayoutOfPlan, _ weights: Weights,
        arena: UnsafeMutablePointer<Float>,
        prepared: UnsafeMutablePointer<Float>, weightGradients: UnsafeMutablePointer<Float>
    ) {
        activations = layout.activations.map { arena + $0 }
        gradients = layout.gradients.map { $0.map { arena + $0 } }
        var preparedOffset = 0
        for (index, step) in planned.enumerated() {
            var inputGradients: [UnsafeMutablePointer<Float>?] = []
            var sums: [(target: UnsafeMutablePointer<Float>, count: Int)?] = []
            for (i, input) in step.inputs.enumerated() {
                if let temporary = layout.additions[index][i] {
                    inputGradients.append(arena + temporary)
                    sums.append((gradients[input]!, plan.buffers[input]))
                } else {
                    inputGradients.append(gradients[input])
                    sums.append(nil)
                }
            }
            additions.append(sums.contains { $0 != nil } ? sums : [])
            var parameters = step.parameters.map { weights.values + weights.entries[$0].offset }
            if let folded = step.folded {
                let start = prepared + preparedOffset
                parameters = [start, start + folded.biasOffset]
                preparedOffset += folded.memory
            }
            steps.append(
                LayerBuffers(
                    inputs: step.inputs.map { activations[$0] }, output: activations[step.output],
                    inputGradients: inputGradients, outputGradient: gradients[step.output],
                    parameters: parameters,
                    parameterGradients: step.parameters.map {
                        plan.options.isTraining && weights.entries[$0].specification.isTrainable
                            ? weightGradients + weights.entries[$0].offset : nil
                    },
                    state: arena + layout.states[index], prepared: prepared + preparedOffset,
                    scratch: arena + layout.scratches[index]))
            preparedOffset += step.kernel.preparedFloats
        }
        if !planned.isEmpty { findSharedGradients(plan) }
    }

    /// Backwards, the last call of a layer comes first.
    private mutating func findSharedGradients(_ plan: ExecutionPlan) {
        addsGradients = [Bool](repeating: false, count: plan.steps.count)
        var written: Set<Int> = []
        for index in (plan.firstBackwardStep..<plan.steps.count).reversed()
        where steps[index].outputGradient != nil && !plan.steps[index].parameters.isEmpty {
            addsGradients[index] = !written.insert(plan.steps[index].parameters.lowerBound).inserted
        }
    }
}

extension LayerKernel {
    /// Room for what a kernel prepares, in whole cache lines.
    var preparedFloats: Int { (memory.prepared + 15) / 16 * 16 }
}
