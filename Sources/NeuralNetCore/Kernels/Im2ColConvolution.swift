import CKernels

/// Convolution of any kind as a matrix product: each window of the image becomes a row, the kernel is the other
/// matrix. A 1x1 convolution with stride 1 needs no rows, the image is the matrix. Forward it is computed directly, unless
/// matrices are asked for; the gradients are matrix products.
///
/// Source: K. Chellapilla et al., "High Performance Convolutional Neural Networks for Document Processing", 2006.
struct Im2ColConvolution: LinearKernel {
    private let geometry: ConvolutionGeometry
    private var direct: DirectForward
    private let filters: Int
    var usesBias: Bool
    private let threads: Int
    private let isTraining: Bool
    private let packsAlways: Bool
    private let gemm: MatrixProduct
    var relu = false { didSet { direct.ending = relu ? FM_RELU : FM_PLAIN } }

    init(geometry: ConvolutionGeometry, filters: Int, usesBias: Bool, context: KernelContext) {
        self.geometry = geometry
        direct = DirectForward(geometry, filters: filters)
        self.filters = filters
        self.usesBias = usesBias
        threads = context.threads
        isTraining = context.isTraining
        // Small products gain less than rounding costs.
        let paysHalf = geometry.outputPixels >= 64 && geometry.taps * geometry.channels >= 64 && filters >= 32
        gemm = MatrixProduct(isHalf: context.isHalf && paysHalf)
        packsAlways = context.convolution == .im2col || gemm.isHalf
    }

    var plannedOperation: PlanOperation {
        .convolution(geometry, filters: filters, groups: 1, bias: usesBias, relu: relu)
    }

    private var isPointwise: Bool { geometry.isPointwise }
    private var rowLength: Int { geometry.taps * geometry.channels }
    private var columnCount: Int { isPointwise ? 0 : geometry.outputPixels * rowLength }
    private var outputCount: Int { geometry.outputPixels * filters }
    private var kernelCount: Int { rowLength * filters }
    private var scratchPerThread: Int {
        max(direct.scratchPerThread, columnCount + (isTraining ? outputCount + kernelCount + filters : 0))
    }
    private var packedCount: Int { packsAlways ? 0 : (direct.preparedCount + 15) / 16 * 16 }

    var memory: KernelMemory {
        var memory = KernelMemory()
        memory.keepsInput = true
        memory.keepsOutput = relu
        memory.scratch = threads * scratchPerThread
        memory.prepared = packedCount
        if isAligned, isTraining { memory.prepared += kernelCount }  // the kernel transposed
        return memory
    }

    /// The matrix of windows, `[outputPixels, taps * channels]`.
    private func columns(_ x: UnsafeMutablePointer<Float>, _ scratch: UnsafeMutablePointer<Float>)
        -> UnsafeMutablePointer<Float>
    {
        if isPointwise { return x }
        geometry.writeWindows(of: x, to: scratch)
        return scratch
    }

    /// Whether all sizes suit `fm_gemm`, which is faster than packing for the thin products of a layer.
    private var isAligned: Bool { !packsAlways && geometry.channels % 16 == 0 && filters % 16 == 0 }

    func forward(_ b: LayerBuffers, _ pass: Pass) {
        if isAligned, isTraining, pass.weightsChanged {
            let transposed = b.prepared + packedCount
            pass.threads.runRanges(rowLength) { _, range in
                for row in range {
                    for k in 0..<filters { transposed[k * rowLength + row] = b.parameters[0][row * filters + k] }
                }
            }
        }
        if packsAlways {
            multiply(b, pass)
            return
        }
        if pass.weightsChanged {
            direct.prepare(kernel: b.parameters[0], bias: usesBias ? b.parameters[1] : nil, to: b.prepared)
        }
        direct.run(
            b, pass, prepared: b.prepared, scratch: b.scratch, scratchStride: scratchPerThread)
    }

    private func multiply(_ b: LayerBuffers, _ pass: Pass) {
        pass.threads.runEach(pass.count) { thread, image in
            let matrix = columns(
                b.inputs[0] + image * geometry.inputCount, b.scratch + thread * scratchPerThread)
            let y = b.output + image * outputCount
            gemm(
                false, false, geometry.outputPixels, filters, rowLength, matrix, rowLength, b.parameters[0], filters, 0,
                y, filters)
            if usesBias || relu {
                fm_add_bias(y, usesBias ? b.parameters[1] : nil, geometry.outputPixels, filters, relu ? 1 : 0)
            }
        }
    }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        let kernel = b.parameterGradient(0), bias = b.parameterGradient(1)
        pass.threads.run { thread in
            let scratch = b.scratch + thread * scratchPerThread
            let masked = scratch + columnCount, sums = masked + outputCount, biasSum = sums + kernelCount
            memset(sums, 0, (kernelCount + filters) * MemoryLayout<Float>.stride)
            for image in pass.count * thread / threads..<pass.count * (thread + 1) / threads {
                var dy = b.outputGradient! + image * outputCount
                if relu {
                    fm_relu_gradient(dy, b.output + image * outputCount, masked, outputCount)
                    dy = masked
                }
                if kernel != nil {
                    addKernelGradient(columns(b.inputs[0] + image * geometry.inputCount, scratch), dy, to: sums)
                }
                if bias != nil { fm_add_column_sums(dy, geometry.outputPixels, filters, biasSum) }
                if let inputGradient = b.inputGradients[0] {
                    let dx = inputGradient + image * geometry.inputCount
                    let target = isPointwise ? dx : scratch
                    if isAligned {
                        fm_gemm(
                            geometry.outputPixels, rowLength, filters, dy, filters, 1, b.prepared + packedCount,
                            rowLength,
                            target, rowLength, 0)
                    } else {
                        gemm(
                            false, true, geometry.outputPixels, rowLength, filters, dy, filters, b.parameters[0],
                            filters, 0, target, rowLength)
                    }
                    if !isPointwise { geometry.addWindows(scratch, to: dx) }
                }
            }
        }
        let sums = b.scratch + columnCount + outputCount
        ThreadSums.reduce(
            sums, stride: scratchPerThread, threads: threads, into: kernel, count: kernelCount,
            overwrite: pass.overwritesGradients)
        ThreadSums.reduce(
            sums + kernelCount, stride: scratchPerThread, threads: threads, into: bias, count: filters,
            overwrite: pass.overwritesGradients)
    }

    /// `sums += matrix^T dy`.
    private func addKernelGradient(
        _ matrix: UnsafeMutablePointer<Float>, _ dy: UnsafeMutablePointer<Float>, to sums: UnsafeMutablePointer<Float>
    ) {
        if isAligned {
            fm_gemm(rowLength, filters, geometry.outputPixels, matrix, 1, rowLength, dy, filters, sums, filters, 1)
        } else {
            gemm(
                true, false, rowLength, filters, geometry.outputPixels, matrix, rowLength, dy, filters, 1, sums,
                filters)
        }
    }
}
