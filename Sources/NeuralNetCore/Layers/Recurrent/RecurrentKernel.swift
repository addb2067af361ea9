import CKernels

/// What happens at a step of a recurrent layer, with its gates in Keras's order.
enum RecurrentCell: Sendable {
    /// `h = f(x W + h R + b)`.
    case simple
    /// Gates i, f, c, o. S. Hochreiter, J. Schmidhuber, "Long Short-Term Memory", 1997.
    case lstm
    /// Gates z, r, h; the reset gate before or behind the product with `R`. K. Cho et al., 2014.
    case gru(resetAfter: Bool)

    var gates: Int {
        switch self {
        case .simple: return 1
        case .lstm: return 4
        case .gru: return 3
        }
    }

    /// Rows of the bias: one for the inputs, and for a GRU that resets behind the product one for `h`.
    var biasRows: Int {
        if case .gru(resetAfter: true) = self { return 2 }
        return 1
    }
}

/// A recurrent layer in one direction or both. Each thread takes samples of its own through all steps, so that the
/// threads never wait for each other; the products of a step are of all its samples at once.
struct RecurrentKernel: LayerKernel {
    let cell: RecurrentCell
    let steps: Int
    let features: Int
    let units: Int
    let activation: Activation
    let recurrentActivation: Activation
    let usesBias: Bool
    /// Whether each direction goes from the last step to the first.
    let directions: [Bool]
    let returnsSequences: Bool
    /// Whether a sequence is put out in the order of the input, whatever the direction.
    let keepsOrder: Bool
    let maximumBatch: Int
    let threads: Int
    let isTraining: Bool

    var width: Int { cell.gates * units }
    var outputWidth: Int { directions.count * units }
    var outputCount: Int { (returnsSequences ? steps : 1) * outputWidth }
    var parametersPerDirection: Int { usesBias ? 3 : 2 }

    // State of each direction, per sample and step: gates; what the cell remembers; output.
    var stateCount: Int { maximumBatch * steps * (width + 2 * units) }
    // Scratch per thread: gates of one step; two gradients of h, one of the memory, and a vector for each sample; sums.
    var stepCount: Int { maximumBatch * (width + 4 * units) }
    var sumCount: Int { (features + units + cell.biasRows) * width }
    var scratchPerThread: Int { (stepCount + (isTraining ? sumCount : 0) + 15) / 16 * 16 }

    var memory: KernelMemory {
        var memory = KernelMemory()
        memory.keepsInput = true
        memory.state = directions.count * stateCount
        memory.scratch = threads * scratchPerThread
        return memory
    }

    /// The memory of some samples in one direction. Rows of a step are `steps * ...` apart.
    struct Part {
        typealias Floats = UnsafeMutablePointer<Float>
        var count: Int
        var x: Floats
        var kernel: Floats
        var recurrent: Floats
        var bias: Floats?
        var gates: Floats
        var memory: Floats
        var hidden: Floats
        /// Of one step, row behind row.
        var step: Floats
    }

    func part(_ b: LayerBuffers, direction: Int, thread: Int, samples: Range<Int>) -> Part {
        let first = direction * parametersPerDirection, start = samples.lowerBound * steps
        let state = b.state + direction * stateCount
        let memory = state + maximumBatch * steps * width
        return Part(
            count: samples.count, x: b.inputs[0] + start * features, kernel: b.parameters[first],
            recurrent: b.parameters[first + 1], bias: usesBias ? b.parameters[first + 2] : nil,
            gates: state + start * width, memory: memory + start * units,
            hidden: memory + (maximumBatch * steps + start) * units, step: b.scratch + thread * scratchPerThread)
    }

    /// The place in the input of the `index`-th step that is taken.
    func place(_ index: Int, _ direction: Int) -> Int { directions[direction] ? steps - 1 - index : index }

    /// The place in the output of the `index`-th step that is taken; nil if it is not put out.
    func outputPlace(_ index: Int, _ direction: Int) -> Int? {
        if !returnsSequences { return index == steps - 1 ? 0 : nil }
        return keepsOrder ? place(index, direction) : index
    }

    func forward(_ b: LayerBuffers, _ pass: Pass) {
        pass.threads.runRanges(pass.count) { thread, samples in
            for direction in directions.indices {
                let p = part(b, direction: direction, thread: thread, samples: samples)
                BLAS.gemm(
                    false, false, p.count * steps, width, features, p.x, features, p.kernel, width, 0, p.gates, width)
                if let bias = p.bias { fm_add_bias(p.gates, bias, p.count * steps, width, 0) }
                for index in 0..<steps {
                    forward(p, index, place(index, direction))
                    guard let place = outputPlace(index, direction) else { continue }
                    for sample in 0..<p.count {
                        let y = b.output + (samples.lowerBound + sample) * outputCount + place * outputWidth
                        (y + direction * units).update(
                            from: p.hidden + (sample * steps + index) * units, count: units)
                    }
                }
            }
        }
    }

    /// One step of all samples: `hidden` is in the order in which steps are taken, `gates` in that of the input.
    private func forward(_ p: Part, _ index: Int, _ place: Int) {
        let gates = p.gates + place * width, hidden = p.hidden + index * units, memory = p.memory + index * units
        let previous: UnsafeMutablePointer<Float>? = index > 0 ? hidden - units : nil
        switch cell {
        case .simple, .lstm:
            if let previous { multiply(p, previous, columns: 0..<width, into: gates, stride: steps * width, add: true) }
        case .gru(resetAfter: true):
            memset(p.step, 0, p.count * width * MemoryLayout<Float>.stride)
            if let previous { multiply(p, previous, columns: 0..<width, into: p.step, stride: width, add: false) }
            if let bias = p.bias { fm_add_bias(p.step, bias + width, p.count, width, 0) }
        case .gru(resetAfter: false):
            if let previous {
                multiply(p, previous, columns: 0..<2 * units, into: gates, stride: steps * width, add: true)
            }
        }
        for sample in 0..<p.count {
            let z = gates + sample * steps * width, h = hidden + sample * steps * units
            let m = memory + sample * steps * units, last = previous.map { $0 + sample * steps * units }
            switch cell {
            case .simple:
                activation.forward(z, z, rows: 1, columns: units)
                h.update(from: z, count: units)
            case .lstm:
                recurrentActivation.forward(z, z, rows: 2, columns: units)
                activation.forward(z + 2 * units, z + 2 * units, rows: 1, columns: units)
                recurrentActivation.forward(z + 3 * units, z + 3 * units, rows: 1, columns: units)
                let before = m - units
                for j in 0..<units {
                    m[j] = z[j] * z[2 * units + j] + (last == nil ? 0 : z[units + j] * before[j])
                }
                activation.forward(m, h, rows: 1, columns: units)
                fm_multiply(h, z + 3 * units, units)
            case .gru(let resetAfter):
                if resetAfter { fm_add(z, p.step + sample * width, 2 * units) }
                recurrentActivation.forward(z, z, rows: 2, columns: units)
                for j in 0..<units {
                    m[j] = resetAfter ? p.step[sample * width + 2 * units + j] : z[units + j] * (last?[j] ?? 0)
                    if resetAfter { z[2 * units + j] += z[units + j] * m[j] }
                }
            }
        }
        guard case .gru(let resetAfter) = cell else { return }
        if !resetAfter, previous != nil {
            multiply(
                p, memory, columns: 2 * units..<width, into: gates + 2 * units, stride: steps * width, add: true)
        }
        for sample in 0..<p.count {
            let z = gates + sample * steps * width, h = hidden + sample * steps * units
            let last = previous.map { $0 + sample * steps * units }
            activation.forward(z + 2 * units, z + 2 * units, rows: 1, columns: units)
            for j in 0..<units { h[j] = z[j] * (last?[j] ?? 0) + (1 - z[j]) * z[2 * units + j] }
        }
    }

    /// `target (+)= rows R` for some columns of R; the rows are those of a step.
    private func multiply(
        _ p: Part, _ rows: UnsafeMutablePointer<Float>, columns: Range<Int>, into target: UnsafeMutablePointer<Float>,
        stride: Int, add: Bool
    ) {
        BLAS.gemm(
            false, false, p.count, columns.count, units, rows, steps * units, p.recurrent + columns.lowerBound, width,
            add ? 1 : 0, target, stride)
    }
}
