import CKernels

/// Each thread computes a part of the columns: all three products split without sharing sums.
struct DenseKernel: LinearKernel {
    let features: Int
    let units: Int
    /// Rows per sample.
    let rows: Int
    var usesBias: Bool
    let maximumRows: Int
    let isTraining: Bool
    let gemm: MatrixProduct
    var relu = false

    init(features: Int, units: Int, rows: Int, usesBias: Bool, maximumRows: Int, isTraining: Bool, isHalf: Bool) {
        gemm = MatrixProduct(isHalf: isHalf)
        self.features = features
        self.units = units
        self.rows = rows
        self.usesBias = usesBias
        self.maximumRows = maximumRows
        self.isTraining = isTraining
    }

    var memory: KernelMemory {
        var memory = KernelMemory()
        memory.keepsInput = true
        memory.keepsOutput = relu
        memory.scratch = relu && isTraining ? maximumRows * units : 0
        return memory
    }

    func forward(_ b: LayerBuffers, _ pass: Pass) {
        let m = pass.count * rows
        pass.runColumns(units, operations: Double(rows * features * units)) { columns in
            let n = columns.count, y = b.output + columns.lowerBound
            gemm(
                false, false, m, n, features, b.inputs[0], features, b.parameters[0] + columns.lowerBound, units, 0,
                y, units)
            guard usesBias || relu else { return }
            for row in 0..<m {
                fm_add_bias(
                    y + row * units, usesBias ? b.parameters[1] + columns.lowerBound : nil, 1, n, relu ? 1 : 0)
            }
        }
    }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        let m = pass.count * rows
        var dy = b.outputGradient!
        if relu {
            let masked = b.scratch, source = dy
            pass.threads.runRanges(m) { _, range in
                let start = range.lowerBound * units
                fm_relu_gradient(source + start, b.output + start, masked + start, range.count * units)
            }
            dy = masked
        }
        let gradient = dy
        let beta: Float = pass.overwritesGradients ? 0 : 1
        pass.threads.runColumns(features) { part in
            let start = part.lowerBound
            if let kernel = b.parameterGradient(0) {
                gemm(
                    true, false, part.count, units, m, b.inputs[0] + start, features, gradient, units, beta,
                    kernel + start * units, units)
            }
            if let dx = b.inputGradients[0] {
                gemm(
                    false, true, m, part.count, units, gradient, units, b.parameters[0] + start * units, units, 0,
                    dx + start, features)
            }
        }
        if let bias = b.parameterGradient(1) {
            if pass.overwritesGradients { memset(bias, 0, units * MemoryLayout<Float>.stride) }
            fm_add_column_sums(gradient, m, units, bias)
        }
    }
}
