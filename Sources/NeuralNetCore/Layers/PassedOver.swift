import JSON

/// A layer of Keras that changes nothing at prediction, such as random flips and noise: here it changes nothing at all.
/// It is kept so that the file it came from can be written again.
public struct PassedOver: Layer {
    public static let className = "Identity"
    public var name = ""
    /// Keras's class.
    public let originalClass: String
    public let config: [String: JSONValue]

    package init(_ className: String, fields: [String: JSONValue]) {
        originalClass = className
        config = fields.filter { !PassedOver.ownFields.contains($0.key) }
    }

    /// What the writer says itself, and what Keras 3 does not know any more.
    private static let ownFields: Set<String> = ["name", "trainable", "dtype", "rng_type", "noise_shape"]

    /// Keras 3 does not take `trainable` for these, though every layer has it.
    package var hasTrainable: Bool { !originalClass.hasPrefix("SpatialDropout") }

    public func outputShape(_ inputs: [Shape]) throws -> Shape { try single(inputs) }
    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? { nil }

    package static let classes: Set<String> = [
        "Identity", "ActivityRegularization", "GaussianNoise", "GaussianDropout", "AlphaDropout", "SpatialDropout3D",
        "RandomFlip", "RandomRotation", "RandomZoom", "RandomContrast",
        "RandomBrightness", "RandomTranslation", "RandomHeight", "RandomWidth", "RandomShear", "RandomSharpness",
        "RandomHue", "RandomSaturation", "RandomGrayscale", "RandomColorJitter", "RandomColorDegeneration",
        "RandomPosterization", "RandomInvert", "RandomErasing", "RandomGaussianBlur", "RandomPerspective",
        "RandomElasticTransform", "RandAugment", "AugMix", "MixUp", "CutMix",
    ]

    /// Whether Keras's layer does something while training.
    package static func actsInTraining(_ className: String) -> Bool { className != "Identity" }
}
