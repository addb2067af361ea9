import NeuralNet

/// Makes a model of this library from ONNX's graph. Nodes are taken in the file's order, which is that of computation;
/// what depends on no input is computed at once, everything else becomes a layer.
final class GraphReader {
    /// The newest version of the operators whose meaning is known here.
    static let newestOperatorSet = 28
    static let mostLayers = 5000

    let file: ONNXModel
    /// For errors.
    let path: String
    let source: TensorSource
    /// Height and width of pictures whose size the file leaves open.
    let pictureSize: Int?
    /// Samples in a batch, if the file fixes that.
    var batchSize: Int?
    /// Whether pictures that come in have their channels first.
    var pictureOrders: Set<Bool> = []
    var factorCount = 0
    private(set) var values: [String: GraphValue] = [:]
    private var inputs: [SymbolicTensor] = []
    private var initializers: [String: ONNXTensor] = [:]
    /// How many nodes and outputs take each name.
    private(set) var uses: [String: Int] = [:]
    /// The weights of each layer by the names that the layer gives them.
    private var weights: [String: [String: [Float]]] = [:]
    private var names: Set<String> = []
    private var nameCounts: [String: Int] = [:]
    /// A small file has no large model, however often it names the same weights.
    let weightLimit: Int
    private var layerCount = 0
    private var weightCount = 0
    /// Numbers that nodes made out of nothing.
    var foldedCount = 0

    init(_ file: ONNXModel, path: String, source: TensorSource, pictureSize: Int?) throws {
        self.file = file
        self.path = path
        self.source = source
        self.pictureSize = pictureSize
        let isWhole = file.graph.initializers.allSatisfy { $0.external == nil }
        weightLimit = isWhole ? min(Shape.largestCount, max(1 << 16, 4 * source.bytes.count)) : Shape.largestCount
        guard (7...GraphReader.newestOperatorSet).contains(file.operatorSet) else {
            throw ONNXFailure(
                "operators of version \(file.operatorSet); only 7 to \(GraphReader.newestOperatorSet) are known")
        }
        for tensor in file.graph.initializers {
            guard initializers.updateValue(tensor, forKey: tensor.name) == nil else {
                throw ONNXFailure("two tensors of this name", at: "tensor '\(tensor.name)'")
            }
        }
        for name in file.graph.nodes.flatMap(\.inputs) + file.graph.outputs.map(\.name) { uses[name, default: 0] += 1 }
    }

    /// The whole model. Throws `ONNXFailure` and `NeuralNetError`.
    func model() throws -> Model {
        // Files of old programs list the weights among the inputs.
        for info in file.graph.inputs where initializers[info.name] == nil {
            guard inputs.count < 64 else { throw ONNXFailure("more than 64 inputs") }
            let feature = try input(info)
            try define(info.name, .feature(feature), at: "input '\(info.name)'")
            inputs.append(feature.tensor)
        }
        guard !inputs.isEmpty else { throw ONNXFailure("has no inputs") }
        for node in file.graph.nodes { try self.read(node) }
        guard !file.graph.outputs.isEmpty else { throw ONNXFailure("has no outputs") }
        let outputs = try file.graph.outputs.map { info in
            try located("output '\(info.name)'") { try output(info.name) }
        }
        let model = try Model(
            inputs: inputs, outputs: outputs, name: cleaned(file.graph.name, otherwise: "model"))
        for (index, entry) in model.weights.entries.enumerated() {
            guard let values = weights[entry.layer]?[entry.specification.name],
                values.count == entry.specification.count
            else { throw ONNXFailure("no weights for \(entry.specification.name)", at: "layer '\(entry.layer)'") }
            try model.weights.set(index, values)
        }
        return model
    }

    func isInput(_ tensor: SymbolicTensor) -> Bool { inputs.contains { $0 === tensor } }

    private func read(_ node: ONNXNode) throws {
        try located(node.label) {
            guard node.domain.isEmpty || node.domain == "ai.onnx" else {
                throw ONNXFailure("operators of \(node.domain) are not supported")
            }
            guard let name = node.outputs.first, !name.isEmpty else { throw ONNXFailure("has no output") }
            try define(name, try value(of: node), at: node.label)
        }
    }

    private func define(_ name: String, _ value: GraphValue, at place: String) throws {
        guard values.updateValue(value, forKey: name) == nil, initializers[name] == nil else {
            throw ONNXFailure("'\(name)' is made a second time", at: place)
        }
    }

    /// Errors of layers and of what is inside say which node it was.
    private func located<T>(_ place: String, _ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let failure as ONNXFailure {
            throw ONNXFailure(failure.reason, at: failure.place ?? place)
        } catch let error as NeuralNetError {
            throw ONNXFailure(error.description, at: place)
        }
    }

    /// What a name stands for. Throws `ONNXFailure` if nothing before has made it.
    func value(_ name: String) throws -> GraphValue {
        if let value = values[name] {
            guard case .feature(var feature) = value, uses[name] ?? 0 > 1 else { return value }
            feature.site = nil
            return .feature(feature)
        }
        guard let tensor = initializers[name] else {
            throw ONNXFailure("takes '\(name)', which nothing before it makes")
        }
        let constant = try checked(Constant(shape: tensor.shape, values: try source.values(of: tensor)))
        // Kept: others may want it too; large ones are mostly wanted once.
        if constant.count <= 1 << 12 { values[name] = .constant(constant) }
        return .constant(constant)
    }
}

// MARK: - Layers

extension GraphReader {
    /// Adds a layer with its weights by name, and returns what it puts out. Throws `ONNXFailure` and `NeuralNetError`.
    func add(
        _ layer: any Layer, to inputs: [Feature], weights: [String: [Float]] = [:], named name: String
    ) throws -> SymbolicTensor {
        try add(layer, to: inputs, weights: weights, uniquelyNamed: uniqueName(name))
    }

    private func add(
        _ layer: any Layer, to inputs: [Feature], weights: [String: [Float]], uniquelyNamed name: String
    ) throws -> SymbolicTensor {
        var layer = layer
        layer.name = name
        layerCount += 1
        guard layerCount <= GraphReader.mostLayers else {
            throw ONNXFailure("more than \(GraphReader.mostLayers) layers")
        }
        let shape = try layer.outputShape(inputs.map(\.shape))
        guard shape.checkedCount != nil else {
            throw ONNXFailure("makes a tensor of shape \(shape), which is too large")
        }
        for (name, values) in weights {
            guard values.allSatisfy(\.isFinite) else {
                throw ONNXFailure("a number of its \(name) is not a number, or infinite")
            }
            try countWeights(values.count)
        }
        if !weights.isEmpty { self.weights[layer.name] = weights }
        return layer(inputs.map(\.tensor))
    }

    func countWeights(_ count: Int) throws {
        weightCount += count
        guard weightCount <= weightLimit else { throw ONNXFailure("more than \(weightLimit) weights") }
    }

    /// A layer that can still be changed by what follows.
    func feature(
        _ layer: any Layer, of input: Feature, weights: [String: [Float]] = [:], named name: String,
        axes: [[Factor]], onnxAxes: [[Factor]]
    ) throws -> Feature {
        let name = uniqueName(name)
        let tensor = try add(layer, to: [input], weights: weights, uniquelyNamed: name)
        let site = Site(layer: layer, input: input, weights: weights, name: name)
        return Feature(tensor: tensor, axes: axes, onnxAxes: onnxAxes, site: site)
    }

    /// Another layer in the place of one that nothing uses but the feature.
    func replacing(
        _ site: Site, by layer: any Layer, weights: [String: [Float]] = [:], like feature: Feature
    ) throws -> Feature {
        names.remove(site.name)
        return try self.feature(
            layer, of: site.input, weights: weights, named: site.name, axes: feature.axes, onnxAxes: feature.onnxAxes)
    }

    /// A layer that changes each number of a tensor and no shape.
    func feature(
        _ layer: any Layer, of input: Feature, weights: [String: [Float]] = [:], named name: String
    ) throws -> Feature {
        try feature(layer, of: input, weights: weights, named: name, axes: input.axes, onnxAxes: input.onnxAxes)
    }

    /// A node's name as that of a layer: `/features/0/Conv` becomes `features_0_Conv`.
    func layerName(_ node: ONNXNode) -> String { cleaned(node.name, otherwise: node.type.lowercased()) }

    /// Keras takes letters, digits, `_`, `-` and `.` everywhere.
    func cleaned(_ name: String, otherwise fallback: String) -> String {
        let letters = name.utf8.map { byte -> Character in
            let isPlain =
                UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
                || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
            return isPlain ? Character(Unicode.Scalar(byte)) : "_"
        }
        let text = String(String(letters.drop { !$0.isLetter && !$0.isNumber }.prefix(200)))
        return text.isEmpty ? fallback : text
    }

    func uniqueName(_ name: String) -> String {
        var unique = name
        while !names.insert(unique).inserted {
            nameCounts[name, default: 0] += 1
            unique = "\(name)_\(nameCounts[name] ?? 0)"
        }
        return unique
    }
}
