import CKernels

/// Rows that have the same alphas each.
struct PReLUKernel: LayerKernel {
    /// Rows per sample, and alphas per row.
    let rows: Int
    let columns: Int
    let threads: Int
    let isTraining: Bool

    private var sumsPerThread: Int { (columns + 15) / 16 * 16 }

    var memory: KernelMemory {
        var memory = KernelMemory()
        memory.keepsInput = true
        if isTraining { memory.scratch = threads * sumsPerThread }
        return memory
    }

    func forward(_ b: LayerBuffers, _ pass: Pass) {
        pass.threads.runRanges(pass.count * rows) { _, range in
            let start = range.lowerBound * columns
            fm_prelu(b.inputs[0] + start, b.parameters[0], range.count, columns, b.output + start)
        }
    }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        pass.threads.run { thread in
            let sums = b.scratch + thread * sumsPerThread
            sums.update(repeating: 0, count: columns)
            let total = pass.count * rows
            let first = total * thread / threads, last = total * (thread + 1) / threads
            let start = first * columns
            fm_prelu_gradient(
                b.outputGradient! + start, b.inputs[0] + start, b.parameters[0], last - first, columns,
                b.inputGradients[0].map { $0 + start }, sums)
        }
        ThreadSums.reduce(
            b.scratch, stride: sumsPerThread, threads: threads, into: b.parameterGradient(0), count: columns,
            overwrite: pass.overwritesGradients)
    }
}
