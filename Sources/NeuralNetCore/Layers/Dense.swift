import CKernels
import JSON

/// Fully connected layer: `y = x W + b`.
///
/// - Input: `[features]`, or any shape with that as its last axis; output: the same with `units`.
/// - Parameters: `kernel` `[features, units]`, `bias` `[units]`.
/// - Cost: `2 features units` operations per row.
public struct Dense: Layer {
    public static let className = "Dense"
    public var name: String
    public var units: Int
    public var activation: Activation
    public var usesBias: Bool
    public var kernelInitializer: Initializer
    public var biasInitializer: Initializer
    /// Factor of the L2 penalty on the kernel.
    public var kernelL2: Float

    public init(
        _ units: Int, activation: Activation = .linear, usesBias: Bool = true,
        kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros, kernelL2: Float = 0,
        name: String = ""
    ) {
        self.units = units
        self.activation = activation
        self.usesBias = usesBias
        self.kernelInitializer = kernelInitializer
        self.biasInitializer = biasInitializer
        self.kernelL2 = kernelL2
        self.name = name
    }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        let shape = try single(inputs)
        try require(units > 0, "units", "positive", units)
        guard !shape.isEmpty else {
            throw NeuralNetError.incompatibleShape(layer: label, expected: "at least one axis", received: inputs)
        }
        return shape.dropLast() + [units]
    }

    public func parameters(_ inputs: [Shape]) -> [ParameterSpecification] {
        let features = inputs[0].last ?? 1
        var result = [
            ParameterSpecification(
                name: "kernel", shape: [features, units], initializer: kernelInitializer, fanIn: features,
                fanOut: units, l2: kernelL2)
        ]
        if usesBias {
            result.append(ParameterSpecification(name: "bias", shape: [units], initializer: biasInitializer))
        }
        return result
    }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? {
        let shape = context.inputShapes[0]
        if context.isQuantized, shape.count == 1 {
            // A dense layer is a convolution of one pixel.
            let geometry = try ConvolutionGeometry(
                layer: label, height: 1, width: 1, channels: shape[0], kernel: (1, 1), strides: (1, 1), padding: .valid)
            if QuantizedConvolution.fits(geometry, filters: units) {
                return QuantizedConvolution(geometry: geometry, filters: units, usesBias: usesBias, context: context)
            }
        }
        if context.isHalf {
            let geometry = try ConvolutionGeometry(
                layer: label, height: shape.dropLast().reduce(1, *), width: 1, channels: shape.last ?? 1,
                kernel: (1, 1), strides: (1, 1), padding: .valid)
            if BFloat16Convolution.fits(geometry, filters: units, context: context) {
                return BFloat16Convolution(geometry: geometry, filters: units, usesBias: usesBias, context: context)
            }
        }
        return DenseKernel(
            features: shape.last ?? 1, units: units, rows: shape.dropLast().reduce(1, *), usesBias: usesBias,
            maximumRows: shape.dropLast().reduce(1, *) * context.maximumBatch, isTraining: context.isTraining,
            isHalf: context.isHalf && units >= 16)
    }

    public var config: [String: JSONValue] {
        [
            "units": .int(units), "activation": KerasConfig.activation(activation), "use_bias": .bool(usesBias),
            "kernel_initializer": KerasConfig.initializer(kernelInitializer),
            "bias_initializer": KerasConfig.initializer(biasInitializer),
            "kernel_regularizer": KerasConfig.regularizer(l2: kernelL2), "bias_regularizer": nil,
            "kernel_constraint": nil, "bias_constraint": nil,
        ]
    }
}

/// Each thread computes a part of the columns: all three products split without sharing sums.
struct DenseKernel: LinearKernel {
    let features: Int
    let units: Int
    /// Rows per sample.
    let rows: Int
    var usesBias: Bool
    let maximumRows: Int
    let isTraining: Bool
    let gemm: MatrixProduct
    var relu = false

    init(features: Int, units: Int, rows: Int, usesBias: Bool, maximumRows: Int, isTraining: Bool, isHalf: Bool) {
        gemm = MatrixProduct(isHalf: isHalf)
        self.features = features
        self.units = units
        self.rows = rows
        self.usesBias = usesBias
        self.maximumRows = maximumRows
        self.isTraining = isTraining
    }

    var memory: KernelMemory {
        var memory = KernelMemory()
        memory.keepsInput = true
        memory.keepsOutput = relu
        memory.scratch = relu && isTraining ? maximumRows * units : 0
        return memory
    }

    func forward(_ b: LayerBuffers, _ pass: Pass) {
        let m = pass.count * rows
        pass.threads.runColumns(units) { columns in
            let n = columns.count, y = b.output + columns.lowerBound
            gemm(
                false, false, m, n, features, b.inputs[0], features, b.parameters[0] + columns.lowerBound, units, 0,
                y, units)
            guard usesBias || relu else { return }
            for row in 0..<m {
                fm_add_bias(
                    y + row * units, usesBias ? b.parameters[1] + columns.lowerBound : nil, 1, n, relu ? 1 : 0)
            }
        }
    }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        let m = pass.count * rows
        var dy = b.outputGradient!
        if relu {
            let masked = b.scratch, source = dy
            pass.threads.runRanges(m) { _, range in
                let start = range.lowerBound * units
                fm_relu_gradient(source + start, b.output + start, masked + start, range.count * units)
            }
            dy = masked
        }
        let gradient = dy
        let beta: Float = pass.overwritesGradients ? 0 : 1
        pass.threads.runColumns(features) { part in
            let start = part.lowerBound
            if let kernel = b.parameterGradient(0) {
                gemm(
                    true, false, part.count, units, m, b.inputs[0] + start, features, gradient, units, beta,
                    kernel + start * units, units)
            }
            if let dx = b.inputGradients[0] {
                gemm(
                    false, true, m, part.count, units, gradient, units, b.parameters[0] + start * units, units, 0,
                    dx + start, features)
            }
        }
        if let bias = b.parameterGradient(1) {
            if pass.overwritesGradients { memset(bias, 0, units * MemoryLayout<Float>.stride) }
            fm_add_column_sums(gradient, m, units, bias)
        }
    }
}
