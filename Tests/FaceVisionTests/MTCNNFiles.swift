import FaceVision
import NeuralNet

/// Weights files as Scripts/convert-mtcnn writes them, with small random values.
enum MTCNNFiles {
    /// The tensors of each network in the order of the package mtcnn 1.0.0.
    static let tensors: [(name: String, shape: [Int])] =
        convolution("pnet", 1, 3, 3, 10) + convolution("pnet", 2, 3, 10, 16) + convolution("pnet", 3, 3, 16, 32)
        + [
            ("pnet/conv4_1/kernel", [1, 1, 32, 4]), ("pnet/conv4_1/bias", [4]),
            ("pnet/conv4_2/kernel", [1, 1, 32, 2]), ("pnet/conv4_2/bias", [2]),
        ] + convolution("rnet", 1, 3, 3, 28) + convolution("rnet", 2, 3, 28, 48) + convolution("rnet", 3, 2, 48, 64)
        + dense("rnet/fc4", 576, 128) + [("rnet/prelu4/alpha", [128])] + dense("rnet/fc5_1", 128, 4)
        + dense("rnet/fc5_2", 128, 2) + convolution("onet", 1, 3, 3, 32) + convolution("onet", 2, 3, 32, 64)
        + convolution("onet", 3, 3, 64, 64) + convolution("onet", 4, 2, 64, 128) + dense("onet/fc5", 1152, 256)
        + [("onet/prelu5/alpha", [256])] + dense("onet/fc6_1", 256, 4) + dense("onet/fc6_2", 256, 10)
        + dense("onet/fc6_3", 256, 2)

    private static func convolution(
        _ group: String, _ number: Int, _ size: Int, _ channels: Int, _ filters: Int
    ) -> [(name: String, shape: [Int])] {
        [
            ("\(group)/conv\(number)/kernel", [size, size, channels, filters]),
            ("\(group)/conv\(number)/bias", [filters]),
            ("\(group)/prelu\(number)/alpha", [1, 1, filters]),
        ]
    }

    private static func dense(_ name: String, _ features: Int, _ units: Int) -> [(name: String, shape: [Int])] {
        [("\(name)/kernel", [features, units]), ("\(name)/bias", [units])]
    }

    /// Values about as large as keep the size of what goes through a network.
    static func randomTensors(seed: UInt64) -> [String: MTCNNTensor] {
        var random = RandomGenerator(seed: seed)
        var result: [String: MTCNNTensor] = [:]
        for (name, shape) in tensors {
            let fan = Float(shape.dropLast().reduce(1, *))
            let scale: Float = shape.count == 1 || fan == 1 ? 0.2 : 1.6 / fan.squareRoot()
            let values = (0..<shape.reduce(1, *)).map { _ in (Float(random.uniform()) * 2 - 1) * scale }
            result[name] = MTCNNTensor(shape: shape, values: values)
        }
        return result
    }

    static func write(_ tensors: [String: MTCNNTensor], to path: String, format: String? = "fermusic-mtcnn-1") throws {
        let file = try HDF5Writer(creating: path)
        if let format { try file.setAttribute("format", of: "", to: format) }
        for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
            try file.write(tensor.values, shape: tensor.shape, to: name)
        }
        try file.save()
    }

    static func randomWeights(seed: UInt64) throws -> (weights: MTCNNWeights, tensors: [String: MTCNNTensor]) {
        try withTemporaryFolder { folder in
            let tensors = randomTensors(seed: seed)
            try write(tensors, to: "\(folder)/w.h5")
            return (try MTCNNWeights(path: "\(folder)/w.h5"), tensors)
        }
    }
}
