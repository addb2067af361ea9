import JSON

/// Exchanges the axes of a sample.
///
/// - Input: any shape; output: its axes in the order `dims`, counted from 1 as in Keras. No parameters.
public struct Permute: Layer {
    public static let className = "Permute"
    public var name: String
    /// The input's axis that becomes each axis of the output, from 1.
    public var dims: [Int]

    public init(_ dims: [Int], name: String = "") {
        self.dims = dims
        self.name = name
    }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        let shape = try single(inputs)
        try require(dims.sorted() == Array(1..<shape.count + 1), "dims", "the axes of \(shape), from 1", dims)
        return dims.map { shape[$0 - 1] }
    }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? {
        TransposeKernel(context.inputShapes[0], order: dims.map { $0 - 1 })
    }

    public var config: [String: JSONValue] { ["dims": JSONValue(dims)] }
}

/// Writes the axes of each sample in another order.
struct TransposeKernel: LayerKernel {
    /// Where each row of the output begins in the input, and how far apart its values are there.
    private let offsets: [Int32]
    private let step: Int
    private let columns: Int

    init(_ input: Shape, order: [Int]) {
        let strides = input.indices.map { input[($0 + 1)...].reduce(1, *) }
        var offsets: [Int32] = [0]
        for axis in order.dropLast() {
            offsets = offsets.flatMap { start in (0..<input[axis]).map { start + Int32($0 * strides[axis]) } }
        }
        self.offsets = offsets
        step = order.last.map { strides[$0] } ?? 1
        columns = order.last.map { input[$0] } ?? 1
    }

    var memory: KernelMemory { KernelMemory() }

    /// Calls `body` with where each row begins in input and output.
    private func forEachRow(_ pass: Pass, _ body: (_ input: Int, _ output: Int) -> Void) {
        let rows = offsets.count
        offsets.withUnsafeBufferPointer { offsets in
            pass.threads.runRanges(pass.count * rows) { _, range in
                for row in range {
                    body(row / rows * rows * columns + Int(offsets[row % rows]), row * columns)
                }
            }
        }
    }

    func forward(_ b: LayerBuffers, _ pass: Pass) {
        forEachRow(pass) { from, to in
            let x = b.inputs[0] + from, y = b.output + to
            if step == 1 {
                y.update(from: x, count: columns)
            } else {
                for i in 0..<columns { y[i] = x[i * step] }
            }
        }
    }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        guard let gradient = b.inputGradients[0] else { return }
        forEachRow(pass) { to, from in
            let dx = gradient + to, dy = b.outputGradient! + from
            if step == 1 {
                dx.update(from: dy, count: columns)
            } else {
                for i in 0..<columns { dx[i * step] = dy[i] }
            }
        }
    }
}
