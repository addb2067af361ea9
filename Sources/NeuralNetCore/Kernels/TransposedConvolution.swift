import CKernels

/// A convolution run backwards, as matrix products: `geometry` is that of the convolution from output to input.
struct TransposedConvolution: LayerKernel {
    private let geometry: ConvolutionGeometry
    /// Of the input.
    private let channels: Int
    private let usesBias: Bool
    private let threads: Int
    private let isTraining: Bool

    init(geometry: ConvolutionGeometry, channels: Int, usesBias: Bool, context: KernelContext) {
        self.geometry = geometry
        self.channels = channels
        self.usesBias = usesBias
        threads = context.threads
        isTraining = context.isTraining
    }

    private var filters: Int { geometry.channels }
    private var rowLength: Int { geometry.taps * filters }
    private var kernelCount: Int { rowLength * channels }
    private var inputCount: Int { geometry.outputPixels * channels }
    private var outputCount: Int { geometry.inputCount }
    private var columnCount: Int { geometry.outputPixels * rowLength }
    private var scratchPerThread: Int { columnCount + (isTraining ? kernelCount + filters : 0) }

    var memory: KernelMemory {
        var memory = KernelMemory()
        memory.keepsInput = true
        memory.scratch = threads * scratchPerThread
        return memory
    }

    func forward(_ b: LayerBuffers, _ pass: Pass) {
        pass.threads.runEach(pass.count) { thread, image in
            let matrix = b.scratch + thread * scratchPerThread, y = b.output + image * outputCount
            BLAS.gemm(
                false, true, geometry.outputPixels, rowLength, channels, b.inputs[0] + image * inputCount, channels,
                b.parameters[0], channels, 0, matrix, rowLength)
            geometry.addWindows(matrix, to: y)
            if usesBias { fm_add_bias(y, b.parameters[1], geometry.height * geometry.width, filters, 0) }
        }
    }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        let kernel = b.parameterGradient(0), bias = b.parameterGradient(1)
        pass.threads.run { thread in
            let matrix = b.scratch + thread * scratchPerThread, sums = matrix + columnCount
            memset(sums, 0, (kernelCount + filters) * MemoryLayout<Float>.stride)
            for image in pass.count * thread / threads..<pass.count * (thread + 1) / threads {
                let dy = b.outputGradient! + image * outputCount
                if bias != nil {
                    fm_add_column_sums(dy, geometry.height * geometry.width, filters, sums + kernelCount)
                }
                geometry.writeWindows(of: dy, to: matrix)
                if kernel != nil {
                    BLAS.gemm(
                        true, false, rowLength, channels, geometry.outputPixels, matrix, rowLength,
                        b.inputs[0] + image * inputCount, channels, 1, sums, channels)
                }
                if let dx = b.inputGradients[0] {
                    BLAS.gemm(
                        false, false, geometry.outputPixels, channels, rowLength, matrix, rowLength, b.parameters[0],
                        channels, 0, dx + image * inputCount, channels)
                }
            }
        }
        ThreadSums.reduce(
            b.scratch + columnCount, stride: scratchPerThread, threads: threads, into: kernel, count: kernelCount,
            overwrite: pass.overwritesGradients)
        ThreadSums.reduce(
            b.scratch + columnCount + kernelCount, stride: scratchPerThread, threads: threads, into: bias,
            count: filters, overwrite: pass.overwritesGradients)
    }
}
