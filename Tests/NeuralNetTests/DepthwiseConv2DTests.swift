import NeuralNet
import Testing

/// One depthwise convolution to check.
struct DepthwiseCase: Sendable, CustomTestStringConvertible {
    var input: Shape
    var kernel: (Int, Int) = (3, 3)
    var strides: (Int, Int) = (1, 1)
    var dilation: (Int, Int) = (1, 1)
    var padding = Padding.valid
    var multiplier = 1
    var usesBias = true

    var testDescription: String {
        "\(input) x \(multiplier), kernel \(kernel), strides \(strides), dilation \(dilation), \(padding)"
            + (usesBias ? "" : ", no bias")
    }

    var window: ReferenceWindow {
        ReferenceWindow(input: input, kernel: kernel, strides: strides, dilation: dilation, padding: padding)
    }

    static let all = [
        DepthwiseCase(input: [6, 7, 5]),
        DepthwiseCase(input: [6, 7, 16], padding: .same),
        DepthwiseCase(input: [5, 9, 35], padding: .same, usesBias: false),
        DepthwiseCase(input: [9, 8, 3], strides: (2, 2), padding: .same),
        DepthwiseCase(input: [8, 9, 18], strides: (2, 2), padding: .same),
        DepthwiseCase(input: [8, 7, 16], strides: (2, 1)),
        DepthwiseCase(input: [9, 9, 2], dilation: (2, 3), padding: .same),
        DepthwiseCase(input: [5, 6, 4], multiplier: 3),
        DepthwiseCase(input: [5, 6, 16], padding: .same, multiplier: 2, usesBias: false),
        DepthwiseCase(input: [7, 7, 1], kernel: (5, 5), padding: .same, multiplier: 17),
        DepthwiseCase(input: [4, 5, 20], kernel: (1, 1)),
        DepthwiseCase(input: [2, 2, 17], kernel: (5, 4), padding: .same),
        DepthwiseCase(input: [7, 11, 32], padding: .same),
        DepthwiseCase(input: [7, 12, 16], usesBias: false),
        DepthwiseCase(input: [9, 11, 16], strides: (2, 2), padding: .same),
        DepthwiseCase(input: [10, 12, 16], dilation: (2, 3), padding: .same),
        DepthwiseCase(input: [3, 2, 16], kernel: (5, 5), padding: .same),
        DepthwiseCase(input: [1, 1, 16], padding: .same),
        DepthwiseCase(input: [6, 13, 16], kernel: (4, 3), strides: (1, 3)),
    ]
}

@Suite struct DepthwiseConv2DTests {
    @Test(arguments: DepthwiseCase.all)
    func depthwise(_ item: DepthwiseCase) throws {
        let size = item.window.output, filters = item.input[2] * item.multiplier
        try checkLayer(
            DepthwiseConv2D(
                kernelSize: item.kernel, strides: item.strides, padding: item.padding, depthMultiplier: item.multiplier,
                dilationRate: item.dilation, usesBias: item.usesBias), input: item.input,
            output: [size.height, size.width, filters],
            options: ModelCheck(step: 0.25) { x, w, count in
                item.window.depthwise(x[0], w[0], item.usesBias ? w[1] : nil, multiplier: item.multiplier, count)
            })
    }

    @Test(arguments: DepthwiseCase.all)
    func separable(_ item: DepthwiseCase) throws {
        let size = item.window.output, middle = item.input[2] * item.multiplier
        let output = [size.height, size.width, 7]
        func layer(_ activation: Activation) -> SeparableConv2D {
            SeparableConv2D(
                7, kernelSize: item.kernel, strides: item.strides, padding: item.padding,
                depthMultiplier: item.multiplier, dilationRate: item.dilation, activation: activation,
                usesBias: item.usesBias)
        }
        try checkLayer(
            layer(.linear), input: item.input, output: output,
            options: ModelCheck(step: 0.1, kernels: ["DepthwiseKernel", "Im2ColConvolution"]) { x, w, count in
                let first = item.window.depthwise(x[0], w[0], nil, multiplier: item.multiplier, count)
                return ReferenceWindow(input: [size.height, size.width, middle], kernel: (1, 1))
                    .convolution(first, w[1], item.usesBias ? w[2] : nil, filters: 7, count)
            })
        try checkLayer(
            layer(.relu), input: item.input, output: output,
            options: ModelCheck(hasKinks: true))
    }

    @Test func activation() throws {
        try checkLayer(
            DepthwiseConv2D(kernelSize: 3, activation: .tanh), input: [6, 6, 4], output: [4, 4, 4],
            options: ModelCheck(kernels: ["DepthwiseKernel", "ActivationKernel"]))
    }
}
