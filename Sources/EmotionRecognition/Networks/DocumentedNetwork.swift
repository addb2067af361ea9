import NeuralNet

/// The network of the emotion demos: four 3x3 convolutions and two dense layers, 2,345,607 weights at 48 x 48 and seven
/// classes.
enum DocumentedNetwork {
    static func make(_ options: NetworkOptions, seed: UInt64) throws -> Model {
        try options.refuseWidths(.cnn)
        let rates = try options.blockDropout(2, default: [0.25, 0.25], of: .cnn)
        return try Model(input: options.input, seed: seed) {
            Conv2D(32, kernelSize: 3, activation: .relu)
            Conv2D(64, kernelSize: 3, activation: .relu)
            MaxPool2D(2)
            dropout(rates[0])
            Conv2D(128, kernelSize: 3, activation: .relu)
            MaxPool2D(2)
            Conv2D(128, kernelSize: 3, activation: .relu)
            MaxPool2D(2)
            dropout(rates[1])
            Flatten()
            Dense(1024, activation: .relu)
            dropout(options.headDropout ?? 0.5)
            Dense(options.classes, activation: .softmax)
        }
    }
}
