import NeuralNet

/// The network itself, with the weights of its file.
extension YuNetNetwork {
    /// The answers that lie side by side, and their channels.
    private static let heads = [("cls", 1), ("obj", 1), ("bbox", 4), ("kps", 10)]

    /// The network with the weights of `file`, a model read from ONNX whose layers have YuNet's names. Throws
    /// `NeuralNetError.file`.
    static func model(weights file: Model, path: String) throws -> Model {
        let model = try layers()
        let reader = Reader(file: file, path: path)
        for entry in model.weights.entries {
            let layer = entry.layer, name = entry.specification.name, shape = entry.specification.shape
            let index = model.weights.index(layer: layer, name: name)!
            let tensor: MTCNNTensor
            if let stride = strides.first(where: { layer.hasPrefix("answers_\($0).") }) {
                tensor = try reader.joined(stride: stride, isDepth: layer.hasSuffix("depth"), name, shape)
            } else {
                tensor = try reader.tensor(layer, name, shape)
            }
            try model.weights.set(index, tensor.values)
        }
        return model
    }

    private static func layers() throws -> Model {
        let image = Input([multiple + 1, multiple + 1, 3])
        var x = Conv2D(channels, kernelSize: 3, strides: 2, activation: .relu, name: "first.conv")(image)
        x = separable(x, channels, "stem")
        x = MaxPool2D(2)(x)
        var levels: [SymbolicTensor] = []
        for (index, sizes) in [(16, 32), (32, 64), (64, 64), (64, 64), (64, 64)].enumerated() {
            if index >= 2 { x = MaxPool2D(2)(x) }
            x = separable(x, sizes.0, "stage\(index + 1).a")
            x = separable(x, sizes.1, "stage\(index + 1).b")
            if index >= 2 { levels.append(x) }
        }
        var above: SymbolicTensor?
        var outputs: [SymbolicTensor] = []
        for level in levels.indices.reversed() {
            x = above.map { Add()(UpSampling2D(2)($0), levels[level]) } ?? levels[level]
            x = separable(x, 64, "neck\(level)")
            above = x
            outputs.insert(separable(x, channels, "answers_\(strides[level])", activation: .linear), at: 0)
        }
        return try Model(inputs: [image], outputs: outputs, name: "yunet")
    }

    /// 1 x 1 over all channels, then 3 x 3 for each by itself.
    private static func separable(
        _ x: SymbolicTensor, _ channels: Int, _ name: String, activation: Activation = .relu
    ) -> SymbolicTensor {
        let point = Conv2D(channels, kernelSize: 1, name: "\(name).point")(x)
        return DepthwiseConv2D(kernelSize: 3, padding: .same, activation: activation, name: "\(name).depth")(point)
    }

    private struct Reader {
        let file: Model
        let path: String

        func tensor(_ layer: String, _ name: String, _ shape: [Int]) throws -> MTCNNTensor {
            func failure(_ reason: String) -> NeuralNetError { .file(path: path, place: layer, reason: reason) }
            guard let index = file.weights.index(layer: layer, name: name) else {
                throw failure("missing: not a file of YuNet")
            }
            let found = file.weights.entries[index].specification.shape
            guard found == shape else { throw failure("\(name) has shape \(found) instead of \(shape)") }
            let values = file.weights.array(index)
            guard values.allSatisfy(\.isFinite) else { throw failure("has values that are not finite numbers") }
            return MTCNNTensor(shape: shape, values: values)
        }

        /// A tensor of a stride's four layers side by side, along the channels that they put out.
        func joined(stride: Int, isDepth: Bool, _ name: String, _ shape: [Int]) throws -> MTCNNTensor {
            let parts = try YuNetNetwork.heads.map { head, channels in
                let isKernel = name == "kernel"
                let own = !isKernel ? [channels] : isDepth ? [3, 3, channels, 1] : [1, 1, 64, channels]
                var part = try tensor("\(head)_\(stride)\(isDepth ? "" : ".point")", name, own)
                if isKernel && isDepth { part.shape.removeLast() }
                return part
            }
            return parts.dropFirst().reduce(parts[0]) { $0.joined($1) }
        }
    }
}
