import CKernels

/// Convolution in 8-bit integers, for prediction: weights with a scale per filter, pictures with a scale and a zero of
/// their own, found anew for each; products are summed exactly in 32 bits and turned back into floats with the bias.
///
/// A value is `(byte - zero) * scale`; 0 is always a byte, so that padding is exact.
/// Source: B. Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only
/// Inference", CVPR 2018, section 2.
struct QuantizedConvolution: LinearKernel {
    private let geometry: ConvolutionGeometry
    private let filters: Int
    var usesBias: Bool
    private let threads: Int
    private let maximumBatch: Int
    var relu = false

    /// Small layers gain nothing, and sums must not overflow.
    static func fits(_ g: ConvolutionGeometry, filters: Int) -> Bool {
        let depth = g.taps * g.channels
        return g.channels % 4 == 0 && filters % 16 == 0 && g.dilationHeight == 1 && g.dilationWidth == 1
            && depth <= 65536 && depth * filters >= 1 << 12
    }

    init(geometry: ConvolutionGeometry, filters: Int, usesBias: Bool, context: KernelContext) {
        self.geometry = geometry
        self.filters = filters
        self.usesBias = usesBias
        threads = context.threads
        maximumBatch = context.maximumBatch
    }

    private var depth: Int { geometry.taps * geometry.channels }
    private var paddedWidth: Int { geometry.width + geometry.padLeft + geometry.padRight }
    private var paddedBytes: Int {
        (geometry.height + geometry.padTop + geometry.padBottom) * paddedWidth * geometry.channels
    }
    private var isPointwise: Bool { geometry.isPointwise && paddedBytes == geometry.inputCount }
    /// Pixels whose windows are gathered at a time.
    private static let chunk = 48

    private func floats(bytes: Int) -> Int { (bytes + 63) / 64 * 16 }
    private var line: Int { (filters + 15) / 16 * 16 }

    // Prepared: the weights' bytes, then a scale and a sum per filter.
    // Scratch: per sample its bytes, scales and offsets; per thread some windows.
    var memory: KernelMemory {
        var memory = KernelMemory()
        memory.prepared = floats(bytes: depth * filters) + 2 * line
        memory.scratch = maximumBatch * sampleFloats + threads * floats(bytes: Self.chunk * depth)
        return memory
    }

    private var sampleFloats: Int { floats(bytes: paddedBytes) + 2 * line }

    func forward(_ b: LayerBuffers, _ pass: Pass) {
        let weights = UnsafeMutableRawPointer(b.prepared).assumingMemoryBound(to: Int8.self)
        let scales = b.prepared + floats(bytes: depth * filters)
        if pass.weightsChanged { quantizeWeights(b.parameters[0], weights, scales: scales, sums: scales + line) }
        pass.threads.runEach(pass.count) { _, image in
            quantizeSample(b, image, scales: scales, sums: scales + line)
        }
        let pixels = geometry.outputPixels
        pass.threads.runRanges(pass.count * pixels) { thread, range in
            var at = range.lowerBound
            while at < range.upperBound {
                let image = at / pixels
                let end = min(range.upperBound, (image + 1) * pixels, at + (isPointwise ? pixels : Self.chunk))
                multiply(b, image, at - image * pixels..<end - image * pixels, weights, thread)
                at = end
            }
        }
    }

    func backward(_ b: LayerBuffers, _ pass: Pass) { preconditionFailure("integers are for prediction only") }

    /// Symmetric: -127...127 for each filter's largest weight, packed in fours along the depth.
    private func quantizeWeights(
        _ kernel: UnsafePointer<Float>, _ bytes: UnsafeMutablePointer<Int8>, scales: UnsafeMutablePointer<Float>,
        sums: UnsafeMutablePointer<Float>
    ) {
        // Along the rows, as the weights lie in memory.
        scales.update(repeating: 0, count: filters)
        sums.update(repeating: 0, count: filters)
        for p in 0..<depth {
            let row = kernel + p * filters
            for f in 0..<filters { scales[f] = max(scales[f], abs(row[f])) }
        }
        for f in 0..<filters { scales[f] = scales[f] > 0 && scales[f].isFinite ? scales[f] / 127 : 1 }
        for p in 0..<depth {
            let row = kernel + p * filters
            for f in 0..<filters {
                let value = Int8(exactly: (row[f] / scales[f]).rounded()) ?? 0  // damaged weights are no numbers
                bytes[(p / 4 * filters + f) * 4 + p % 4] = value
                sums[f] += Float(value)
            }
        }
    }

    private func sample(_ b: LayerBuffers, _ image: Int) -> (
        bytes: UnsafeMutablePointer<UInt8>, scales: LayerBuffers.Floats
    ) {
        let start = b.scratch + image * sampleFloats
        return (
            UnsafeMutableRawPointer(start).assumingMemoryBound(to: UInt8.self), start + floats(bytes: paddedBytes)
        )
    }

    /// Writes a sample's bytes with their border, and what turns sums back into values.
    private func quantizeSample(
        _ b: LayerBuffers, _ image: Int, scales: UnsafePointer<Float>, sums: UnsafePointer<Float>
    ) {
        let x = b.inputs[0] + image * geometry.inputCount
        var low: Float = 0, high: Float = 0
        fm_range(x, geometry.inputCount, &low, &high)
        // The reciprocal of what is smaller than normal is infinite.
        let step = (high - low) / 255, scale = step.isNormal ? step : 1
        let zero = min(max((-low / scale).rounded(), 0), 255)
        let (bytes, own) = sample(b, image)
        if isPointwise {
            fm_quantize(x, geometry.inputCount, 1 / scale, zero, bytes)
        } else {
            memset(bytes, Int32(zero), paddedBytes)
            let row = geometry.width * geometry.channels
            for r in 0..<geometry.height {
                let place = ((r + geometry.padTop) * paddedWidth + geometry.padLeft) * geometry.channels
                fm_quantize(x + r * row, row, 1 / scale, zero, bytes + place)
            }
        }
        for f in 0..<filters {
            own[f] = scale * scales[f]
            own[line + f] = (usesBias ? b.parameters[1][f] : 0) - zero * sums[f] * own[f]
        }
    }

    private func multiply(
        _ b: LayerBuffers, _ image: Int, _ pixels: Range<Int>, _ weights: UnsafePointer<Int8>, _ thread: Int
    ) {
        let (bytes, scales) = sample(b, image)
        var windows = UnsafePointer(bytes + pixels.lowerBound * geometry.channels)
        if !isPointwise {
            let start = b.scratch + maximumBatch * sampleFloats + thread * floats(bytes: Self.chunk * depth)
            let target = UnsafeMutableRawPointer(start).assumingMemoryBound(to: UInt8.self)
            gather(bytes, pixels, target)
            windows = UnsafePointer(target)
        }
        let y = b.output + (image * geometry.outputPixels + pixels.lowerBound) * filters
        fm_gemm_u8s8(
            pixels.count, filters, depth, windows, weights, scales, scales + line, relu ? 0 : -.infinity, y, filters)
    }

    /// Copies the windows of some output pixels, each row of a window at once.
    private func gather(_ bytes: UnsafePointer<UInt8>, _ pixels: Range<Int>, _ target: UnsafeMutablePointer<UInt8>) {
        let run = geometry.kernelWidth * geometry.channels
        var row = target
        for pixel in pixels {
            let (h, w) = pixel.quotientAndRemainder(dividingBy: geometry.outputWidth)
            for i in 0..<geometry.kernelHeight {
                let place = (h * geometry.strideHeight + i) * paddedWidth + w * geometry.strideWidth
                memcpy(row, bytes + place * geometry.channels, run)
                row += run
            }
        }
    }
}
