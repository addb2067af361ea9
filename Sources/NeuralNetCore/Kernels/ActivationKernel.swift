/// An activation on its own, rows split over the threads.
struct ActivationKernel: LayerKernel {
    let function: Activation
    private let rows: Int
    private let columns: Int

    init(_ function: Activation, shape: Shape) {
        self.function = function
        columns = shape.last ?? 1
        rows = shape.dropLast().reduce(1, *)
    }

    var plannedOperation: PlanOperation { .activation(function, rows: rows, columns: columns) }

    var memory: KernelMemory {
        var memory = KernelMemory()
        memory.keepsInput = function.needsInput
        memory.keepsOutput = !function.needsInput
        return memory
    }

    func forward(_ b: LayerBuffers, _ pass: Pass) {
        pass.threads.runParts(rows * pass.count, least: Pass.leastElements / max(columns, 1)) { range in
            let start = range.lowerBound * columns
            function.forward(b.inputs[0] + start, b.output + start, rows: range.count, columns: columns)
        }
    }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        guard let dx = b.inputGradients[0] else { return }
        pass.threads.runParts(rows * pass.count, least: Pass.leastElements / max(columns, 1)) { range in
            let start = range.lowerBound * columns
            function.backward(
                dy: b.outputGradient! + start, x: b.inputs[0] + start, y: b.output + start, dx: dx + start,
                rows: range.count, columns: columns)
        }
    }
}
