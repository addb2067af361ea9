import NeuralNet

/// Inputs and outputs.
extension GraphReader {
    /// An input of the model; pictures become height, width and channels.
    func input(_ info: ONNXValueInfo) throws -> Feature {
        func failure(_ reason: String) -> ONNXFailure { ONNXFailure(reason, at: "input '\(info.name)'") }
        guard info.type.isFloat || info.type == .uint8 else {
            throw failure("numbers of type \(info.type) are not supported")
        }
        guard let sizes = info.shape, (2...5).contains(sizes.count) else {
            throw failure(
                "has shape \(info.shape.map { "\($0)" } ?? "unknown"); only a batch of vectors or pictures is supported"
            )
        }
        let text = "[" + zip(sizes, info.axisNames).map { $0.map(String.init) ?? $1 }.joined(separator: ", ") + "]"
        if let fixed = sizes[0] {
            guard batchSize == nil || batchSize == fixed else {
                throw failure("has another batch than the input before")
            }
            batchSize = fixed
        }
        // Along a picture's height and width the file may leave the size open.
        let isFirst = isChannelsFirst(info.name, sizes), open = isFirst ? [1, 2] : [0, 1]
        let shape = sizes.dropFirst().enumerated().map { index, size in
            size ?? (sizes.count == 4 && open.contains(index) ? pictureSize : nil)
        }
        let known = shape.compactMap { $0 }
        guard known.count == shape.count else {
            guard sizes.count == 4, sizes[open[0] == 0 ? 3 : 1] != nil else {
                throw failure("leaves sizes open: \(text); export it with fixed sizes")
            }
            throw NeuralNetError.unknownInputSize(path: path, layer: info.name, shape: text)
        }
        guard known.checkedCount != nil else { throw failure("is too large: \(text)") }
        let onnxAxes = known.map(newFactors)
        if sizes.count == 4 { pictureOrders.insert(isFirst) }
        let axes = isFirst ? [onnxAxes[1], onnxAxes[2], onnxAxes[0]] : onnxAxes
        let tensor = Input(axes.map(\.size), name: uniqueName(cleaned(info.name, otherwise: "input")))
        return Feature(tensor: tensor, axes: axes, onnxAxes: onnxAxes)
    }

    /// Whether a picture has its channels before its pixels: what first happens to it shows that, or else its sizes.
    private func isChannelsFirst(_ name: String, _ sizes: [Int?]) -> Bool {
        guard sizes.count == 4, file.metadata[ONNXFile.orderKey] != ONNXFile.channelsLast else { return false }
        var waiting: Set<String> = [name]
        for node in file.graph.nodes where !waiting.isDisjoint(with: node.inputs) {
            switch node.type {
            case "Conv", "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "BatchNormalization",
                "ConvTranspose",
                "InstanceNormalization", "LpPool", "DepthToSpace", "SpaceToDepth":
                return true
            case "Transpose":
                if case .ints([0, 3, 1, 2]) = node.attributes["perm"] { return false }
                if case .ints([0, 2, 3, 1]) = node.attributes["perm"] { return true }
            case "Flatten", "Reshape", "Gemm", "MatMul", "Shape": break
            default: waiting.formUnion(node.outputs.filter { !$0.isEmpty })
            }
        }
        return (sizes[1] ?? .max) <= 4 && (sizes[3] ?? .max) > 4
    }

    /// An output of the model, with ONNX's axes in ONNX's order, except that pictures are height, width and channels.
    func output(_ name: String) throws -> SymbolicTensor {
        guard case .feature(let feature) = try value(name) else {
            throw ONNXFailure("is constant, or only a piece of a function")
        }
        let inOrder = Array(feature.onnxAxes.indices)
        let isPicture =
            pictureOrders != [false] && inOrder.count == 3 && !isArranged(feature, inOrder)
            && isArranged(feature, [1, 2, 0])
        let result = try arranged(feature, isPicture ? [1, 2, 0] : inOrder)
        guard !isInput(result.tensor) else { throw ONNXFailure("is an input") }
        return result.tensor
    }
}
