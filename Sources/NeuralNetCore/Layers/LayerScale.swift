import CKernels
import JSON

/// `y = x gamma` per channel: what ConvNeXt puts before it adds a branch.
///
/// - Input and output: any shape with `projectionDimension` channels as the last axis.
/// - Parameter: `gamma`, `[channels]`, `initialValue` at first.
/// - H. Touvron et al., "Going deeper with Image Transformers", 2021.
public struct LayerScale: Layer {
    public static let className = "LayerScale"
    public var name: String
    /// The first value of `gamma`.
    public var initialValue: Float
    /// The number of channels.
    public var projectionDimension: Int

    public init(_ projectionDimension: Int, initialValue: Float = 1e-6, name: String = "") {
        self.projectionDimension = projectionDimension
        self.initialValue = initialValue
        self.name = name
    }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        let shape = try single(inputs)
        guard shape.last == projectionDimension else {
            throw NeuralNetError.incompatibleShape(
                layer: label, expected: "of \(projectionDimension) channels", received: inputs)
        }
        return shape
    }

    public func parameters(_ inputs: [Shape]) -> [ParameterSpecification] {
        var gamma = ParameterSpecification(name: "gamma", shape: [projectionDimension], initializer: .ones)
        gamma.firstValues = [Float](repeating: initialValue, count: projectionDimension)
        return [gamma]
    }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? {
        ScaleKernel(
            rows: context.inputShapes[0].dropLast().reduce(1, *), channels: projectionDimension,
            threads: context.threads)
    }

    public var config: [String: JSONValue] {
        ["init_values": .double(Double(initialValue)), "projection_dim": .int(projectionDimension)]
    }
}

struct ScaleKernel: LayerKernel {
    /// Rows per sample.
    let rows: Int
    let channels: Int
    let threads: Int

    private var line: Int { (channels + 15) / 16 * 16 }

    // Scratch: zeros, then a sum per thread.
    var memory: KernelMemory {
        var memory = KernelMemory()
        memory.keepsInput = true
        memory.scratch = (1 + threads) * line
        return memory
    }

    func forward(_ b: LayerBuffers, _ pass: Pass) { apply(b.inputs[0], b.output, b, pass) }

    private func apply(
        _ x: UnsafeMutablePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ b: LayerBuffers, _ pass: Pass
    ) {
        b.scratch.update(repeating: 0, count: line)
        pass.threads.runRanges(pass.count * rows) { _, range in
            let start = range.lowerBound * channels
            fm_scale_shift(x + start, b.parameters[0], b.scratch, range.count, channels, 0, y + start)
        }
    }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        let dy = b.outputGradient!
        if let dx = b.inputGradients[0] { apply(dy, dx, b, pass) }
        guard let gamma = b.parameterGradient(0) else { return }
        b.scratch.update(repeating: 0, count: (1 + threads) * line)
        pass.threads.run { thread in
            let total = pass.count * rows
            let first = total * thread / threads, last = total * (thread + 1) / threads
            fm_add_column_products(
                dy + first * channels, b.inputs[0] + first * channels, b.scratch, last - first, channels,
                b.scratch + (1 + thread) * line)
        }
        ThreadSums.reduce(
            b.scratch + line, stride: line, threads: threads, into: gamma, count: channels,
            overwrite: pass.overwritesGradients)
    }
}
