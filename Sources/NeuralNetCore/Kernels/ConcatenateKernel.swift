/// Rows of several tensors side by side.
struct ConcatenateKernel: LayerKernel {
    /// Rows per sample, and what each input adds to a row.
    let rows: Int
    let columns: [Int]
    var memory: KernelMemory { KernelMemory() }

    func forward(_ b: LayerBuffers, _ pass: Pass) {
        let width = columns.reduce(0, +)
        pass.threads.runRanges(pass.count * rows) { _, range in
            for row in range {
                var y = b.output + row * width
                for (input, count) in columns.enumerated() {
                    y.update(from: b.inputs[input] + row * count, count: count)
                    y += count
                }
            }
        }
    }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        let width = columns.reduce(0, +)
        pass.threads.runRanges(pass.count * rows) { _, range in
            for row in range {
                var dy = b.outputGradient! + row * width
                for (input, count) in columns.enumerated() {
                    if let dx = b.inputGradients[input] { (dx + row * count).update(from: dy, count: count) }
                    dy += count
                }
            }
        }
    }
}
