import CKernels

/// Convolution without a matrix: every output is summed in registers straight from the image. Predicts with any number of
/// channels and filters; trains with few channels, such as the first layer's, where a matrix product would be too thin to
/// be fast.
struct DirectConvolution: LinearKernel {
    private let geometry: ConvolutionGeometry
    private var direct: DirectForward
    private let filters: Int
    var usesBias: Bool
    private let threads: Int
    private let isTraining: Bool
    var relu = false { didSet { direct.ending = relu ? FM_RELU : FM_PLAIN } }

    /// Whether it can compute gradients too.
    static func trains(_ g: ConvolutionGeometry, filters: Int) -> Bool {
        g.channels <= 4 && g.taps * g.channels <= 200 && filters % 16 == 0 && g.strideHeight == g.strideWidth
            && g.dilationHeight == 1 && g.dilationWidth == 1
    }

    init(geometry: ConvolutionGeometry, filters: Int, usesBias: Bool, context: KernelContext) {
        self.geometry = geometry
        direct = DirectForward(geometry, filters: filters)
        self.filters = filters
        self.usesBias = usesBias
        threads = context.threads
        isTraining = context.isTraining
    }

    private var paddedHeight: Int { geometry.height + geometry.padTop + geometry.padBottom }
    private var paddedWidth: Int { geometry.width + geometry.padLeft + geometry.padRight }
    private var isPadded: Bool { paddedHeight != geometry.height || paddedWidth != geometry.width }
    private var paddedCount: Int {
        isTraining && isPadded ? (paddedHeight * paddedWidth * geometry.channels + 15) / 16 * 16 : 0
    }
    private var kernelCount: Int { geometry.taps * geometry.channels * filters }
    private var outputCount: Int { geometry.outputPixels * filters }
    private var scratchPerThread: Int {
        max(direct.scratchPerThread, paddedCount + (isTraining ? kernelCount + filters : 0))
    }

    var memory: KernelMemory {
        var memory = KernelMemory()
        memory.keepsInput = true
        memory.keepsOutput = relu
        memory.scratch = threads * scratchPerThread
        memory.prepared = direct.preparedCount
        return memory
    }

    /// The image with its zeros around it: itself when there are none.
    private func padded(_ b: LayerBuffers, image: Int, thread: Int) -> UnsafeMutablePointer<Float> {
        let source = b.inputs[0] + image * geometry.inputCount
        guard isPadded else { return source }
        let target = b.scratch + thread * scratchPerThread
        memset(target, 0, paddedCount * MemoryLayout<Float>.stride)
        let row = geometry.width * geometry.channels
        for h in 0..<geometry.height {
            let start = ((h + geometry.padTop) * paddedWidth + geometry.padLeft) * geometry.channels
            (target + start).update(from: source + h * row, count: row)
        }
        return target
    }

    /// A PReLU with one slope for each filter, or a pool.
    func fusing(next kernel: any LayerKernel) -> (any LayerKernel)? {
        guard !isTraining, direct.pool == nil else { return nil }
        var copy = self
        if let slopes = kernel as? PReLUKernel, slopes.columns == filters, direct.ending == FM_PLAIN {
            copy.direct.ending = FM_SLOPES
            return copy
        }
        guard let pool = (kernel as? MaxPoolKernel)?.geometry, pool.height == geometry.outputHeight,
            pool.width == geometry.outputWidth, pool.channels == filters, direct.canPool
        else { return nil }
        copy.direct.pool = pool
        return copy
    }

    func forward(_ b: LayerBuffers, _ pass: Pass) {
        if pass.weightsChanged {
            direct.prepare(
                kernel: b.parameters[0], bias: usesBias ? b.parameters[1] : nil,
                slopes: direct.ending == FM_SLOPES ? b.parameters.last : nil, to: b.prepared)
        }
        direct.run(
            b, pass, prepared: b.prepared, scratch: b.scratch, scratchStride: scratchPerThread)
    }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        let kernel = b.parameterGradient(0), bias = b.parameterGradient(1)
        pass.threads.run { thread in
            let sums = b.scratch + thread * scratchPerThread + paddedCount
            memset(sums, 0, (kernelCount + filters) * MemoryLayout<Float>.stride)
            for image in pass.count * thread / threads..<pass.count * (thread + 1) / threads {
                if kernel != nil || bias != nil {
                    fm_direct_weight_gradient(
                        padded(b, image: image, thread: thread), Int32(paddedWidth), Int32(geometry.channels),
                        Int32(geometry.kernelHeight), Int32(geometry.kernelWidth), Int32(geometry.strideHeight),
                        Int32(geometry.outputHeight), Int32(geometry.outputWidth), Int32(filters),
                        b.outputGradient! + image * outputCount, relu ? b.output + image * outputCount : nil, sums,
                        bias == nil ? nil : sums + kernelCount)
                }
                if b.inputGradients[0] != nil { inputGradient(b, image: image) }
            }
        }
        let sums = b.scratch + paddedCount
        ThreadSums.reduce(
            sums, stride: scratchPerThread, threads: threads, into: kernel, count: kernelCount,
            overwrite: pass.overwritesGradients)
        ThreadSums.reduce(
            sums + kernelCount, stride: scratchPerThread, threads: threads, into: bias, count: filters,
            overwrite: pass.overwritesGradients)
    }

    /// Plain loops: a layer this close to the input is rarely asked for its input's gradient.
    private func inputGradient(_ b: LayerBuffers, image: Int) {
        let g = geometry, channels = g.channels
        let dx = b.inputGradients[0]! + image * g.inputCount
        memset(dx, 0, g.inputCount * MemoryLayout<Float>.stride)
        for h in 0..<g.outputHeight {
            for w in 0..<g.outputWidth {
                let at = image * outputCount + (h * g.outputWidth + w) * filters
                let dy = b.outputGradient! + at, y = b.output + at
                for i in 0..<g.kernelHeight {
                    let row = h * g.strideHeight + i - g.padTop
                    guard row >= 0, row < g.height else { continue }
                    for j in 0..<g.kernelWidth {
                        let column = w * g.strideWidth + j - g.padLeft
                        guard column >= 0, column < g.width else { continue }
                        for c in 0..<channels {
                            let kernel = b.parameters[0] + ((i * g.kernelWidth + j) * channels + c) * filters
                            var sum: Float = 0
                            for k in 0..<filters where !relu || y[k] > 0 { sum += dy[k] * kernel[k] }
                            dx[(row * g.width + column) * channels + c] += sum
                        }
                    }
                }
            }
        }
    }
}
