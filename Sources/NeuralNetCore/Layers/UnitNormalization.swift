import CKernels
import JSON

/// Divides each sample by its length along the last axis, or along other ones together.
///
/// Input and output have the same shape. No parameters. The batch is axis 0, as in Keras.
public struct UnitNormalization: Layer {
    public static let className = "UnitNormalization"
    public var name: String
    /// The axes that are normalised along; the batch is axis 0, -1 the last one.
    public var axis: [Int]

    public init(axis: [Int] = [-1], name: String = "") {
        self.axis = axis
        self.name = name
    }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        let shape = try single(inputs)
        _ = try places(of: axis, in: shape)
        return shape
    }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? { nil }

    public func makeSteps(_ context: KernelContext) throws -> [LayerStep] {
        try steps(along: places(of: axis, in: context.inputShapes[0]), context) { inner in
            let shape = inner.inputShapes[0]
            return UnitNormalizationKernel(
                rows: shape.dropLast(axis.count).reduce(1, *), columns: shape.suffix(axis.count).reduce(1, *),
                maximumBatch: inner.maximumBatch)
        }
    }

    public var config: [String: JSONValue] { ["axis": axis.count == 1 ? .int(axis[0]) : JSONValue(axis)] }
}

struct UnitNormalizationKernel: LayerKernel {
    /// Rows per sample, and their length.
    let rows: Int
    let columns: Int
    let maximumBatch: Int

    /// As Keras 3 limits what zeros are divided by.
    private static let largestInverse: Float = 1e12

    var memory: KernelMemory {
        var memory = KernelMemory()
        memory.keepsOutput = true
        memory.state = rows * maximumBatch
        return memory
    }

    func forward(_ b: LayerBuffers, _ pass: Pass) {
        pass.threads.runRanges(pass.count * rows) { _, range in
            let start = range.lowerBound * columns
            fm_unit_norm(
                b.inputs[0] + start, range.count, columns, Self.largestInverse, b.output + start,
                b.state + range.lowerBound)
        }
    }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        guard let dx = b.inputGradients[0] else { return }
        pass.threads.runRanges(pass.count * rows) { _, range in
            let start = range.lowerBound * columns
            fm_unit_norm_gradient(
                b.outputGradient! + start, b.output + start, b.state + range.lowerBound, range.count, columns,
                dx + start)
        }
    }
}
