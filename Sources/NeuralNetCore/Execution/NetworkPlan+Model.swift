/// A kernel that a plan has a step for.
protocol PlannedKernel: LayerKernel {
    var plannedOperation: PlanOperation { get }
    /// The tensors of that step, made of the kernel's own parameters.
    func tensors(_ parameters: [UnsafeMutablePointer<Float>]) -> [[Float]]
}

extension PlannedKernel {
    func tensors(_ parameters: [UnsafeMutablePointer<Float>]) -> [[Float]] {
        zip(parameters, plannedOperation.parameterCounts).map { Array(UnsafeBufferPointer(start: $0, count: $1)) }
    }
}

extension NetworkPlan {
    /// The plan of a network as it predicts: dropout gone, normalizations folded, activations joined to what is before
    /// them. Throws `PlanError.unsupported` for a layer that plans cannot run, `NeuralNetError` if the network itself
    /// cannot.
    public init(_ model: Model) throws {
        // One kind of convolution, which says all that the others need to know.
        let plan = try ExecutionPlan(
            model: model, options: .init(maximumBatch: 1, threads: 1, convolution: .im2col))
        var steps: [Step] = [], tensors: [[Float]] = [], buffers: [Int] = []
        // Inputs come first, and only buffers that are used.
        var numbers: [Int: Int] = [:]
        func number(_ buffer: Int) -> Int {
            if let known = numbers[buffer] { return known }
            numbers[buffer] = buffers.count
            buffers.append(plan.buffers[buffer])
            return buffers.count - 1
        }
        for input in model.inputs { _ = number(plan.nodeBuffers[input]) }
        let weights = model.weights
        var places: [Int: Int] = [:]
        for step in plan.steps {
            guard let kernel = step.kernel as? any PlannedKernel else {
                throw PlanError.unsupported(
                    layer: model.nodes[step.node].layer.name,
                    kernel: "\(type(of: model.nodes[step.node].layer).className)")
            }
            // A layer that is called twice has its weights once.
            let first = step.folded == nil ? step.parameters.first : nil
            let count = kernel.plannedOperation.parameterCounts.count
            let start = first.flatMap { places[$0] } ?? tensors.count
            if start == tensors.count {
                if let folded = step.folded {
                    var values = [Float](repeating: 0, count: folded.memory)
                    values.withUnsafeMutableBufferPointer { buffer in
                        let target = buffer.baseAddress!
                        weights.withAccess(changingStatistics: false) { folded.write(weights, to: target) }
                        tensors += kernel.tensors([target, target + folded.biasOffset])
                    }
                } else {
                    weights.withAccess(changingStatistics: false) {
                        tensors += kernel.tensors(step.parameters.map { weights.values + weights.entries[$0].offset })
                    }
                }
                if let first { places[first] = start }
            }
            steps.append(
                Step(
                    operation: kernel.plannedOperation, inputs: step.inputs.map { number($0) },
                    output: number(step.output), parameters: Array(start..<start + count)))
        }
        self.init(
            inputShapes: model.inputShapes, outputShapes: model.outputShapes, steps: steps, buffers: buffers,
            outputs: plan.outputBuffers.map { number($0) }, tensors: tensors)
        try check()
    }
}
