import JSON

/// An image in another size, as TensorFlow's `tf.image.resize` makes it, without smoothing.
///
/// - Input: `[height, width, channels]`; output: `[height, width, channels]` with the layer's sizes. No parameters.
public struct Resizing: Layer {
    public static let className = "Resizing"
    public var name: String
    /// Rows of the output.
    public var height: Int
    /// Columns of the output.
    public var width: Int
    /// How new pixels are made of old ones.
    public var interpolation: Interpolation
    /// What keeps the picture's proportions.
    public var fit: Fit

    /// What is done where the proportions differ.
    public enum Fit: Sendable {
        /// Nothing: the picture is stretched.
        case stretch
        /// The largest middle part with the new proportions is used.
        case crop
        /// Zeros are put on two sides.
        case pad
    }

    public init(
        height: Int, width: Int, interpolation: Interpolation = .bilinear, fit: Fit = .stretch, name: String = ""
    ) {
        self.height = height
        self.width = width
        self.interpolation = interpolation
        self.fit = fit
        self.name = name
    }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        let channels = try singleImage(inputs).channels
        try require(height > 0 && width > 0, "size", "positive", "\(height)x\(width)")
        let fitted = fitted(inputs[0])
        guard fitted.checkedCount != nil else { throw NeuralNetError.tooLarge(label, fitted) }
        return [height, width, channels]
    }

    /// The input with the new proportions.
    private func fitted(_ input: Shape) -> Shape {
        let rows = input[1] * height / width, columns = input[0] * width / height
        switch fit {
        case .stretch: return input
        case .crop: return [min(input[0], max(rows, 1)), min(input[1], max(columns, 1)), input[2]]
        case .pad:
            // As much on both sides.
            return [
                input[0] + max(rows - input[0], 0) / 2 * 2, input[1] + max(columns - input[1], 0) / 2 * 2, input[2],
            ]
        }
    }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? { nil }

    public func makeSteps(_ context: KernelContext) throws -> [LayerStep] {
        let input = context.inputShapes[0], middle = fitted(input)
        let resize = LayerStep(
            kernel: ResamplingKernel(input: middle, output: context.outputShape, interpolation),
            outputCount: context.outputShape.reduce(1, *), parameters: 0..<0)
        guard middle != input else { return [resize] }
        let window = ImageWindow(
            large: fit == .crop ? input : middle, small: fit == .crop ? middle : input,
            top: abs(input[0] - middle[0]) / 2, left: abs(input[1] - middle[1]) / 2)
        let first: any LayerKernel = fit == .crop ? CroppingKernel(window: window) : ZeroPaddingKernel(window: window)
        return [LayerStep(kernel: first, outputCount: middle.reduce(1, *), parameters: 0..<0), resize]
    }

    public var config: [String: JSONValue] {
        [
            "height": .int(height), "width": .int(width), "interpolation": .string(interpolation.rawValue),
            "crop_to_aspect_ratio": .bool(fit == .crop), "pad_to_aspect_ratio": .bool(fit == .pad),
            "fill_mode": "constant", "fill_value": 0.0, "antialias": false, "data_format": "channels_last",
        ]
    }
}

/// The middle of an image. One that is too small is enlarged, and what is too long then is cut, as in Keras.
///
/// - Input: `[height, width, channels]`; output: `[height, width, channels]` with the layer's sizes. No parameters.
public struct CenterCrop: Layer {
    public static let className = "CenterCrop"
    public var name: String
    /// Rows of the output.
    public var height: Int
    /// Columns of the output.
    public var width: Int

    public init(height: Int, width: Int, name: String = "") {
        self.height = height
        self.width = width
        self.name = name
    }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        let channels = try singleImage(inputs).channels
        try require(height > 0 && width > 0, "size", "positive", "\(height)x\(width)")
        return [height, width, channels]
    }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? { nil }

    public func makeSteps(_ context: KernelContext) throws -> [LayerStep] {
        let input = context.inputShapes[0]
        guard input[0] >= height, input[1] >= width else {
            return try Resizing(height: height, width: width, fit: .crop, name: name).makeSteps(context)
        }
        let window = ImageWindow(
            large: input, small: context.outputShape, top: (input[0] - height) / 2, left: (input[1] - width) / 2)
        return [
            LayerStep(
                kernel: CroppingKernel(window: window), outputCount: context.outputShape.reduce(1, *),
                parameters: 0..<0)
        ]
    }

    public var config: [String: JSONValue] {
        ["height": .int(height), "width": .int(width), "data_format": "channels_last"]
    }
}
