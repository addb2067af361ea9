import JSON
import NeuralNetCore

/// A tensor of a configuration, with its shape here.
struct KerasTensor {
    var tensor: SymbolicTensor
    var shape: Shape
    /// Whether Keras has it as `[channels, height, width]`. Here it is `[height, width, channels]` all the same.
    var isChannelsFirst = false

    /// The same values in the other order of axes, or as they are.
    func arranged(channelsFirst: Bool) throws -> KerasTensor {
        guard channelsFirst != isChannelsFirst, shape.count == 3 else { return self }
        let layer = Permute(channelsFirst ? [2, 3, 1] : [3, 1, 2])
        return KerasTensor(
            tensor: layer(tensor), shape: try layer.outputShape([shape]), isChannelsFirst: channelsFirst)
    }
}

/// How a layer is brought from `channels_first` to the order of axes that everything here computes in. What works on
/// images gets them in this order; what does not care passes it on; all others get what Keras gives them.
struct KerasLayout {
    var takesChannelsFirst = false
    var makesChannelsFirst = false
    /// The configuration for the order here.
    var config: JSONValue
    /// Why the layer cannot be brought to it; nil if it can.
    var problem: String?

    private static let images: Set<String> = [
        "Conv2D", "Convolution2D", "DepthwiseConv2D", "SeparableConv2D", "SeparableConvolution2D", "Conv2DTranspose",
        "MaxPooling2D", "MaxPool2D", "AveragePooling2D", "AvgPool2D", "ZeroPadding2D", "UpSampling2D", "Cropping2D",
    ]
    private static let globalPools: Set<String> = [
        "GlobalAveragePooling2D", "GlobalAvgPool2D", "GlobalMaxPooling2D", "GlobalMaxPool2D",
    ]
    private static let elementwise: Set<String> = [
        "Activation", "ReLU", "LeakyReLU", "ELU", "ThresholdedReLU", "Dropout", "Add", "Subtract", "Multiply",
        "Average",
        "Maximum", "Minimum",
    ]

    init(of item: KerasGraph.Item, inputs: [KerasTensor]) {
        config = item.config
        if wantsChannelsFirst(item) {
            let makesImage =
                Self.images.contains(item.className)
                || (Self.globalPools.contains(item.className) && item.config["keepdims"]?.boolValue == true)
            // Flatten with this setting is that of an image in the order here.
            guard makesImage || Self.globalPools.contains(item.className) || item.className == "Flatten" else { return }
            takesChannelsFirst = true
            makesChannelsFirst = makesImage
            set("data_format", "channels_last")
            if makesImage, dependsOnAxis(item.config["activation"]) {
                problem =
                    "activation: \(item.config["activation"]!.text()) of an image with the channels first is not supported"
            }
            return
        }
        guard inputs.allSatisfy(\.isChannelsFirst), !inputs.isEmpty else { return }
        let axis = item.config["axis"]?.arrayValue?.first?.intValue ?? item.config["axis"]?.intValue
        switch item.className {
        case "BatchNormalization" where axis == 1 || axis == -3: set("axis", 3)
        case "Concatenate":
            // 1, 2, 3 are channels, height, width; here 3, 1, 2.
            guard let axis, let place = [1: 3, 2: 1, 3: 2][axis < 0 ? axis + 4 : axis] else { return }
            set("axis", .int(place))
        case "Dropout" where item.config["noise_shape"]?.isNull == false: return
        case "Activation" where dependsOnAxis(item.config["activation"]): return
        case _ where Self.elementwise.contains(item.className) || PassedOver.classes.contains(item.className): break
        default: return
        }
        takesChannelsFirst = true
        makesChannelsFirst = true
    }

    /// Whether a function is one of all values along the last axis, which is the width in Keras's order.
    private func dependsOnAxis(_ activation: JSONValue?) -> Bool {
        activation?.text().lowercased().contains("softmax") == true
    }

    private mutating func set(_ field: String, _ value: JSONValue) {
        guard var fields = config.objectValue else { return }
        fields[field] = value
        config = .object(fields)
    }

    private func wantsChannelsFirst(_ item: KerasGraph.Item) -> Bool { KerasLayout.wantsChannelsFirst(item) }

    static func wantsChannelsFirst(_ item: KerasGraph.Item) -> Bool {
        item.config["data_format"]?.stringValue == "channels_first"
    }
}
