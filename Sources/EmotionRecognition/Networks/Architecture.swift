import NeuralNet

/// The networks that can be trained by name.
public enum Architecture: String, CaseIterable, Sendable {
    /// The documented network of the emotion demos.
    case cnn
    /// 3x3 convolutions with BatchNormalization, after VGG.
    case vgg
    /// Keras's `applications.ResNet50V2`.
    case resnet50v2
    /// Separable convolutions in few channels, for small machines.
    case miniXception = "mini-xception"

    /// Residual blocks with squeeze-and-excitation, averaged without a large dense layer.
    case seResNet = "se-resnet"

    /// The network with random weights. Throws `RecognitionError` when an option does not suit it.
    public func makeModel(_ options: NetworkOptions = NetworkOptions(), seed: UInt64) throws -> Model {
        switch self {
        case .cnn: return try DocumentedNetwork.make(options, seed: seed)
        case .vgg: return try VGGNetwork.make(options, seed: seed)
        case .resnet50v2: return try ResNet50V2.make(options, seed: seed)
        case .seResNet: return try SEResNet.make(options, seed: seed)
        case .miniXception: return try MiniXception.make(options, seed: seed)
        }
    }
}
