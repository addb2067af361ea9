import NeuralNet
import Testing

/// Networks whose steps are joined when they run, against the same networks step by step.
@Suite struct FusionTests {
    /// A chain, its input shape, and the kernels that prediction must be down to.
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var input: Shape
        var kernels: [String]
        var layers: @Sendable () -> [any Layer]
        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "Winograd, pool", input: [10, 10, 16], kernels: ["WinogradConvolution"]) {
            [
                Conv2D(16, kernelSize: 3, usesBias: false), BatchNormalization(), ActivationLayer(.relu), MaxPool2D(2),
            ]
        },
        Case(name: "direct", input: [8, 8, 1], kernels: ["DirectConvolution"]) {
            [Conv2D(16, kernelSize: 3, padding: .same), BatchNormalization(), ActivationLayer(.relu)]
        },
        Case(name: "direct, no gamma", input: [8, 8, 3], kernels: ["DirectConvolution"]) {
            [Conv2D(5, kernelSize: 3, strides: 2, usesBias: false), BatchNormalization(scale: false)]
        },
        Case(name: "pointwise, no beta", input: [4, 4, 16], kernels: ["DirectConvolution"]) {
            [Conv2D(32, kernelSize: 1), BatchNormalization(center: false), ActivationLayer(.relu)]
        },
        Case(name: "depthwise with multiplier", input: [6, 6, 4], kernels: ["DepthwiseKernel"]) {
            [DepthwiseConv2D(kernelSize: 3, depthMultiplier: 2), BatchNormalization(), ActivationLayer(.relu)]
        },
        Case(name: "separable", input: [6, 6, 16], kernels: ["DepthwiseKernel", "DirectConvolution"]) {
            [SeparableConv2D(16, kernelSize: 3, usesBias: false), BatchNormalization(), ActivationLayer(.relu)]
        },
        Case(name: "dense", input: [9], kernels: ["DenseKernel"]) {
            [Dense(6), BatchNormalization(), ActivationLayer(.relu)]
        },
        Case(name: "relu before", input: [6, 6, 3], kernels: ["DirectConvolution", "BatchNormalizationKernel"]) {
            [Conv2D(4, kernelSize: 3, activation: .relu), BatchNormalization(), ActivationLayer(.relu)]
        },
        Case(name: "normalized twice", input: [5], kernels: ["DenseKernel", "BatchNormalizationKernel"]) {
            [Dense(4), BatchNormalization(), BatchNormalization()]
        },
        Case(name: "direct, slopes", input: [19, 21, 3], kernels: ["DirectConvolution"]) {
            [Conv2D(10, kernelSize: 3), PReLU(sharedAxes: [1, 2]), MaxPool2D(2)]
        },
        Case(name: "few filters, slopes", input: [9, 9, 3], kernels: ["DirectConvolution"]) {
            [Conv2D(6, kernelSize: 3, padding: .same, usesBias: false), PReLU(sharedAxes: [1, 2])]
        },
        Case(name: "pointwise, slopes", input: [5, 4, 7], kernels: ["DirectConvolution"]) {
            [Conv2D(37, kernelSize: 1, strides: 2), PReLU(sharedAxes: [1, 2])]
        },
        Case(name: "Winograd, slopes", input: [10, 10, 16], kernels: ["WinogradConvolution", "MaxPoolKernel"]) {
            [Conv2D(48, kernelSize: 3), PReLU(sharedAxes: [1, 2]), MaxPool2D(2)]
        },
        Case(name: "direct, overlapping pool", input: [61, 58, 3], kernels: ["DirectConvolution"]) {
            [Conv2D(40, kernelSize: 3, padding: .same, activation: .relu), MaxPool2D(3, strides: 2, padding: .same)]
        },
        Case(name: "few filters, slopes, pool", input: [70, 33, 2], kernels: ["DirectConvolution"]) {
            [
                Conv2D(7, kernelSize: 3), PReLU(sharedAxes: [1, 2]),
                MaxPool2D(poolSize: (3, 2), strides: (2, 1), padding: .same),
            ]
        },
        Case(name: "pointwise, pool", input: [46, 45, 8], kernels: ["DirectConvolution"]) {
            [Conv2D(24, kernelSize: 1), BatchNormalization(), MaxPool2D(3, strides: 2, padding: .same)]
        },
        Case(name: "pool with gaps", input: [19, 23, 3], kernels: ["DirectConvolution"]) {
            [Conv2D(16, kernelSize: 3, strides: 2), MaxPool2D(2, strides: 3)]
        },
        Case(name: "slopes of pixels", input: [5, 5, 3], kernels: ["DirectConvolution", "PReLUKernel"]) {
            [Conv2D(4, kernelSize: 3), PReLU()]
        },
        Case(name: "relu, slopes", input: [5, 5, 3], kernels: ["DirectConvolution", "PReLUKernel"]) {
            [Conv2D(4, kernelSize: 3, activation: .relu), PReLU(sharedAxes: [1, 2])]
        },
        Case(name: "normalized, slopes", input: [5, 5, 3], kernels: ["DirectConvolution", "PReLUKernel"]) {
            [Conv2D(4, kernelSize: 3), BatchNormalization(), PReLU(sharedAxes: [1, 2])]
        },
        Case(name: "reshaped between", input: [4, 4, 2], kernels: ["DirectConvolution", "BatchNormalizationKernel"]) {
            [Conv2D(3, kernelSize: 3), Flatten(), BatchNormalization()]
        },
    ]

    private func makeModel(_ item: Case) throws -> Model {
        let model = try Model(input: item.input, layers: item.layers(), seed: 3)
        randomizeStatistics(model)
        return model
    }

    private func randomizeStatistics(_ model: Model) {
        var random = RandomGenerator(seed: 17)
        for entry in model.weights.entries {
            let isVariance = entry.specification.name == "moving_variance"
            guard
                ["gamma", "beta", "bias", "alpha", "moving_mean", "moving_variance"].contains(entry.specification.name)
            else {
                continue
            }
            for i in 0..<entry.specification.count {
                model.weights.values[entry.offset + i] = random.uniform(in: isVariance ? 0.3...2 : -1...1)
            }
        }
        model.weights.didChange()
    }

    @Test(arguments: cases) func prediction(_ item: Case) throws {
        let model = try makeModel(item)
        let fast = try Runner(model, batch: 3, isTraining: false)
        let plain = try Runner(model, batch: 3, isTraining: false, usesReferenceKernels: true)
        #expect(fast.executor.kernelNames == item.kernels)
        var random = RandomGenerator(seed: 5)
        for round in 0..<2 {
            let inputs = [random.values(3 * item.input.reduce(1, *))]
            let expected = plain.forward(inputs, count: 3, isTraining: false)
            let actual = fast.forward(inputs, count: 3, isTraining: false)
            expectClose(
                actual[0], expected[0], shape: [3] + model.outputShapes[0], tolerance: 2e-5, "round \(round)")
            // What was folded must follow the weights.
            for i in 0..<model.weights.count { model.weights.values[i] *= 0.9 }
            model.weights.didChange()
        }
    }

    @Test(arguments: cases) func training(_ item: Case) throws {
        let model = try makeModel(item)
        try compareTraining(model, model.copy())
    }

    @Test func sumAndActivation() throws {
        let input = Input([5, 5, 3])
        let left = Conv2D(4, kernelSize: 3, padding: .same)(input), right = Conv2D(4, kernelSize: 1)(input)
        let sum = Add()([left, right, left])
        let output = Conv2D(2, kernelSize: 1)(ActivationLayer(.relu)(sum))
        let model = try Model(inputs: input, outputs: output, seed: 2)
        let names = try Runner(model, batch: 1).executor.kernelNames
        #expect(names == ["Im2ColConvolution", "Im2ColConvolution", "AddKernel", "Im2ColConvolution"])
        try compareTraining(model, model.copy())
    }

    /// What somebody else reads, or asks for, is still written.
    @Test func intermediateResultsStay() throws {
        let input = Input([6, 6, 16])
        let convolution = Conv2D(16, kernelSize: 3)(input)
        let normalized = BatchNormalization()(convolution)
        let active = ActivationLayer(.relu)(normalized)
        let model = try Model(
            inputs: [input], outputs: [convolution, Add()([normalized, active]), MaxPool2D(2)(active)], seed: 2)
        randomizeStatistics(model)
        var random = RandomGenerator(seed: 9)
        let inputs = [random.values(2 * 576)]
        let fast = try Runner(model, batch: 2, isTraining: false)
        let plain = try Runner(model, batch: 2, isTraining: false, usesReferenceKernels: true)
        let actual = fast.forward(inputs, count: 2, isTraining: false)
        let expected = plain.forward(inputs, count: 2, isTraining: false)
        for (index, shape) in model.outputShapes.enumerated() {
            expectClose(actual[index], expected[index], shape: [2] + shape, tolerance: 2e-5, "output \(index)")
        }
    }

    private func compareTraining(_ model: Model, _ copy: Model) throws {
        var random = RandomGenerator(seed: 11)
        let inputs = model.inputShapes.map { random.values(4 * $0.reduce(1, *)) }
        let upstream = model.outputShapes.map { random.values(4 * $0.reduce(1, *)) }
        let actual = try Runner(model, batch: 4).run(inputs, upstream: upstream, count: 4)
        let expected = try Runner(copy, batch: 4, usesReferenceKernels: true).run(inputs, upstream: upstream, count: 4)
        expectClose(
            actual.outputs[0], expected.outputs[0], shape: [4] + model.outputShapes[0], tolerance: 2e-5, "output")
        expectClose(
            actual.inputGradients[0], expected.inputGradients[0], shape: [4] + model.inputShapes[0], tolerance: 1e-4,
            "input gradient")
        // A bias before a normalization has no gradient but rounding: compared on the scale of all gradients.
        let scale = expected.weightGradients.joined().reduce(0) { max($0, abs($1)) }
        for (index, entry) in model.weights.entries.enumerated() where entry.specification.isTrainable {
            expectClose(
                actual.weightGradients[index] + [scale], expected.weightGradients[index] + [scale],
                shape: [entry.specification.count + 1], tolerance: 1e-4, "\(entry.layer) \(entry.specification.name)")
        }
    }
}
