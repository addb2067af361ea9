/// Steps that one kernel can do at once are joined, so that the values between them are never written.
extension ExecutionPlan {
    mutating func fuse(_ model: Model) {
        guard options.convolution != .reference else { return }
        if !options.isTraining { foldBatchNormalizations(model) }
        fuseActivations(model)
        fuseNeighbours(model)
    }

    /// The only step that reads what `step` writes; nil if there are more, or if it is an output or watched.
    private func onlyReader(of step: Int) -> Int? {
        let buffer = steps[step].output
        guard !outputBuffers.contains(buffer), buffer != watchedBuffer else { return nil }
        let readers = steps.indices.filter { steps[$0].inputs.contains(buffer) }
        return readers.count == 1 && steps[readers[0]].inputs.count == 1 ? readers[0] : nil
    }

    /// Whether a layer sees the output of `step` in its own shape, not through a Reshape.
    private func hasSameShape(_ reader: Int, _ step: Int, _ model: Model) -> Bool {
        model.nodes[steps[reader].node].inputShapes == [model.nodes[steps[step].node].outputShape]
    }

    private mutating func join(_ reader: Int, to step: Int) {
        steps[step].output = steps[reader].output
        steps[step].name += "+" + steps[reader].name
        steps.remove(at: reader)
    }

    /// When not training, a normalization behind a linear layer is another kernel and bias for that layer.
    private mutating func foldBatchNormalizations(_ model: Model) {
        var index = 0
        while index < steps.count {
            if let reader = onlyReader(of: index), steps[index].folded == nil, hasSameShape(reader, index, model),
                let normalization = steps[reader].kernel as? any NormalizingKernel,
                let kernel = steps[index].kernel.addingBias(),
                let folding = BatchNormalizationFolding(
                    normalization, of: model.weights.entries, kernel: steps[index].parameters,
                    normalization: steps[reader].parameters)
            {
                steps[index].kernel = kernel
                steps[index].folded = folding
                join(reader, to: index)
            }
            index += 1
        }
    }

    /// Joins a kernel and the Activation layer behind it.
    private mutating func fuseActivations(_ model: Model) {
        for index in stride(from: steps.count - 1, through: 0, by: -1) {
            guard let reader = onlyReader(of: index), let activation = steps[reader].kernel as? ActivationKernel,
                !options.absorbed.contains(activation.function),
                steps[index].kernel.fuses(activation.function)
            else { continue }
            steps[index].kernel = steps[index].kernel.fusing(activation.function)
            join(reader, to: index)
        }
    }

    /// A step has the weights of layers that follow one another.
    private func canHoldParameters(of reader: Int, _ step: Int) -> Bool {
        let own = steps[step].parameters, more = steps[reader].parameters
        return more.isEmpty || (steps[step].folded == nil && !own.isEmpty && more.lowerBound == own.upperBound)
    }

    /// Joins a kernel and those that alone read its output, a convolution and its pool, where it can do all at once.
    private mutating func fuseNeighbours(_ model: Model) {
        var index = 0
        while index < steps.count {
            guard let reader = onlyReader(of: index), hasSameShape(reader, index, model),
                canHoldParameters(of: reader, index),
                let fused = steps[index].kernel.fusing(next: steps[reader].kernel)
            else {
                index += 1
                continue
            }
            steps[index].kernel = fused
            if !steps[reader].parameters.isEmpty {
                steps[index].parameters = steps[index].parameters.lowerBound..<steps[reader].parameters.upperBound
            }
            join(reader, to: index)
        }
    }
}
