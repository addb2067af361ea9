/// When a batch is predicted by threads that each take samples through the whole network, instead of all of them through
/// one layer after another: small networks then stay in each core's own cache, and nobody waits between the layers.
enum Lanes {
    /// Weights that fit beside the activations into a core's second-level cache, and what is left to these; in floats.
    private static let mostWeights = 1 << 17
    private static let activations = 1 << 17

    /// How many samples a thread takes at once; nil if lanes would not pay.
    static func samples(_ plan: ExecutionPlan, _ model: Model, _ layout: MemoryLayoutOfPlan) -> Int? {
        let batch = plan.options.maximumBatch
        // What a loss reads before the last activation stays in a lane.
        guard !plan.options.isTraining, plan.options.convolution == .automatic, model.parameterCount <= mostWeights,
            plan.options.absorbed.allSatisfy({ $0 == nil })
        else { return nil }
        let samples = max(1, min(8, activations / max(1, layout.total / batch)))
        return batch >= 2 * plan.options.threads * samples ? samples : nil
    }
}
