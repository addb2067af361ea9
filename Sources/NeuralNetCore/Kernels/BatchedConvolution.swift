import CKernels

/// Convolution of small images by large kernels: the windows of all images of the batch are the rows of one matrix, so
/// that the kernel is read once per batch and not once per image. Threads divide the columns, as in `DenseKernel`; no
/// sum is split, so results do not depend on their number.
///
/// The last stages of a residual network have images of 2x2 and megabytes of weights per layer; there Winograd saves no
/// multiplications.
struct BatchedConvolution: LinearKernel {
    private let geometry: ConvolutionGeometry
    private let filters: Int
    var usesBias: Bool
    private let maximumBatch: Int
    private let isTraining: Bool
    private let threads: Int
    private let gemm: MatrixProduct
    var relu = false

    init(geometry: ConvolutionGeometry, filters: Int, usesBias: Bool, context: KernelContext) {
        self.geometry = geometry
        self.filters = filters
        self.usesBias = usesBias
        maximumBatch = context.maximumBatch
        isTraining = context.isTraining
        threads = context.threads
        gemm = MatrixProduct(isHalf: context.isHalf)
    }

    private var rowLength: Int { geometry.taps * geometry.channels }
    /// Floats of a batch's windows, none where the images are their own matrix.
    private var windowCount: Int {
        geometry.isPointwise ? 0 : maximumBatch * geometry.outputPixels * rowLength
    }

    /// Whether each thread writes the windows for itself: for few of them that is soon done, and what another processor
    /// has just written is slower to read.
    private var ownsWindows: Bool { !isTraining && threads > 1 && windowCount > 0 && windowCount <= 1 << 16 }

    // Scratch: windows; their gradients; the gradient behind a ReLU.
    var memory: KernelMemory {
        var memory = KernelMemory()
        memory.keepsInput = true
        memory.keepsOutput = relu
        memory.scratch = ownsWindows ? threads * windowCount : windowCount
        if isTraining {
            memory.scratch += windowCount + (relu ? maximumBatch * geometry.outputPixels * filters : 0)
        }
        return memory
    }

    private func windows(_ b: LayerBuffers, _ pass: Pass) -> UnsafeMutablePointer<Float> {
        if geometry.isPointwise { return b.inputs[0] }
        pass.threads.runEach(pass.count) { _, image in writeWindows(b, image, to: b.scratch) }
        return b.scratch
    }

    private func writeWindows(_ b: LayerBuffers, _ image: Int, to matrix: UnsafeMutablePointer<Float>) {
        geometry.writeWindows(
            of: b.inputs[0] + image * geometry.inputCount, to: matrix + image * geometry.outputPixels * rowLength)
    }

    func forward(_ b: LayerBuffers, _ pass: Pass) {
        if ownsWindows {
            pass.threads.runRanges((filters + 15) / 16) { thread, range in
                let matrix = b.scratch + thread * windowCount
                for image in 0..<pass.count { writeWindows(b, image, to: matrix) }
                multiply(b, pass, matrix, range.lowerBound * 16..<min(filters, range.upperBound * 16))
            }
        } else {
            let matrix = windows(b, pass)
            pass.threads.runColumns(filters) { columns in multiply(b, pass, matrix, columns) }
        }
    }

    /// Some columns of the output.
    private func multiply(_ b: LayerBuffers, _ pass: Pass, _ matrix: UnsafePointer<Float>, _ columns: Range<Int>) {
        let rows = pass.count * geometry.outputPixels, y = b.output + columns.lowerBound
        gemm(
            false, false, rows, columns.count, rowLength, matrix, rowLength, b.parameters[0] + columns.lowerBound,
            filters, 0, y, filters)
        guard usesBias || relu else { return }
        let bias = usesBias ? b.parameters[1] + columns.lowerBound : nil
        for row in 0..<rows { fm_add_bias(y + row * filters, bias, 1, columns.count, relu ? 1 : 0) }
    }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        let rows = pass.count * geometry.outputPixels
        let dy = gradient(b, pass, rows)
        let kernel = b.parameterGradient(0)
        let matrix = kernel == nil ? b.inputs[0] : windows(b, pass)
        let dx = b.inputGradients[0]
        let windowGradients = geometry.isPointwise ? dx : b.scratch + windowCount
        let beta: Float = pass.overwritesGradients ? 0 : 1
        pass.threads.runColumns(rowLength) { part in
            let start = part.lowerBound
            if let kernel {
                gemm(
                    true, false, part.count, filters, rows, matrix + start, rowLength, dy, filters, beta,
                    kernel + start * filters, filters)
            }
            guard dx != nil else { return }
            gemm(
                false, true, rows, part.count, filters, dy, filters, b.parameters[0] + start * filters, filters, 0,
                windowGradients! + start, rowLength)
        }
        if let bias = b.parameterGradient(1) {
            if pass.overwritesGradients { memset(bias, 0, filters * MemoryLayout<Float>.stride) }
            fm_add_column_sums(dy, rows, filters, bias)
        }
        guard let dx, !geometry.isPointwise else { return }
        pass.threads.runEach(pass.count) { _, image in
            geometry.addWindows(
                windowGradients! + image * geometry.outputPixels * rowLength, to: dx + image * geometry.inputCount)
        }
    }

    /// The gradient before the ReLU.
    private func gradient(_ b: LayerBuffers, _ pass: Pass, _ rows: Int) -> UnsafeMutablePointer<Float> {
        guard relu else { return b.outputGradient! }
        let masked = b.scratch + 2 * windowCount
        pass.threads.runRanges(rows) { _, range in
            let start = range.lowerBound * filters
            fm_relu_gradient(
                b.outputGradient! + start, b.output + start, masked + start, range.count * filters)
        }
        return masked
    }
}
