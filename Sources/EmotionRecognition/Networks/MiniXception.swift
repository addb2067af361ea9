import NeuralNet

/// Residual blocks of depthwise separable convolutions in 16, 32, 64 and 128 channels, averaged without a dense layer:
/// 58,423 parameters for grey pictures and seven classes, whatever the pictures' size.
///
/// Source: O. Arriaga et al., "Real-time Convolutional Neural Networks for Emotion and Gender Classification", 2017
/// (mini-Xception); F. Chollet, "Xception", 2017.
enum MiniXception {
    static func make(_ options: NetworkOptions, seed: UInt64) throws -> Model {
        let widths = options.widths ?? [16, 32, 64, 128]
        guard !widths.isEmpty, widths.count <= 8, widths.allSatisfy({ (1...4096).contains($0) }) else {
            throw RecognitionError.invalidSetting(
                "mini-xception wants 1 to 8 widths of 1 to 4096 filters, not \(widths)")
        }
        let rates = try options.blockDropout(
            widths.count, default: Array(repeating: 0, count: widths.count), of: .miniXception)
        let input = Input(options.input)
        var x = input
        for _ in 0..<2 {
            x = Conv2D(8, kernelSize: 3, usesBias: false, kernelInitializer: .heNormal)(x)
            x = ActivationLayer(.relu)(BatchNormalization()(x))
        }
        for (filters, rate) in zip(widths, rates) {
            x = block(x, filters: filters)
            x = dropout(rate).reduce(x) { $1($0) }
        }
        x = dropout(options.headDropout ?? 0).reduce(x) { $1($0) }
        x = Conv2D(options.classes, kernelSize: 3, padding: .same)(x)
        x = GlobalAveragePool2D()(x)
        let output = ActivationLayer(.softmax, name: "predictions")(x)
        return try Model(inputs: input, outputs: output, name: "mini_xception", seed: seed)
    }

    /// Half the width and height, with a 1x1 convolution as the shortcut.
    private static func block(_ x: SymbolicTensor, filters: Int) -> SymbolicTensor {
        var shortcut = Conv2D(
            filters, kernelSize: 1, strides: 2, padding: .same, usesBias: false, kernelInitializer: .heNormal)(x)
        shortcut = BatchNormalization()(shortcut)
        var y = separable(x, filters)
        y = ActivationLayer(.relu)(y)
        y = separable(y, filters)
        y = MaxPool2D(3, strides: 2, padding: .same)(y)
        return Add()(shortcut, y)
    }

    private static func separable(_ x: SymbolicTensor, _ filters: Int) -> SymbolicTensor {
        BatchNormalization()(
            SeparableConv2D(
                filters, kernelSize: (3, 3), padding: .same, usesBias: false, depthwiseInitializer: .heNormal,
                pointwiseInitializer: .heNormal)(x))
    }
}
