import NeuralNet

/// Pairs of 3x3 convolutions with BatchNormalization, a pool behind each pair; 32, 64, 128 and 256 filters unless other
/// widths are chosen. After VGG (K. Simonyan, A. Zisserman, 2015) and what Y. Khaireddin, Z. Chen (2021) found to suit
/// FER2013.
enum VGGNetwork {
    static func make(_ options: NetworkOptions, seed: UInt64) throws -> Model {
        let widths = options.widths ?? [32, 64, 128, 256]
        guard !widths.isEmpty, widths.count <= 8, widths.allSatisfy({ (1...4096).contains($0) }) else {
            throw RecognitionError.invalidSetting("vgg wants 1 to 8 widths of 1 to 4096 filters, not \(widths)")
        }
        let rates = try options.blockDropout(
            widths.count, default: Array(repeating: 0.15, count: widths.count), of: .vgg)
        return try Model(input: options.input, seed: seed) {
            for (filters, rate) in zip(widths, rates) {
                for _ in 0..<2 {
                    Conv2D(filters, kernelSize: 3, padding: .same, usesBias: false, kernelInitializer: .heNormal)
                    BatchNormalization(momentum: 0.9)
                    ActivationLayer(.relu)
                }
                MaxPool2D(2)
                dropout(rate)
            }
            Flatten()
            Dense(256, usesBias: false, kernelInitializer: .heNormal)
            BatchNormalization(momentum: 0.9)
            ActivationLayer(.relu)
            dropout(options.headDropout ?? 0.5)
            Dense(options.classes, activation: .softmax)
        }
    }
}
