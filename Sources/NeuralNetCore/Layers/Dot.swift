import JSON

/// The products of all vectors along an axis of one tensor with all along an axis of another: a matrix product.
///
/// - Inputs: two tensors whose sizes agree on the two `axes` (the batch is axis 0); output: the first's other axes,
///   then the second's; `[1]` if there are none. No parameters.
/// - Cost: `2 m n k` operations per sample for `m` and `n` vectors of `k` values.
public struct Dot: Layer {
    public static let className = "Dot"
    public var name: String
    /// The axis of the first tensor and that of the second; the batch is axis 0, -1 the last one.
    public var axes: (Int, Int)

    /// The same axis of both.
    public init(axes: Int, name: String = "") { self.init(axes: (axes, axes), name: name) }

    /// An axis of each.
    public init(axes: (Int, Int), name: String = "") {
        self.axes = axes
        self.name = name
    }

    private func places(_ inputs: [Shape]) throws -> (Int, Int) {
        guard inputs.count == 2 else {
            throw NeuralNetError.incompatibleShape(layer: label, expected: "two tensors", received: inputs)
        }
        return (
            try places(of: [axes.0], in: inputs[0], field: "axes")[0],
            try places(of: [axes.1], in: inputs[1], field: "axes")[0]
        )
    }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        let places = try places(inputs)
        guard inputs[0][places.0] == inputs[1][places.1] else {
            throw NeuralNetError.incompatibleShape(
                layer: label, expected: "two tensors of one size on axes \(axes.0) and \(axes.1)", received: inputs)
        }
        var first = inputs[0], second = inputs[1]
        first.remove(at: places.0)
        second.remove(at: places.1)
        return first.isEmpty && second.isEmpty ? [1] : first + second
    }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? {
        let places = try places(context.inputShapes)
        return DotKernel(
            first: context.inputShapes[0], place: places.0, second: context.inputShapes[1], place: places.1)
    }

    public var config: [String: JSONValue] {
        ["axes": axes.0 == axes.1 ? .int(axes.0) : [.int(axes.0), .int(axes.1)], "normalize": false]
    }
}

/// One matrix product per sample and pair of blocks; a block is what lies behind the axis that is summed over.
struct DotKernel: LayerKernel {
    /// A tensor as `blocks` matrices of `length x columns`, to be multiplied along `length`.
    private struct Factor: Sendable {
        var blocks: Int
        var columns: Int
        var count: Int

        init(_ shape: Shape, _ place: Int) {
            blocks = shape[..<place].reduce(1, *)
            columns = shape[(place + 1)...].reduce(1, *)
            count = shape.reduce(1, *)
        }
    }

    private let first: Factor
    private let second: Factor
    private let length: Int

    init(first: Shape, place a: Int, second: Shape, place b: Int) {
        length = first[a]
        self.first = Factor(first, a)
        self.second = Factor(second, b)
    }

    var memory: KernelMemory {
        var memory = KernelMemory()
        memory.keepsInput = true
        return memory
    }

    private var outputCount: Int { first.blocks * first.columns * second.blocks * second.columns }
    private var outputRow: Int { second.blocks * second.columns }

    // Where the summed axis is the last one there is a single block whose rows are the vectors; otherwise each block
    // has them as columns.
    private var firstIsRows: Bool { first.columns == 1 }
    private var secondIsRows: Bool { second.columns == 1 }

    /// Calls `body` for each product: `m x n` values of the output from two matrices.
    private func forEachProduct(
        _ pass: Pass, _ body: (_ a: Int, _ b: Int, _ y: Int, _ m: Int, _ n: Int) -> Void
    ) {
        let m = firstIsRows ? first.blocks : first.columns, n = secondIsRows ? second.blocks : second.columns
        let rowBlocks = firstIsRows ? 1 : first.blocks, columnBlocks = secondIsRows ? 1 : second.blocks
        pass.threads.runRanges(pass.count) { _, samples in
            for sample in samples {
                for i in 0..<rowBlocks {
                    for j in 0..<columnBlocks {
                        body(
                            sample * first.count + i * length * m, sample * second.count + j * length * n,
                            sample * outputCount + i * m * outputRow + j * n, m, n)
                    }
                }
            }
        }
    }

    func forward(_ b: LayerBuffers, _ pass: Pass) {
        forEachProduct(pass) { x, z, y, m, n in
            BLAS.gemm(
                !firstIsRows, secondIsRows, m, n, length, b.inputs[0] + x, firstIsRows ? length : m, b.inputs[1] + z,
                secondIsRows ? length : n, 0, b.output + y, outputRow)
        }
    }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        for gradient in [0, 1] {
            guard let dx = b.inputGradients[gradient] else { continue }
            let count = gradient == 0 ? first.count : second.count
            pass.threads.runRanges(pass.count) { _, samples in
                (dx + samples.lowerBound * count).update(repeating: 0, count: samples.count * count)
            }
            let dy = b.outputGradient!
            forEachProduct(pass) { x, z, y, m, n in
                let a = b.inputs[0] + x, c = b.inputs[1] + z
                let lda = firstIsRows ? length : m, ldc = secondIsRows ? length : n
                switch (gradient, gradient == 0 ? firstIsRows : secondIsRows) {
                // m x k and k x m: of the first factor.
                case (0, true): BLAS.gemm(false, !secondIsRows, m, length, n, dy + y, outputRow, c, ldc, 1, dx + x, lda)
                case (0, false): BLAS.gemm(secondIsRows, true, length, m, n, c, ldc, dy + y, outputRow, 1, dx + x, lda)
                // n x k and k x n: of the second.
                case (_, true): BLAS.gemm(true, !firstIsRows, n, length, m, dy + y, outputRow, a, lda, 1, dx + z, ldc)
                default: BLAS.gemm(firstIsRows, false, length, n, m, a, lda, dy + y, outputRow, 1, dx + z, ldc)
                }
            }
        }
    }
}
