import NeuralNet

/// The networks that can be trained by name.
public enum Architecture: String, CaseIterable, Sendable {
    /// The documented network of the emotion demos: four 3x3 convolutions and two dense layers, 2,345,607 weights at
    /// 48 x 48 and seven classes.
    case cnn
    /// Eight 3x3 convolutions with BatchNormalization in four blocks of 32, 64, 128 and 256 filters, after VGG
    /// (K. Simonyan, A. Zisserman, 2015) and what Y. Khaireddin, Z. Chen (2021) found to suit FER2013.
    case vgg

    /// The network with random weights for grey pictures of the given size.
    public func makeModel(size: Int = 48, classes: Int = 7, seed: UInt64) throws -> Model {
        switch self {
        case .cnn:
            return try Model(input: [size, size, 1], seed: seed) {
                Conv2D(32, kernelSize: 3, activation: .relu)
                Conv2D(64, kernelSize: 3, activation: .relu)
                MaxPool2D(2)
                Dropout(0.25)
                Conv2D(128, kernelSize: 3, activation: .relu)
                MaxPool2D(2)
                Conv2D(128, kernelSize: 3, activation: .relu)
                MaxPool2D(2)
                Dropout(0.25)
                Flatten()
                Dense(1024, activation: .relu)
                Dropout(0.5)
                Dense(classes, activation: .softmax)
            }
        case .vgg:
            return try Model(input: [size, size, 1], seed: seed) {
                for filters in [32, 64, 128, 256] {
                    for _ in 0..<2 {
                        Conv2D(
                            filters, kernelSize: 3, padding: .same, usesBias: false, kernelInitializer: .heNormal)
                        BatchNormalization(momentum: 0.9)
                        ActivationLayer(.relu)
                    }
                    MaxPool2D(2)
                    Dropout(0.15)
                }
                Flatten()
                Dense(256, usesBias: false, kernelInitializer: .heNormal)
                BatchNormalization(momentum: 0.9)
                ActivationLayer(.relu)
                Dropout(0.5)
                Dense(classes, activation: .softmax)
            }
        }
    }
}
