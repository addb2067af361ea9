/// The memory of one layer in one executor.
public struct LayerBuffers {
    public typealias Floats = UnsafeMutablePointer<Float>
    public var inputs: [Floats]
    public var output: Floats
    /// Nil where no gradient is wanted.
    public var inputGradients: [Floats?]
    public var outputGradient: Floats?
    public var parameters: [Floats]
    /// Empty when not training; nil entries for what is not trainable.
    public var parameterGradients: [Floats?]
    public var state: Floats
    public var prepared: Floats
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
    public var isTraining: Bool
    /// For random layers: differs by step and layer.
    public var seed: UInt64
    /// Factor of every Dropout's rate.
    public var dropoutScale: Float
    /// The weights changed since this executor's last call.
    public var weightsChanged: Bool
    public var overwritesGradients: Bool
    public var threads: ThreadPool
    /// The rest of the batch, where others compute it.
    public var part = BatchPart.whole
}
