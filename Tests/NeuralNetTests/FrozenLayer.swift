import NeuralNet

/// Another layer whose weights are not to be trained.
struct Frozen: Layer {
    static let className = "Frozen"
    var base: any Layer
    var name = ""

    init(_ base: any Layer) { self.base = base }

    /// The same model with frozen layers; its weights are not copied.
    static func model(like model: Model) throws -> Model {
        var tensors: [SymbolicTensor] = []
        var layers: [SharedLayer] = []
        for node in model.nodes {
            let layer: any Layer = node.parameters.isEmpty ? node.layer : Frozen(node.layer)
            layers.append(node.sharedWith.map { layers[$0] } ?? SharedLayer(layer))
            tensors.append(
                node.inputs.isEmpty ? Input(node.outputShape) : layers.last!(node.inputs.map { tensors[$0] }))
        }
        return try Model(inputs: model.inputs.map { tensors[$0] }, outputs: model.outputs.map { tensors[$0] })
    }

    var activation: Activation { base.activation }
    var config: [String: JSONValue] { base.config }
    func outputShape(_ inputs: [Shape]) throws -> Shape { try base.outputShape(inputs) }
    func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? { try base.makeKernel(context) }
    func makeSteps(_ context: KernelContext) throws -> [LayerStep] { try base.makeSteps(context) }

    func parameters(_ inputs: [Shape]) -> [ParameterSpecification] {
        base.parameters(inputs).map {
            var specification = $0
            specification.isTrainable = false
            return specification
        }
    }
}
