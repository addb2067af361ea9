import NeuralNet
import Testing

/// One convolution to check.
struct ConvolutionCase: Sendable, CustomTestStringConvertible {
    var input: Shape
    var filters: Int
    var kernel: (Int, Int) = (3, 3)
    var strides: (Int, Int) = (1, 1)
    var dilation: (Int, Int) = (1, 1)
    var padding = Padding.valid
    var usesBias = true
    var batch = 3

    var testDescription: String {
        "\(input) -> \(filters), kernel \(kernel), strides \(strides), dilation \(dilation), \(padding)"
            + (usesBias ? "" : ", no bias") + (batch == 3 ? "" : ", batch \(batch)")
    }

    var window: ReferenceWindow {
        ReferenceWindow(input: input, kernel: kernel, strides: strides, dilation: dilation, padding: padding)
    }

    var output: Shape { [window.output.height, window.output.width, filters] }

    func layer(_ activation: Activation) -> Conv2D {
        Conv2D(
            filters, kernelSize: kernel, strides: strides, padding: padding, dilationRate: dilation,
            activation: activation, usesBias: usesBias)
    }

    func check(_ kernel: String, fusesPool: Bool = false) throws {
        // A convolution is linear: a large step loses nothing to curvature.
        try checkLayer(
            layer(.linear), input: input, output: output,
            options: ModelCheck(batch: batch, step: 0.25, kernels: [kernel]) { x, w, count in
                window.convolution(x[0], w[0], usesBias ? w[1] : nil, filters: filters, count)
            })
        try checkLayer(
            layer(.relu), input: input, output: output,
            options: ModelCheck(batch: batch, hasKinks: true, kernels: [kernel]))
    }
}

@Suite struct Conv2DTests {
    @Test(arguments: [
        ConvolutionCase(input: [7, 9, 5], filters: 6),
        ConvolutionCase(input: [5, 5, 16], filters: 7),
        ConvolutionCase(input: [9, 8, 5], filters: 4, strides: (2, 2), padding: .same),
        ConvolutionCase(input: [8, 9, 6], filters: 4, strides: (2, 2), padding: .same),
        ConvolutionCase(input: [8, 8, 16], filters: 16, strides: (2, 2), padding: .same),
        ConvolutionCase(input: [9, 7, 2], filters: 3, strides: (2, 1), padding: .same),
        ConvolutionCase(input: [6, 6, 1], filters: 5),
        ConvolutionCase(input: [6, 11, 3], filters: 5, kernel: (2, 4), padding: .same),
        ConvolutionCase(input: [9, 10, 3], filters: 4, dilation: (2, 2)),
        ConvolutionCase(input: [9, 10, 16], filters: 16, dilation: (2, 3), padding: .same),
        ConvolutionCase(input: [5, 7, 6], filters: 9, kernel: (1, 1)),
        ConvolutionCase(input: [5, 7, 6], filters: 9, kernel: (1, 1), usesBias: false),
        ConvolutionCase(input: [6, 7, 5], filters: 4, kernel: (1, 1), strides: (2, 3)),
        ConvolutionCase(input: [9, 9, 5], filters: 4, kernel: (5, 5), padding: .same),
        ConvolutionCase(input: [8, 7, 2], filters: 3, kernel: (5, 3), strides: (3, 2), usesBias: false),
        ConvolutionCase(input: [3, 3, 4], filters: 5),
        ConvolutionCase(input: [2, 2, 2], filters: 2, kernel: (5, 5), padding: .same),
        ConvolutionCase(input: [4, 5, 2], filters: 3, kernel: (1, 2), strides: (3, 3), padding: .same),
        ConvolutionCase(input: [6, 6, 3], filters: 1, batch: 1),
    ])
    func asMatrixProduct(_ item: ConvolutionCase) throws { try item.check("Im2ColConvolution") }

    @Test(arguments: [
        ConvolutionCase(input: [2, 2, 512], filters: 128, kernel: (1, 1)),
        ConvolutionCase(input: [2, 3, 128], filters: 512, kernel: (1, 1), usesBias: false, batch: 1),
        ConvolutionCase(input: [3, 3, 64], filters: 128, padding: .same),
        ConvolutionCase(input: [5, 4, 64], filters: 120, strides: (2, 2), padding: .same, usesBias: false),
        ConvolutionCase(input: [5, 5, 72], filters: 128),
        ConvolutionCase(input: [7, 5, 130], filters: 512, kernel: (1, 1), strides: (2, 2)),
    ])
    func asOneProductForTheBatch(_ item: ConvolutionCase) throws { try item.check("BatchedConvolution") }

    @Test(arguments: [
        ConvolutionCase(input: [8, 8, 1], filters: 32),
        ConvolutionCase(input: [11, 13, 1], filters: 16, padding: .same),
        ConvolutionCase(input: [9, 19, 3], filters: 16),
        ConvolutionCase(input: [8, 7, 3], filters: 32, strides: (2, 2), padding: .same),
        ConvolutionCase(input: [9, 9, 2], filters: 16, strides: (2, 2), padding: .same, usesBias: false),
        ConvolutionCase(input: [8, 8, 1], filters: 16, strides: (2, 2)),
        ConvolutionCase(input: [9, 9, 4], filters: 16, kernel: (5, 5), padding: .same),
        ConvolutionCase(input: [7, 8, 1], filters: 16, kernel: (7, 7), strides: (2, 2), padding: .same),
        ConvolutionCase(input: [6, 5, 4], filters: 16, kernel: (1, 1), usesBias: false),
        ConvolutionCase(input: [6, 9, 2], filters: 16, kernel: (2, 5), strides: (3, 3), padding: .same),
        ConvolutionCase(input: [5, 5, 1], filters: 16, batch: 1),
    ])
    func direct(_ item: ConvolutionCase) throws { try item.check("DirectConvolution") }

    @Test(arguments: [
        ConvolutionCase(input: [6, 6, 16], filters: 16),
        ConvolutionCase(input: [10, 10, 16], filters: 32),
        ConvolutionCase(input: [7, 9, 16], filters: 16),
        ConvolutionCase(input: [8, 11, 32], filters: 16, usesBias: false),
        ConvolutionCase(input: [5, 3, 16], filters: 48),
        ConvolutionCase(input: [6, 6, 16], filters: 16, padding: .same),
        ConvolutionCase(input: [9, 5, 16], filters: 16, padding: .same),
        ConvolutionCase(input: [1, 1, 16], filters: 16, padding: .same),
        ConvolutionCase(input: [2, 3, 16], filters: 16, padding: .same, usesBias: false),
        ConvolutionCase(input: [3, 3, 16], filters: 16, batch: 1),
        ConvolutionCase(input: [7, 6, 16], filters: 16, batch: 70),  // blocks of tiles run across images
        ConvolutionCase(input: [5, 5, 32], filters: 48, padding: .same),  // a tile of 5
        ConvolutionCase(input: [7, 7, 48], filters: 32, usesBias: false),
        ConvolutionCase(input: [10, 5, 48], filters: 32, padding: .same, batch: 60),
        ConvolutionCase(input: [6, 6, 32], filters: 48, padding: .same),  // a tile of 6
        ConvolutionCase(input: [12, 8, 48], filters: 32, usesBias: false),
    ])
    func winograd(_ item: ConvolutionCase) throws { try item.check("WinogradConvolution") }

    /// Sums as long as in real networks, in batches as small as when predicting.
    @Test(arguments: [(12, 64, 128, 2), (14, 128, 128, 1)])
    func winogradAtRealSizes(_ size: Int, _ channels: Int, _ filters: Int, _ batch: Int) throws {
        let model = try Model(input: [size, size, channels], seed: 5) {
            Conv2D(filters, kernelSize: 3, padding: .same)
        }
        var random = RandomGenerator(seed: 8)
        let input = random.values(batch * size * size * channels)
        let upstream = random.values(batch * size * size * filters)
        let fast = try Runner(model, batch: batch)
        #expect(fast.executor.kernelNames == ["WinogradConvolution"])
        let plain = try Runner(model, batch: batch, threads: 1, usesReferenceKernels: true)
        let results = fast.run([input], upstream: [upstream], count: batch)
        let expected = plain.run([input], upstream: [upstream], count: batch)
        let output = [batch, size, size, filters]
        expectClose(results.outputs[0], expected.outputs[0], shape: output, tolerance: 2e-4, "output")
        expectClose(
            results.inputGradients[0], expected.inputGradients[0], shape: [batch, size, size, channels],
            tolerance: 2e-4, "gradient of the input")
        expectClose(
            results.weightGradients[0], expected.weightGradients[0], shape: [3, 3, channels, filters],
            tolerance: 2e-4, "gradient of the kernel")
        let prediction = try Runner(model, batch: batch, isTraining: false)
        #expect(prediction.executor.kernelNames == ["WinogradConvolution"])
        expectClose(
            prediction.forward([input], count: batch, isTraining: false)[0], expected.outputs[0], shape: output,
            tolerance: 2e-4, "prediction")
    }

    /// ReLU and the pool become part of the convolution.
    @Test(arguments: [
        ConvolutionCase(input: [10, 10, 16], filters: 16),
        ConvolutionCase(input: [9, 9, 16], filters: 16),  // 7x7: the last row and column are in no window
        ConvolutionCase(input: [8, 11, 32], filters: 16),
        ConvolutionCase(input: [6, 7, 16], filters: 32, padding: .same),
        ConvolutionCase(input: [4, 5, 16], filters: 16, padding: .same, usesBias: false),
        ConvolutionCase(input: [4, 4, 16], filters: 16),
        ConvolutionCase(input: [9, 7, 16], filters: 16, batch: 70),
    ])
    func winogradWithPool(_ item: ConvolutionCase) throws {
        try checkLayer(
            item.layer(.relu), MaxPool2D(2), input: item.input,
            output: [item.output[0] / 2, item.output[1] / 2, item.filters],
            options: ModelCheck(
                batch: item.batch, hasKinks: true, kernels: ["WinogradConvolution"]))
    }

    @Test func otherPoolsAreNotFused() throws {
        for pool in [MaxPool2D(3), MaxPool2D(2, strides: 1), MaxPool2D(2, padding: .same)] {
            let size = 7
            let model = try Model(
                input: [size + 2, size + 2, 16], layers: [Conv2D(16, kernelSize: 3, activation: .relu), pool])
            let runner = try Runner(model, batch: 2)
            #expect(runner.executor.kernelNames == ["WinogradConvolution", "MaxPoolKernel"])
            try checkModel(
                model, outputs: model.outputShapes, options: ModelCheck(hasKinks: true))
        }
    }

    /// A pool of the same values in another shape has other windows.
    @Test func poolOfAnotherShapeIsNotFused() throws {
        try checkLayer(
            Conv2D(16, kernelSize: 3, activation: .relu), Reshape([2, 8, 16]), MaxPool2D(2), input: [6, 6, 16],
            output: [1, 4, 16],
            options: ModelCheck(
                hasKinks: true, kernels: ["WinogradConvolution", "MaxPoolKernel"]))
    }

    /// The convolution's output is also read by something else than the pool.
    @Test func outputUsedTwiceIsNotFused() throws {
        let x = Input([6, 6, 16]), y = Conv2D(16, kernelSize: 3, activation: .relu)(x)
        let model = try Model(inputs: [x], outputs: [MaxPool2D(2)(y), Flatten()(y)])
        try checkModel(
            model, outputs: [[2, 2, 16], [256]],
            options: ModelCheck(
                hasKinks: true, kernels: ["WinogradConvolution", "MaxPoolKernel"]))
    }

    @Test(arguments: Activation.allForTests)
    func activations(_ activation: Activation) throws {
        for (input, kernel) in [([6, 6, 16], 3), ([6, 6, 1], 3), ([5, 5, 3], 2)] as [(Shape, Int)] {
            let filters = input[2] == 3 ? 5 : 16
            try checkLayer(
                Conv2D(filters, kernelSize: kernel, activation: activation), input: input,
                output: [input[0] - kernel + 1, input[1] - kernel + 1, filters],
                options: ModelCheck(
                    hasKinks: activation.hasKink, tolerance: 1e-2,
                    isSavable: activation.isSavable))
        }
    }
}

extension Activation {
    static let allForTests: [Activation] = [
        .linear, .relu, .relu6, .leakyRelu(negativeSlope: 0.3), .elu(alpha: 1), .elu(alpha: 0.5), .sigmoid, .tanh,
        .swish, .gelu(approximate: false), .gelu(approximate: true), .softmax, .logSoftmax, .selu, .celu(alpha: 1),
        .celu(alpha: 0.7), .softplus, .softsign, .mish, .exponential, .logSigmoid, .hardSigmoid(slope: 1 / 6),
        .hardSigmoid(slope: 0.2), .hardSwish, .hardTanh, .tanhShrink, .softShrink, .hardShrink, .squareplus,
        .sparsePlus, .sparseSigmoid, .rectifier(maximum: 1.5, negativeSlope: 0.1, threshold: 0.3),
        .rectifier(maximum: .infinity, negativeSlope: 0, threshold: 0.5),
    ]

    var hasKink: Bool {
        switch self {
        case .relu, .relu6, .leakyRelu, .elu, .selu, .celu, .hardSigmoid, .hardSwish, .hardTanh, .softShrink,
            .hardShrink, .sparsePlus, .sparseSigmoid, .rectifier:
            return true
        default: return false
        }
    }

    /// Keras can name it as an activation of another layer.
    var isSavable: Bool { Activation(identifier: identifier) == self || isKerasLayer }
}
