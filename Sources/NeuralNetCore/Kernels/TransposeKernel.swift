/// Writes the axes of each sample in another order.
struct TransposeKernel: LayerKernel {
    let input: Shape
    let order: [Int]
    /// Where each row of the output begins in the input, and how far apart its values are there.
    private let offsets: [Int32]
    private let step: Int
    private let columns: Int

    init(_ input: Shape, order: [Int]) {
        self.input = input
        self.order = order
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
