import JSON

/// Applies a layer to each step of a sequence, with the same weights.
///
/// - Input: `[steps, ...]`; output: `[steps, ...]` of what the layer makes of a step. Parameters are the layer's.
public struct TimeDistributed: Layer {
    public static let className = "TimeDistributed"
    public var name: String
    /// What is applied to each step, with the same weights.
    public var layer: any Layer

    public init(_ layer: any Layer, name: String = "") {
        self.layer = layer
        self.name = name
    }

    public var activation: Activation { layer.activation }

    private func inner(_ inputs: [Shape]) -> [Shape] { [Array(inputs[0].dropFirst())] }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        let shape = try single(inputs)
        guard shape.count >= 2 else {
            throw NeuralNetError.incompatibleShape(layer: label, expected: "[steps, ...]", received: inputs)
        }
        return [shape[0]] + (try layer.outputShape(inner(inputs)))
    }

    public func parameters(_ inputs: [Shape]) -> [ParameterSpecification] { layer.parameters(inner(inputs)) }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? { nil }

    public func makeSteps(_ context: KernelContext) throws -> [LayerStep] {
        let steps = context.inputShapes[0][0]
        var each = context
        each.inputShapes = inner(context.inputShapes)
        each.outputShape = Array(context.outputShape.dropFirst())
        each.maximumBatch *= steps
        each.whole?.batch *= steps
        return try layer.makeSteps(each).map {
            LayerStep(
                kernel: TimeDistributedKernel(inner: $0.kernel, steps: steps), outputCount: steps * $0.outputCount,
                parameters: $0.parameters)
        }
    }

    public var config: [String: JSONValue] {
        var inner = layer.config
        inner["name"] = .string(layer.name.isEmpty ? "\(name)_layer" : layer.name)
        return ["layer": KerasConfig.object(type(of: layer).className, module: "keras.layers", config: inner)]
    }
}

/// The steps of all samples are so many more samples.
struct TimeDistributedKernel: LayerKernel {
    let inner: any LayerKernel
    let steps: Int
    var memory: KernelMemory { inner.memory }

    private func longer(_ pass: Pass) -> Pass {
        var pass = pass
        pass.count *= steps
        return pass
    }

    func forward(_ b: LayerBuffers, _ pass: Pass) { inner.forward(b, longer(pass)) }
    func backward(_ b: LayerBuffers, _ pass: Pass) { inner.backward(b, longer(pass)) }
}
