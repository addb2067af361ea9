/// `y = x scale + offset`: brings pixels to the range that a network was trained with. No parameters.
public struct Rescaling: Layer {
    public static let className = "Rescaling"
    public var name: String
    public var scale: Float
    public var offset: Float

    public init(_ scale: Float, offset: Float = 0, name: String = "") {
        self.scale = scale
        self.offset = offset
        self.name = name
    }

    public func outputShape(_ inputs: [Shape]) throws -> Shape { try single(inputs) }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? {
        RescalingKernel(scale: scale, offset: offset, count: context.outputShape.reduce(1, *))
    }

    public var config: [String: JSONValue] {
        ["scale": .double(Double(scale)), "offset": .double(Double(offset))]
    }
}

struct RescalingKernel: LayerKernel {
    let scale: Float
    let offset: Float
    let count: Int
    var memory: KernelMemory { KernelMemory() }

    func forward(_ b: LayerBuffers, _ pass: Pass) {
        pass.threads.runRanges(pass.count * count) { _, range in
            for i in range { b.output[i] = b.inputs[0][i] * scale + offset }
        }
    }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        guard let dx = b.inputGradients[0] else { return }
        pass.threads.runRanges(pass.count * count) { _, range in
            for i in range { dx[i] = b.outputGradient![i] * scale }
        }
    }
}
