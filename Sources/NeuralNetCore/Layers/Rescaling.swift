import CKernels
import JSON

/// `y = x scale + offset`: brings pixels to the range that a network was trained with. No parameters.
///
/// Input and output have the same shape. Scale and offset are one number each, or one per channel of the last axis.
public struct Rescaling: Layer {
    public static let className = "Rescaling"
    public var name: String
    /// One number for all channels, or one for each.
    public var scale: [Float]
    /// One number for all channels, or one for each; added behind the factor.
    public var offset: [Float]

    /// The same for all channels.
    public init(_ scale: Float, offset: Float = 0, name: String = "") {
        self.init([scale], offset: [offset], name: name)
    }

    /// A scale and an offset for each channel; a single number holds for all.
    public init(_ scale: [Float], offset: [Float] = [0], name: String = "") {
        self.scale = scale
        self.offset = offset
        self.name = name
    }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        let shape = try single(inputs), channels = shape.last ?? 1
        let expected = channels == 1 ? "one number" : "one number or \(channels)"
        try require(scale.count == 1 || scale.count == channels, "scale", expected, scale)
        try require(offset.count == 1 || offset.count == channels, "offset", expected, offset)
        return shape
    }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? {
        let shape = context.inputShapes[0], channels = shape.last ?? 1
        func perChannel(_ values: [Float]) -> [Float] {
            values.count == 1 ? [Float](repeating: values[0], count: channels) : values
        }
        return RescalingKernel(
            scale: perChannel(scale), offset: perChannel(offset), rows: shape.dropLast().reduce(1, *),
            zeros: [Float](repeating: 0, count: channels))
    }

    public var config: [String: JSONValue] {
        func value(_ numbers: [Float]) -> JSONValue {
            numbers.count == 1 ? .double(Double(numbers[0])) : .array(numbers.map { .double(Double($0)) })
        }
        return ["scale": value(scale), "offset": value(offset)]
    }
}

struct RescalingKernel: LayerKernel {
    let scale: [Float]
    let offset: [Float]
    /// Rows per sample.
    let rows: Int
    let zeros: [Float]
    var memory: KernelMemory { KernelMemory() }

    func forward(_ b: LayerBuffers, _ pass: Pass) { apply(b.inputs[0], b.output, offset, pass) }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        if let dx = b.inputGradients[0] { apply(b.outputGradient!, dx, zeros, pass) }
    }

    private func apply(
        _ x: UnsafeMutablePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ shift: [Float], _ pass: Pass
    ) {
        let channels = scale.count
        pass.threads.runRanges(pass.count * rows) { _, range in
            let start = range.lowerBound * channels
            fm_scale_shift(x + start, scale, shift, range.count, channels, 0, y + start)
        }
    }
}
