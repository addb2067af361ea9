import CKernels

/// Joins tensors element by element, each repeated along the axes that it lacks; row by row, see `RepeatedTensor`.
struct MergeKernel: LayerKernel {
    enum Operation: Sendable { case add, subtract, multiply, average, maximum, minimum }

    let operation: Operation
    let inputShapes: [Shape]
    let outputShape: Shape
    private let sources: [RepeatedTensor]
    /// Rows per sample and their length.
    private let rows: Int
    private let columns: Int
    private let threads: Int

    init(_ operation: Operation, _ context: KernelContext) {
        self.operation = operation
        inputShapes = context.inputShapes
        outputShape = context.outputShape
        threads = context.threads
        (rows, columns, sources) = RepeatedTensor.align(context.inputShapes, to: context.outputShape)
    }

    var memory: KernelMemory {
        var memory = KernelMemory()
        let chooses = operation == .maximum || operation == .minimum
        memory.keepsInput = chooses || operation == .multiply
        memory.keepsOutput = chooses
        memory.scratch = sources.contains { !$0.offsets.isEmpty } ? threads * rowStride : 0
        return memory
    }

    private var rowStride: Int { (columns + 15) / 16 * 16 }

    @inline(__always)
    private func place(_ input: Int, _ row: Int) -> Int {
        sources[input].place(row, rows: rows, columns: columns)
    }

    func forward(_ b: LayerBuffers, _ pass: Pass) {
        pass.threads.runRanges(pass.count * rows) { _, range in
            for row in range {
                let y = b.output + row * columns
                for input in sources.indices {
                    let x = b.inputs[input] + place(input, row)
                    if sources[input].isConstant {
                        join(y, input, columns) { _ in x[0] }
                    } else {
                        join(y, x, input)
                    }
                }
                if operation == .average {
                    let share = 1 / Float(sources.count)
                    for i in 0..<columns { y[i] *= share }
                }
            }
        }
    }

    /// Joins a vector to what the inputs before it made.
    private func join(_ y: UnsafeMutablePointer<Float>, _ x: UnsafeMutablePointer<Float>, _ input: Int) {
        switch operation {
        case _ where input == 0: y.update(from: x, count: columns)
        case .add, .average: fm_add(y, x, columns)
        case .subtract: fm_add_scaled(y, x, -1, columns)
        case .multiply: fm_multiply(y, x, columns)
        case .maximum, .minimum: join(y, input, columns) { x[$0] }
        }
    }

    @inline(__always)
    private func join(_ y: UnsafeMutablePointer<Float>, _ input: Int, _ count: Int, _ x: (Int) -> Float) {
        switch operation {
        case _ where input == 0: for i in 0..<count { y[i] = x(i) }
        case .add, .average: for i in 0..<count { y[i] += x(i) }
        case .subtract: for i in 0..<count { y[i] -= x(i) }
        case .multiply: for i in 0..<count { y[i] *= x(i) }
        case .maximum: for i in 0..<count where x(i) > y[i] { y[i] = x(i) }
        case .minimum: for i in 0..<count where x(i) < y[i] { y[i] = x(i) }
        }
    }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        for input in sources.indices {
            guard let gradient = b.inputGradients[input] else { continue }
            let source = sources[input]
            guard !source.offsets.isEmpty else {
                pass.threads.runRanges(pass.count * rows) { _, range in
                    for row in range { writeGradient(b, input, row, to: gradient + row * columns) }
                }
                continue
            }
            // What is repeated gets the sum of all that came of it.
            pass.threads.runRanges(pass.count) { thread, samples in
                let part = b.scratch + thread * rowStride
                (gradient + samples.lowerBound * source.count).update(
                    repeating: 0, count: samples.count * source.count)
                for row in samples.lowerBound * rows..<samples.upperBound * rows {
                    writeGradient(b, input, row, to: part)
                    let dx = gradient + place(input, row)
                    if source.isConstant {
                        var sum: Float = 0
                        for i in 0..<columns { sum += part[i] }
                        dx[0] += sum
                    } else {
                        fm_add(dx, part, columns)
                    }
                }
            }
        }
    }

    /// The gradient of an input's values as they were in one row.
    private func writeGradient(
        _ b: LayerBuffers, _ input: Int, _ row: Int, to dx: UnsafeMutablePointer<Float>
    ) {
        let dy = b.outputGradient! + row * columns
        switch operation {
        case .add: dx.update(from: dy, count: columns)
        case .average: for i in 0..<columns { dx[i] = dy[i] / Float(sources.count) }
        case .subtract: for i in 0..<columns { dx[i] = input == 0 ? dy[i] : -dy[i] }
        case .multiply:
            dx.update(from: dy, count: columns)
            for other in sources.indices where other != input {
                let x = b.inputs[other] + place(other, row)
                if sources[other].isConstant {
                    for i in 0..<columns { dx[i] *= x[0] }
                } else {
                    fm_multiply(dx, x, columns)
                }
            }
        case .maximum, .minimum:
            let y = b.output + row * columns
            dx.update(from: dy, count: columns)
            for other in 0...input {
                let x = b.inputs[other] + place(other, row), isConstant = sources[other].isConstant
                for i in 0..<columns where (x[isConstant ? 0 : i] == y[i]) != (other == input) { dx[i] = 0 }
            }
        }
    }
}
