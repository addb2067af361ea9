import CKernels
import JSON

/// The largest value of each window, per channel.
///
/// - Input: `[height, width, channels]`; output: `[height', width', channels]`. No parameters.
/// - The gradient goes to the first of equal maxima, as in TensorFlow.
public struct MaxPool2D: Layer {
    public static let className = "MaxPooling2D"
    public var name: String
    public var poolSize: (Int, Int)
    public var strides: (Int, Int)
    public var padding: Padding

    /// `strides` is the pool size unless given.
    public init(
        poolSize: (Int, Int) = (2, 2), strides: (Int, Int)? = nil, padding: Padding = .valid, name: String = ""
    ) {
        self.poolSize = poolSize
        self.strides = strides ?? poolSize
        self.padding = padding
        self.name = name
    }

    public init(_ poolSize: Int, strides: Int? = nil, padding: Padding = .valid, name: String = "") {
        self.init(
            poolSize: (poolSize, poolSize), strides: strides.map { ($0, $0) }, padding: padding, name: name)
    }

    func geometry(_ inputs: [Shape]) throws -> ConvolutionGeometry {
        let (height, width, channels) = try singleImage(inputs)
        try require(
            poolSize.0 > 0 && poolSize.1 > 0 && poolSize.0 * poolSize.1 <= 256, "poolSize",
            "positive with at most 256 places", poolSize)
        try require(strides.0 > 0 && strides.1 > 0, "strides", "positive", strides)
        return try ConvolutionGeometry(
            layer: label, height: height, width: width, channels: channels, kernel: poolSize, strides: strides,
            padding: padding)
    }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        let g = try geometry(inputs)
        return [g.outputHeight, g.outputWidth, g.channels]
    }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? {
        MaxPoolKernel(
            geometry: try geometry(context.inputShapes), maximumBatch: context.maximumBatch,
            isTraining: context.isTraining)
    }

    public var config: [String: JSONValue] {
        [
            "pool_size": [.int(poolSize.0), .int(poolSize.1)], "strides": [.int(strides.0), .int(strides.1)],
            "padding": .string(padding.rawValue), "data_format": "channels_last",
        ]
    }
}

/// The largest value of all places, per channel: `[height, width, channels]` to `[channels]`, or to `[1, 1, channels]`
/// with `keepsDimensions`. No parameters. The gradient goes to the first of equal maxima.
public struct GlobalMaxPool2D: Layer {
    public static let className = "GlobalMaxPooling2D"
    public var name: String
    public var keepsDimensions: Bool

    public init(keepsDimensions: Bool = false, name: String = "") {
        self.keepsDimensions = keepsDimensions
        self.name = name
    }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        let channels = try singleImage(inputs).channels
        return keepsDimensions ? [1, 1, channels] : [channels]
    }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? {
        GlobalMaxPoolKernel(
            pixels: context.inputShapes[0][0] * context.inputShapes[0][1], channels: context.inputShapes[0][2],
            maximumBatch: context.maximumBatch, isTraining: context.isTraining)
    }

    public var config: [String: JSONValue] {
        ["data_format": "channels_last", "keepdims": .bool(keepsDimensions)]
    }
}

/// Remembers a whole pixel number, where a pool's window has at most 256 places.
struct GlobalMaxPoolKernel: LayerKernel {
    let pixels: Int
    let channels: Int
    let maximumBatch: Int
    let isTraining: Bool

    var memory: KernelMemory {
        var memory = KernelMemory()
        if isTraining { memory.state = maximumBatch * channels }
        return memory
    }

    /// The pixel of each channel's maximum.
    private func places(_ b: LayerBuffers) -> UnsafeMutablePointer<Int32> {
        UnsafeMutableRawPointer(b.state).assumingMemoryBound(to: Int32.self)
    }

    func forward(_ b: LayerBuffers, _ pass: Pass) {
        pass.threads.runEach(pass.count) { _, image in
            fm_global_max_pool(
                b.inputs[0] + image * pixels * channels, Int32(pixels), Int32(channels), b.output + image * channels,
                isTraining ? places(b) + image * channels : nil)
        }
    }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        guard let gradient = b.inputGradients[0] else { return }
        pass.threads.runEach(pass.count) { _, image in
            let dx = gradient + image * pixels * channels
            dx.update(repeating: 0, count: pixels * channels)
            for c in 0..<channels {
                dx[Int(places(b)[image * channels + c]) * channels + c] = b.outputGradient![image * channels + c]
            }
        }
    }
}

struct MaxPoolKernel: LayerKernel {
    let geometry: ConvolutionGeometry
    let maximumBatch: Int
    let isTraining: Bool

    private var outputCount: Int { geometry.outputPixels * geometry.channels }

    var memory: KernelMemory {
        var memory = KernelMemory()
        if isTraining { memory.state = (outputCount * maximumBatch + 3) / 4 }
        return memory
    }

    private func places(_ b: LayerBuffers) -> UnsafeMutablePointer<UInt8> {
        UnsafeMutableRawPointer(b.state).assumingMemoryBound(to: UInt8.self)
    }

    func forward(_ b: LayerBuffers, _ pass: Pass) {
        let g = geometry
        pass.threads.runEach(pass.count) { _, image in
            fm_max_pool(
                b.inputs[0] + image * g.inputCount, Int32(g.height), Int32(g.width), Int32(g.channels),
                Int32(g.kernelHeight), Int32(g.kernelWidth), Int32(g.strideHeight), Int32(g.strideWidth),
                Int32(g.padTop), Int32(g.padLeft), Int32(g.outputHeight), Int32(g.outputWidth),
                b.output + image * outputCount, isTraining ? places(b) + image * outputCount : nil)
        }
    }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        guard let dx = b.inputGradients[0] else { return }
        let g = geometry
        pass.threads.runEach(pass.count) { _, image in
            fm_max_pool_gradient(
                b.outputGradient! + image * outputCount, places(b) + image * outputCount, Int32(g.height),
                Int32(g.width), Int32(g.channels), Int32(g.kernelWidth), Int32(g.strideHeight),
                Int32(g.strideWidth), Int32(g.padTop), Int32(g.padLeft), Int32(g.outputHeight),
                Int32(g.outputWidth), dx + image * g.inputCount)
        }
    }
}
