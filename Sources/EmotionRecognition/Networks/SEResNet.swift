import NeuralNet

/// One residual block of two 3x3 convolutions per width, with squeeze-and-excitation, a pool between blocks; averaged
/// over the picture before the last layer. 32, 64, 128 and 256 filters unless other widths are chosen.
///
/// Source: K. He et al., "Identity Mappings in Deep Residual Networks", 2016; J. Hu et al., "Squeeze-and-Excitation
/// Networks", 2018.
enum SEResNet {
    /// What a block's channels are squeezed to, as a share of them.
    private static let squeeze = 8

    static func make(_ options: NetworkOptions, seed: UInt64) throws -> Model {
        let widths = options.widths ?? [32, 64, 128, 256]
        guard !widths.isEmpty, widths.count <= 8, widths.allSatisfy({ (1...4096).contains($0) }) else {
            throw RecognitionError.invalidSetting("se-resnet wants 1 to 8 widths of 1 to 4096 filters, not \(widths)")
        }
        let rates = try options.blockDropout(
            widths.count, default: Array(repeating: 0.1, count: widths.count), of: .seResNet)
        let input = Input(options.input)
        var x = activated(convolution(input, widths[0]))
        for (block, (filters, rate)) in zip(widths, rates).enumerated() {
            if block > 0 { x = MaxPool2D(2)(x) }
            x = residual(x, filters: filters, keepsWidth: block == 0)
            x = dropout(rate).reduce(x) { $1($0) }
        }
        x = GlobalAveragePool2D()(x)
        x = dropout(options.headDropout ?? 0.4).reduce(x) { $1($0) }
        let output = Dense(options.classes, activation: .softmax, name: "predictions")(x)
        return try Model(inputs: input, outputs: output, name: "se_resnet", seed: seed)
    }

    private static func residual(_ x: SymbolicTensor, filters: Int, keepsWidth: Bool) -> SymbolicTensor {
        var y = activated(convolution(x, filters))
        y = excited(convolution(y, filters), filters)
        guard !keepsWidth else { return ActivationLayer(.relu)(Add()(x, y)) }
        let shortcut = BatchNormalization(momentum: 0.9)(
            Conv2D(filters, kernelSize: 1, usesBias: false, kernelInitializer: .heNormal)(x))
        return ActivationLayer(.relu)(Add()(shortcut, y))
    }

    /// 3x3 with BatchNormalization.
    private static func convolution(_ x: SymbolicTensor, _ filters: Int) -> SymbolicTensor {
        BatchNormalization(momentum: 0.9)(
            Conv2D(filters, kernelSize: 3, padding: .same, usesBias: false, kernelInitializer: .heNormal)(x))
    }

    private static func activated(_ x: SymbolicTensor) -> SymbolicTensor { ActivationLayer(.relu)(x) }

    /// Each channel times a factor that all channels' means decide.
    private static func excited(_ x: SymbolicTensor, _ filters: Int) -> SymbolicTensor {
        var factors = GlobalAveragePool2D()(x)
        factors = Dense(max(4, filters / squeeze), activation: .relu, kernelInitializer: .heNormal)(factors)
        factors = Dense(filters, activation: .sigmoid)(factors)
        return Multiply()(x, Reshape([1, 1, filters])(factors))
    }
}
