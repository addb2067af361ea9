import NeuralNet
import Testing

@Suite struct ConvolutionTests {
    struct Case: Sendable, CustomStringConvertible {
        var input: Shape
        var layer: Conv2D
        var output: Shape
        var batch = 3
        var description: String {
            "\(input) \(layer.filters) filters \(layer.kernelSize) strides \(layer.strides) \(layer.padding) dilation \(layer.dilationRate)"
        }
    }

    static let cases: [Case] = [
        // Any kernel, stride, dilation and border through im2col.
        Case(input: [7, 9, 3], layer: Conv2D(5, kernelSize: 3), output: [5, 7, 5]),
        Case(input: [8, 7, 3], layer: Conv2D(4, kernelSize: 3, strides: 2, padding: .same), output: [4, 4, 4]),
        Case(input: [6, 6, 2], layer: Conv2D(3, kernelSize: (5, 2), strides: (1, 3), padding: .same), output: [6, 2, 3]),
        Case(input: [9, 9, 5], layer: Conv2D(4, kernelSize: 3, padding: .same, dilationRate: 2), output: [9, 9, 4]),
        Case(input: [5, 4, 6], layer: Conv2D(7, kernelSize: 1), output: [5, 4, 7]),
        Case(input: [5, 5, 16], layer: Conv2D(16, kernelSize: 1, strides: 2, usesBias: false), output: [3, 3, 16]),
        Case(input: [6, 5, 20], layer: Conv2D(18, kernelSize: 3), output: [4, 3, 18]),
        // Few channels, many filters: direct.
        Case(input: [9, 11, 1], layer: Conv2D(16, kernelSize: 3), output: [7, 9, 16]),
        Case(input: [8, 8, 1], layer: Conv2D(32, kernelSize: 3, padding: .same), output: [8, 8, 32]),
        Case(input: [9, 9, 3], layer: Conv2D(16, kernelSize: 5, strides: 2, padding: .same), output: [5, 5, 16]),
        Case(input: [10, 9, 2], layer: Conv2D(16, kernelSize: 7, strides: 2, usesBias: false), output: [2, 2, 16]),
        Case(input: [8, 9, 4], layer: Conv2D(48, kernelSize: (2, 3)), output: [7, 7, 48]),
        // Winograd: sizes that fill tiles and sizes that do not, all borders.
        Case(input: [10, 10, 16], layer: Conv2D(16, kernelSize: 3), output: [8, 8, 16]),
        Case(input: [9, 11, 16], layer: Conv2D(32, kernelSize: 3), output: [7, 9, 32]),
        Case(input: [7, 6, 32], layer: Conv2D(16, kernelSize: 3, padding: .same), output: [7, 6, 16]),
        Case(input: [3, 3, 16], layer: Conv2D(16, kernelSize: 3), output: [1, 1, 16]),
        Case(input: [1, 1, 16], layer: Conv2D(48, kernelSize: 3, padding: .same, usesBias: false), output: [1, 1, 48]),
        Case(input: [14, 5, 48], layer: Conv2D(16, kernelSize: 3, padding: .same), output: [14, 5, 16], batch: 9),
    ]

    @Test(arguments: cases) func plain(_ item: Case) throws {
        try checkLayer(try Model(input: item.input, layers: [item.layer]), shape: item.output, batch: item.batch)
    }

    @Test(arguments: cases) func withReLU(_ item: Case) throws {
        var layer = item.layer
        layer.activation = .relu
        let model = try Model(input: item.input, layers: [layer])
        try checkLayer(model, shape: item.output, batch: item.batch, step: 2e-3, tolerance: 5e-2)
    }

    @Test(arguments: [
        ([10, 10, 16], [4, 4, 32], Padding.valid), ([11, 9, 16], [4, 3, 32], .valid), ([6, 7, 32], [3, 3, 32], .same),
        ([4, 4, 16], [1, 1, 32], .valid),
    ])
    func withReLUAndPool(_ input: Shape, _ output: Shape, _ padding: Padding) throws {
        let model = try Model(input: input) {
            Conv2D(32, kernelSize: 3, padding: padding, activation: .relu)
            MaxPool2D(2)
        }
        try checkLayer(model, shape: output, batch: 5, step: 5e-4, tolerance: 8e-2)
    }

    @Test(arguments: [
        ([7, 8, 3], [7, 8, 3], DepthwiseConv2D(kernelSize: 3, padding: .same)),
        ([7, 8, 3], [3, 3, 6], DepthwiseConv2D(kernelSize: 3, strides: 2, depthMultiplier: 2)),
        ([6, 5, 16], [3, 3, 16], DepthwiseConv2D(kernelSize: 3, strides: 2, padding: .same, usesBias: false)),
        ([9, 9, 4], [5, 5, 4], DepthwiseConv2D(kernelSize: (3, 3), dilationRate: (2, 2))),
    ])
    func depthwise(_ input: Shape, _ output: Shape, _ layer: DepthwiseConv2D) throws {
        try checkLayer(try Model(input: input, layers: [layer]), shape: output)
    }

    @Test(arguments: [
        ([7, 8, 3], [7, 8, 5], SeparableConv2D(5, kernelSize: 3, padding: .same, usesBias: false)),
        ([7, 8, 4], [3, 3, 6], SeparableConv2D(6, kernelSize: 3, strides: 2, depthMultiplier: 2)),
    ])
    func separable(_ input: Shape, _ output: Shape, _ layer: SeparableConv2D) throws {
        try checkLayer(try Model(input: input, layers: [layer]), shape: output)
    }

    @Test func blocksMayCrossImages() throws {
        // Small images, a large batch: each block of tiles covers several images.
        let model = try Model(input: [5, 5, 16]) { Conv2D(16, kernelSize: 3, padding: .same, activation: .relu) }
        randomizeWeights(model)
        let fast = try Probe(model, maximumBatch: 70, count: 67).run()
        let reference = try Probe(model, maximumBatch: 70, count: 67, threads: 1, usesReferenceKernels: true).run()
        expectClose(fast.outputs[0], reference.outputs[0], tolerance: 1e-4, "output")
        expectClose(fast.inputGradients[0], reference.inputGradients[0], tolerance: 1e-4, "input gradient")
        expectClose(fast.gradients[0], reference.gradients[0], tolerance: 1e-4, "kernel gradient")
        expectClose(fast.gradients[1], reference.gradients[1], tolerance: 1e-4, "bias gradient")
    }
}
