import NeuralNet

/// The three networks, laid out for NeuralNet's fast paths: channels filled up with zeros to multiples of 16, all
/// results of a network from one layer, and dense layers that take images row by row.
///
/// What the last layers put out, per window: 4 offsets of the box's corners, then for the output network 5 x and 5 y of
/// landmarks, then two logits: no face, face. Those of the proposal network lie in its first 6 channels.
///
/// Source: K. Zhang, Z. Zhang, Z. Li, Y. Qiao, "Joint Face Detection and Alignment Using Multitask Cascaded
/// Convolutional Networks", IEEE Signal Processing Letters 23(10), 2016, figure 2.
enum MTCNNNetworks {
    /// Input `[height, width, 3]`; any size from 12 x 12 through `Model.sharingWeights`.
    static func proposal(_ reader: MTCNNReader) throws -> Model {
        var network = NetworkBuilder(reader, group: "pnet")
        try network.convolution(1, size: 3, channels: 3, filters: 10, pool: MaxPool2D(2, padding: .same))
        try network.convolution(2, size: 3, channels: 10, filters: 16)
        try network.convolution(3, size: 3, channels: 16, filters: 32)
        let box = ("conv4_1", 4), face = ("conv4_2", 2)
        try network.heads([box, face], inputs: [1, 1, 32]) { Conv2D($0, kernelSize: 1, name: "heads") }
        return try network.model(input: [12, 12, 3])
    }

    static func refinement(_ reader: MTCNNReader) throws -> Model {
        var network = NetworkBuilder(reader, group: "rnet")
        try network.convolution(
            1, size: 3, channels: 3, filters: 28, pool: MaxPool2D(3, strides: 2, padding: .same))
        try network.convolution(2, size: 3, channels: 28, filters: 48, pool: MaxPool2D(3, strides: 2))
        try network.convolution(3, size: 2, channels: 48, filters: 64)
        try network.dense(4, size: 3, channels: 64, units: 128)
        let box = ("fc5_1", 4), face = ("fc5_2", 2)
        try network.heads([box, face], inputs: [128]) { Dense($0, name: "heads") }
        return try network.model(input: [24, 24, 3])
    }

    static func output(_ reader: MTCNNReader) throws -> Model {
        var network = NetworkBuilder(reader, group: "onet")
        try network.convolution(
            1, size: 3, channels: 3, filters: 32, pool: MaxPool2D(3, strides: 2, padding: .same))
        try network.convolution(2, size: 3, channels: 32, filters: 64, pool: MaxPool2D(3, strides: 2))
        try network.convolution(3, size: 3, channels: 64, filters: 64, pool: MaxPool2D(2, padding: .same))
        try network.convolution(4, size: 2, channels: 64, filters: 128)
        try network.dense(5, size: 3, channels: 128, units: 256)
        let box = ("fc6_1", 4), landmarks = ("fc6_2", 10), face = ("fc6_3", 2)
        try network.heads([box, landmarks, face], inputs: [256]) { Dense($0, name: "heads") }
        return try network.model(input: [48, 48, 3])
    }
}

/// Collects layers and their weights, both from the file's names and shapes.
private struct NetworkBuilder {
    private let reader: MTCNNReader
    private let group: String
    private var layers: [any Layer] = []
    private var weights: [(layer: String, name: String, tensor: MTCNNTensor)] = []

    init(_ reader: MTCNNReader, group: String) {
        self.reader = reader
        self.group = group
    }

    private func tensor(_ layer: String, _ name: String, _ shape: [Int]) throws -> MTCNNTensor {
        try reader.tensor("\(group)/\(layer)/\(name)", shape)
    }

    private mutating func prelu(_ number: Int, _ tensor: MTCNNTensor) {
        let name = "prelu\(number)"
        layers.append(PReLU(sharedAxes: tensor.shape.count == 3 ? [1, 2] : [], name: name))
        weights.append((name, "alpha", tensor))
    }

    mutating func convolution(
        _ number: Int, size: Int, channels: Int, filters: Int, pool: MaxPool2D? = nil
    ) throws {
        // An image's three channels stay as they are.
        let inputs = channels == 3 ? 3 : (channels + 15) / 16 * 16, outputs = (filters + 15) / 16 * 16
        let name = "conv\(number)"
        let kernel = try tensor(name, "kernel", [size, size, channels, filters])
        layers.append(Conv2D(outputs, kernelSize: size, name: name))
        weights.append((name, "kernel", kernel.padded(to: [size, size, inputs, outputs])))
        weights.append((name, "bias", try tensor(name, "bias", [filters]).padded(to: [outputs])))
        prelu(number, try tensor("prelu\(number)", "alpha", [1, 1, filters]).padded(to: [1, 1, outputs]))
        if let pool { layers.append(pool) }
    }

    /// A dense layer behind an image that the file has column by column.
    mutating func dense(_ number: Int, size: Int, channels: Int, units: Int) throws {
        let name = "fc\(number)"
        let kernel = try tensor(name, "kernel", [size * size * channels, units])
        layers += [Flatten(), Dense(units, name: name)]
        weights.append((name, "kernel", kernel.flattenedByRows(size: size, channels: channels)))
        weights.append((name, "bias", try tensor(name, "bias", [units])))
        prelu(number, try tensor("prelu\(number)", "alpha", [units]))
    }

    /// The last layers side by side as one.
    mutating func heads(
        _ heads: [(name: String, units: Int)], inputs: [Int], layer: (Int) -> any Layer
    ) throws {
        let parts = try heads.map {
            try (tensor($0.name, "kernel", inputs + [$0.units]), tensor($0.name, "bias", [$0.units]))
        }
        let kernel = parts.dropFirst().reduce(parts[0].0) { $0.joined($1.0) }
        let bias = parts.dropFirst().reduce(parts[0].1) { $0.joined($1.1) }
        layers.append(layer(bias.values.count))
        weights.append(("heads", "kernel", kernel))
        weights.append(("heads", "bias", bias))
    }

    func model(input: Shape) throws -> Model {
        let model = try Model(input: input, layers: layers, name: group)
        for weight in weights {
            try model.weights.set(model.weights.index(layer: weight.layer, name: weight.name)!, weight.tensor.values)
        }
        return model
    }
}
