import NeuralNet

/// Makes ONNX's graph from a model. Inputs and outputs keep this library's axes, height, width and channels, as
/// TensorFlow's converter has it; between them pictures have their channels first, since ONNX's convolutions want that,
/// and are turned where a layer needs the other order.
struct GraphWriter {
    /// The order of a picture's axes; all else is `last`.
    enum Form { case first, last }

    let model: Model
    private var nodes: [ONNXNode] = []
    private var tensors: [(name: String, shape: [Int], values: TensorValues)] = []
    /// The names of each layer's output in either order.
    private var outputs: [[Form: String]]
    private var names: Set<String> = []
    /// The layer that is being written.
    private(set) var index = 0
    /// Raised by operators that are newer than 13.
    var operatorSet = 13

    init(_ model: Model) {
        self.model = model
        outputs = Array(repeating: [:], count: model.nodes.count)
    }

    /// The file. Throws `ONNXFailure` for a layer that has no operator.
    mutating func file(metadata: [String: String]) throws -> [UInt8] {
        var file = ONNXModel()
        for index in model.inputs {
            let name = unique(model.nodes[index].layer.name)
            outputs[index][.last] = name
            file.graph.inputs.append(info(name, model.nodes[index].outputShape))
        }
        for index in model.nodes.indices where !model.inputs.contains(index) {
            self.index = index
            try write(model.nodes[index].layer)
        }
        for index in model.outputs {
            self.index = index
            let last = value(of: index, .last), name = unique(model.nodes[index].layer.name)
            nodes.append(ONNXNode(name: name, type: "Identity", inputs: [last], outputs: [name]))
            file.graph.outputs.append(info(name, model.nodes[index].outputShape))
        }
        file.irVersion = operatorSet < 20 ? 8 : 10
        file.producer = "fermusic"
        file.operatorSets = ["": operatorSet]
        file.graph.name = model.name
        file.graph.nodes = nodes
        file.metadata = metadata
        file.metadata[ONNXFile.orderKey] = ONNXFile.channelsLast
        return file.encoded(tensors)
    }

    private func info(_ name: String, _ shape: Shape) -> ONNXValueInfo {
        ONNXValueInfo(
            name: name, type: .float, shape: [nil] + shape, axisNames: ["batch"] + shape.map { "\($0)" })
    }

    private mutating func unique(_ name: String) -> String {
        var result = name, number = 0
        while !names.insert(result).inserted {
            number += 1
            result = "\(name):\(number)"
        }
        return result
    }
}

// MARK: - What layers are written with

extension GraphWriter {
    var node: Model.Node { model.nodes[index] }

    /// The values of a weight of the layer, by the name that the layer gives it.
    func weight(_ name: String) -> [Float]? {
        node.parameters.first { model.weights.entries[$0].specification.name == name }.map { model.weights.array($0) }
    }

    func isPicture(_ node: Int) -> Bool { model.nodes[node].outputShape.count == 3 }

    /// Name of input `place` of the layer in that order, turned if need be.
    mutating func input(_ place: Int, _ form: Form) -> String { value(of: node.inputs[place], form) }

    mutating func input(_ form: Form) -> String { input(0, form) }

    /// The order in which all inputs are at hand, or would be turned least.
    var cheapestForm: Form {
        node.inputs.allSatisfy { isPicture($0) } && node.inputs.contains { outputs[$0][.first] != nil } ? .first : .last
    }

    /// All inputs in the order that most of them have already, with as many axes as the output.
    mutating func inputs() -> (names: [String], form: Form) {
        let form = cheapestForm, rank = node.outputShape.count
        let names = node.inputs.indices.map { place in
            let name = input(place, form), shape = node.inputShapes[place]
            guard shape.count < rank else { return name }
            let wider = [Int](repeating: 1, count: rank - shape.count) + shape
            return add(
                "Reshape", [name, constant("shape", [rank + 1], .ints([-1] + wider))], named: "\(node.layer.name)_axes")
        }
        return (names, form)
    }

    private mutating func value(of node: Int, _ form: Form) -> String {
        if let name = outputs[node][form] { return name }
        let other = outputs[node][form == .first ? .last : .first] ?? ""
        let name = add(
            "Transpose", [other], ["perm": .ints(form == .first ? [0, 3, 1, 2] : [0, 2, 3, 1])],
            named: "\(model.nodes[node].layer.name)_transpose")
        outputs[node][form] = name
        return name
    }

    /// Adds a node and returns the name of what it puts out.
    mutating func add(
        _ type: String, _ inputs: [String], _ attributes: [String: ONNXAttribute] = [:], named name: String? = nil
    ) -> String {
        let name = unique(name ?? node.layer.name)
        let output = unique("\(name):out")
        nodes.append(ONNXNode(name: name, type: type, inputs: inputs, outputs: [output], attributes: attributes))
        return output
    }

    /// Adds a constant tensor and returns its name.
    mutating func constant(_ name: String, _ shape: [Int], _ values: TensorValues) -> String {
        let name = unique("\(node.layer.name)/\(name)")
        tensors.append((name, shape, values))
        return name
    }

    mutating func number(_ name: String, _ value: Float) -> String { constant(name, [], .floats([value])) }

    /// The layer puts out what it is given, in both orders.
    mutating func passOn() { outputs[index] = outputs[node.inputs[0]] }

    /// Says what the layer puts out, after its activation.
    mutating func finish(_ name: String, _ form: Form) throws {
        outputs[index][form] = try applying(node.layer.activation, to: name, form)
    }
}
