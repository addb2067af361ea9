import FaceVision
import NeuralNet
import Testing

/// The networks with filled-up channels and tiles against plain ones as the paper and the package describe them.
@Suite struct MTCNNNetworkTests {
    private func plainModel(
        _ group: String, _ input: Shape, _ tensors: [String: MTCNNTensor], _ layers: [any Layer]
    ) throws -> Model {
        let model = try Model(input: input, layers: layers)
        for (index, entry) in model.weights.entries.enumerated() {
            let tensor = try #require(tensors["\(group)/\(entry.layer)/\(entry.specification.name)"])
            try #require(tensor.shape == entry.specification.shape)
            try! model.weights.set(index, tensor.values)
        }
        return model
    }

    private func run(_ model: Model, _ input: [Float]) throws -> [Float] {
        let executor = try Executor(
            model, maximumBatch: 1, threads: ThreadPool(threads: 1), convolution: .reference)
        executor.input().update(from: input, count: input.count)
        executor.forward(count: 1)
        return Array(UnsafeBufferPointer(start: executor.output(), count: model.outputShapes[0].reduce(1, *)))
    }

    private func prelu(_ number: Int) -> PReLU { PReLU(sharedAxes: [1, 2], name: "prelu\(number)") }

    private func conv(_ number: Int, _ filters: Int, _ size: Int) -> Conv2D {
        Conv2D(filters, kernelSize: size, name: "conv\(number)")
    }

    @Test(arguments: [(20, 20), (40, 33), (250, 131), (233, 240)])
    func tilesEqualTheWholeLevel(height: Int, width: Int) throws {
        let (weights, tensors) = try MTCNNFiles.randomWeights(seed: 3)
        let image = ImageFileTests.picture(width: width, height: height, channels: 3)
        let proposals = MTCNNProposals(
            weights.proposal, minimumFaceSize: 12, factor: 0.5, threads: ThreadPool(threads: 2))
        let found = try image.pixels.withUnsafeBufferPointer {
            try proposals.find($0.baseAddress!, rowLength: width * 3, height: height, width: width, threshold: 0)
        }
        let trunk: [any Layer] = [
            conv(1, 10, 3), prelu(1), MaxPool2D(2, padding: .same), conv(2, 16, 3), prelu(2), conv(3, 32, 3), prelu(3),
        ]
        let input = image.pixels.map { (Float($0) - 127.5) / 128 }
        let box = Conv2D(4, kernelSize: 1, name: "conv4_1")
        let offsets = try run(plainModel("pnet", [height, width, 3], tensors, trunk + [box]), input)
        let face = Conv2D(2, kernelSize: 1, activation: .softmax, name: "conv4_2")
        let scores = try run(plainModel("pnet", [height, width, 3], tensors, trunk + [face]), input)
        // The first level has the picture's own size.
        let rows = (height - 1) / 2 - 4, columns = (width - 1) / 2 - 4
        try #require(found[0].count == rows * columns)
        for place in 0..<rows * columns {
            let expected = offsets.withUnsafeBufferPointer {
                MTCNNProposals.box(
                    x: place % columns, y: place / columns, offsets: $0.baseAddress! + place * 4, scale: 1,
                    score: scores[place * 2 + 1])
            }
            let box = found[0][place]
            #expect(abs(box.score - expected.score) < 1e-4)
            #expect(abs(box.left - expected.left) < 2e-3 && abs(box.top - expected.top) < 2e-3)
            #expect(abs(box.right - expected.right) < 2e-3 && abs(box.bottom - expected.bottom) < 2e-3)
        }
    }

    /// What the package does behind the convolutions: columns first, dense layer, PReLU, dense layers.
    private func plainTail(
        _ image: [Float], channels: Int, hidden: String, alpha: String, heads: [String],
        _ tensors: [String: MTCNNTensor]
    ) throws -> [Float] {
        var flat: [Float] = []
        for x in 0..<3 { for y in 0..<3 { flat += image[(y * 3 + x) * channels..<(y * 3 + x + 1) * channels] } }
        func dense(_ input: [Float], _ name: String) throws -> [Float] {
            let kernel = try #require(tensors["\(name)/kernel"]), bias = try #require(tensors["\(name)/bias"])
            let units = bias.values.count
            return (0..<units).map { unit in
                bias.values[unit]
                    + input.indices.reduce(Float(0)) { $0 + input[$1] * kernel.values[$1 * units + unit] }
            }
        }
        let alphas = try #require(tensors[alpha]).values
        let features = zip(try dense(flat, hidden), alphas).map { $0 > 0 ? $0 : $0 * $1 }
        return try heads.flatMap { try dense(features, $0) }
    }

    private func randomImage(_ side: Int, seed: UInt64) -> Image {
        var random = RandomGenerator(seed: seed)
        return Image(
            width: side, height: side, channels: 3,
            pixels: (0..<side * side * 3).map { _ in UInt8(Float(random.uniform()) * 255) })
    }

    private func compare(_ model: Model, _ image: Image, _ expected: [Float]) throws {
        let patches = try MTCNNPatches(model, batch: 4, threads: ThreadPool(threads: 2))
        // In the package's coordinates these are the centres of the first and last pixel.
        let side = Double(image.width)
        let whole = MTCNNCandidate(left: 0, top: 0, right: side, bottom: side, score: 1)
        let results = patches.run(image, Array(repeating: whole, count: 11))
        try #require(results.count == 11 * expected.count)
        for (index, value) in results.enumerated() {
            #expect(abs(value - expected[index % expected.count]) < 1e-3)
        }
        #expect(patches.run(image, []).isEmpty)
    }

    @Test func refinementNetwork() throws {
        let (weights, tensors) = try MTCNNFiles.randomWeights(seed: 4)
        let image = randomImage(24, seed: 1)
        let trunk = try plainModel(
            "rnet", [24, 24, 3], tensors,
            [
                conv(1, 28, 3), prelu(1), MaxPool2D(3, strides: 2, padding: .same), conv(2, 48, 3), prelu(2),
                MaxPool2D(3, strides: 2), conv(3, 64, 2), prelu(3),
            ])
        let features = try run(trunk, image.pixels.map { (Float($0) - 127.5) / 128 })
        let expected = try plainTail(
            features, channels: 64, hidden: "rnet/fc4", alpha: "rnet/prelu4/alpha",
            heads: ["rnet/fc5_1", "rnet/fc5_2"], tensors)
        try compare(weights.refinement, image, expected)
    }

    @Test func outputNetwork() throws {
        let (weights, tensors) = try MTCNNFiles.randomWeights(seed: 5)
        let image = randomImage(48, seed: 2)
        let trunk = try plainModel(
            "onet", [48, 48, 3], tensors,
            [
                conv(1, 32, 3), prelu(1), MaxPool2D(3, strides: 2, padding: .same), conv(2, 64, 3), prelu(2),
                MaxPool2D(3, strides: 2), conv(3, 64, 3), prelu(3), MaxPool2D(2, padding: .same), conv(4, 128, 2),
                prelu(4),
            ])
        let features = try run(trunk, image.pixels.map { (Float($0) - 127.5) / 128 })
        let expected = try plainTail(
            features, channels: 128, hidden: "onet/fc5", alpha: "onet/prelu5/alpha",
            heads: ["onet/fc6_1", "onet/fc6_2", "onet/fc6_3"], tensors)
        try compare(weights.output, image, expected)
    }

    /// Expected values: TensorFlow 2.21, `tf.image.crop_and_resize` of a 6 x 5 picture with the box
    /// [-0.5 / 6, 1.25 / 5, 4.5 / 6, 6 / 5] to 4 x 4; the first row and last column lie outside.
    @Test func patchesEqualTensorFlow() {
        let pixels = (0..<6 * 5 * 3).map { UInt8($0 * 37 % 256) }
        let box = MTCNNCandidate(left: 1.25, top: -0.5, right: 6, bottom: 4.5, score: 1)
        let patch = [Float](unsafeUninitializedCapacity: 48) { target, count in
            MTCNNPatches.crop(pixels, height: 6, width: 5, box, side: 4, to: target.baseAddress!)
            count = 48
        }
        let expected: [Float] = [
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.197699636, 0.486762136, 0.775824666, -0.663121819, -0.414800167,
            -0.125737667, 0.394574821, -0.353400022, -0.0939672887, 0, 0, 0, 0.664279461, 0.231120110, -0.757595539,
            -0.237282842, 0.0517796502, 0.148249492, -0.205512464, 0.0835500285, 0.0355758071, 0, 0, 0, -0.369140267,
            -0.580078244, -0.291015714, 0.229296982, 0.118359283, 0.274088204, 0.261067361, -0.149869591,
            -0.0941405296, 0, 0, 0,
        ]
        for (a, b) in zip(patch, expected) { #expect(abs(a - b) < 2e-6) }
    }

    @Test func patchesBeyondAnythingAreZeros() {
        let pixels = [UInt8](repeating: 200, count: 4 * 4 * 3)
        for box in [
            MTCNNCandidate(left: 100, top: 0, right: 110, bottom: 4, score: 1),
            MTCNNCandidate(left: -1e300, top: -1e300, right: 1e300, bottom: 1e300, score: 1),
        ] {
            var patch = [Float](repeating: 1, count: 12)
            MTCNNPatches.crop(pixels, height: 4, width: 4, box, side: 2, to: &patch)
            #expect(patch == [Float](repeating: 0, count: 12))
        }
    }
}
