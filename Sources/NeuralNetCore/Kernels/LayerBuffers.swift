/// The memory of one layer in one executor.
public struct LayerBuffers {
    /// Where values lie, one sample behind the other.
    public typealias Floats = UnsafeMutablePointer<Float>
    /// The values of each input.
    public var inputs: [Floats]
    /// Where the output goes.
    public var output: Floats
    /// Nil where no gradient is wanted.
    public var inputGradients: [Floats?]
    /// The gradient with respect to the output; nil when not training.
    public var outputGradient: Floats?
    /// The weights, in the layer's order.
    public var parameters: [Floats]
    /// Empty when not training; nil entries for what is not trainable.
    public var parameterGradients: [Floats?]
    /// See `KernelMemory.state`.
    public var state: Floats
    /// See `KernelMemory.prepared`.
    public var prepared: Floats
    /// See `KernelMemory.scratch`.
    public var scratch: Floats

    /// Where the gradient of parameter `index` goes; nil if nothing is to be computed for it, because it is not
    /// trained or the layer has no such parameter.
    public func parameterGradient(_ index: Int) -> Floats? {
        index < parameterGradients.count ? parameterGradients[index] : nil
    }
}

/// What changes from one call to the next.
public struct Pass {
    /// Samples in this call, at most the maximum batch.
    public var count: Int
    /// Whether it is a pass of training.
    public var isTraining: Bool
    /// For random layers: differs by step and layer.
    public var seed: UInt64
    /// Factor of every Dropout's rate.
    public var dropoutScale: Float
    /// The weights changed since this executor's last call.
    public var weightsChanged: Bool
    /// Whether gradients of parameters replace what is there; otherwise they are added.
    public var overwritesGradients: Bool
    /// Who computes.
    public var threads: ThreadPool
    /// The rest of the batch, where others compute it.
    public var part = BatchPart.whole
}
