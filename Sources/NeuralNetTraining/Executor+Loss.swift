import NeuralNetCore

extension Executor {
    /// Plans and allocates. `losses`: one per output, or one for all; `backward` starts from the gradient with respect to
    /// the input of a last activation that they can compute with themselves. The rest as without losses.
    public convenience init(
        _ model: Model, maximumBatch: Int, threads: ThreadPool, isTraining: Bool = false, losses: [any Loss],
        computesInputGradients: Bool = false, convolution: ConvolutionAlgorithm = .automatic,
        precision: Precision = .float, watching watched: Int? = nil
    ) throws {
        try self.init(
            model, maximumBatch: maximumBatch, threads: threads, isTraining: isTraining,
            absorbing: model.absorbedActivations(losses), computesInputGradients: computesInputGradients,
            convolution: convolution, precision: precision, watching: watched)
    }

    /// The mean of a loss over the samples of the last `forward`, for output `index`; writes `outputGradient`, so that
    /// `backward` can follow. `targets` has a row per sample, `sampleWeights` a factor.
    public func loss(
        _ loss: any Loss, targets: UnsafePointer<Float>, sampleWeights: UnsafePointer<Float>? = nil,
        output index: Int = 0
    ) -> Double {
        lossSum(loss, targets: targets, sampleWeights: sampleWeights, output: index, scale: 1 / Float(count))
            / Double(count)
    }

    /// The sum over the samples; the gradient is of the sum times `scale`.
    func lossSum(
        _ loss: any Loss, targets: UnsafePointer<Float>, sampleWeights: UnsafePointer<Float>?, output index: Int,
        scale: Float
    ) -> Double {
        let input = lossInput(index), shape = model.outputShapes[index]
        return loss.evaluate(
            LossBatch(
                values: input.values, isBeforeActivation: input.isBeforeActivation, targets: targets,
                weights: sampleWeights, count: count, columns: shape.reduce(1, *), classes: shape.last ?? 1,
                targetColumns: loss.targetCount(forOutput: shape), scale: scale,
                gradient: lossGradient(index)))
    }
}

extension Model {
    /// Per output, the last activation that its loss computes with itself. Not one that another layer reads too.
    func absorbedActivations(_ losses: [any Loss]) -> [Activation?] {
        guard let first = losses.first else { return [] }
        return outputs.indices.map { index in
            let loss = losses.count == 1 ? first : losses[index], node = outputs[index]
            guard let function = loss.absorbedActivation, function == lastActivation(ofOutput: index),
                outputs.filter({ $0 == node }).count == 1, !nodes.contains(where: { $0.inputs.contains(node) })
            else { return nil }
            return function
        }
    }
}
