import CKernels

/// Convolution in 8-bit integers, for prediction: weights with a scale per filter, pictures with a scale and a zero of
/// their own, found anew for each; products are summed exactly in 32 bits and turned back into floats with the bias.
///
/// A value is `(byte - zero) * scale`; 0 is always a byte, so that padding is exact. A 2x2 pool behind it is computed from
/// two rows at a time, which are never written as a whole.
/// Source: B. Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only
/// Inference", CVPR 2018, section 2.
struct QuantizedConvolution: LinearKernel {
    private let geometry: ConvolutionGeometry
    private let filters: Int
    var usesBias: Bool
    private let threads: Int
    var relu = false
    private var pool: ConvolutionGeometry?

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
    }

    private var depth: Int { geometry.taps * geometry.channels }
    private var paddedWidth: Int { geometry.width + geometry.padLeft + geometry.padRight }
    private var paddedBytes: Int {
        (geometry.height + geometry.padTop + geometry.padBottom) * paddedWidth * geometry.channels
    }
    private var isPointwise: Bool { geometry.isPointwise && paddedBytes == geometry.inputCount }
    /// Short rows of pixels fill too few registers: their windows are copied out and computed across rows.
    private var gathers: Bool { !isPointwise && geometry.outputWidth < 8 }
    /// Pixels whose windows are gathered at a time.
    private static let chunk = 48

    private func floats(bytes: Int) -> Int { (bytes + 63) / 64 * 16 }
    private var line: Int { (filters + 15) / 16 * 16 }

    // Prepared: the weights' bytes, then a scale and a sum per filter.
    // Scratch, per thread: the bytes of a sample, scales and offsets; some windows, or two rows.
    var memory: KernelMemory {
        var memory = KernelMemory()
        memory.prepared = floats(bytes: depth * filters) + 2 * line
        memory.scratch = threads * threadFloats
        return memory
    }

    /// The same with the pool behind it, if that is one of 2x2 over the very images that the convolution makes.
    func fusing(next kernel: any LayerKernel) -> (any LayerKernel)? {
        guard let next = (kernel as? MaxPoolKernel)?.geometry, pool == nil, !isPointwise, !gathers,
            next.kernelHeight == 2, next.kernelWidth == 2, next.strideHeight == 2, next.strideWidth == 2,
            !next.isPadded, next.height == geometry.outputHeight, next.width == geometry.outputWidth,
            next.channels == filters
        else { return nil }
        var copy = self
        copy.pool = next
        return copy
    }

    private var sampleFloats: Int { floats(bytes: paddedBytes) + 2 * line }
    private var threadFloats: Int {
        sampleFloats + (gathers ? floats(bytes: Self.chunk * depth) : 0)
            + (pool == nil ? 0 : (2 * geometry.outputWidth * filters + 15) / 16 * 16)
    }

    func forward(_ b: LayerBuffers, _ pass: Pass) {
        let weights = UnsafeMutableRawPointer(b.prepared).assumingMemoryBound(to: Int8.self)
        let scales = b.prepared + floats(bytes: depth * filters)
        if pass.weightsChanged { quantizeWeights(b.parameters[0], weights, scales: scales, sums: scales + line) }
        // Rows that no pool looks at are left out.
        let pixels = pool.map { 2 * $0.outputHeight * geometry.outputWidth } ?? geometry.outputPixels
        // Each thread writes the bytes that it reads, so that nobody waits for anybody.
        func compute(_ thread: Int, _ all: Range<Int>, _ columns: Range<Int>) {
            var at = all.lowerBound
            while at < all.upperBound {
                let image = at / pixels
                let end = min(all.upperBound, (image + 1) * pixels)
                let own = at - image * pixels..<end - image * pixels
                quantizeSample(b, image, own, columns, thread, scales: scales, sums: scales + line)
                multiply(b, image, own, columns, weights, thread)
                at = end
            }
        }
        let all = pass.count * pixels
        let split = share(pass)
        if all < 8 * pass.threads.count, filters >= 32 * pass.threads.count, pool == nil {
            // Most of the time goes into reading weights.
            split(filters / 16) { compute($0, 0..<all, $1.lowerBound * 16..<$1.upperBound * 16) }
        } else {
            let unit = isPointwise || gathers ? 1 : geometry.outputWidth * (pool == nil ? 1 : 2)
            split(all / unit) { compute($0, $1.lowerBound * unit..<$1.upperBound * unit, 0..<filters) }
        }
    }

    /// How parts of so many units are given to the threads: like `Pass.runRows`, but one part for each, since whatever is
    /// computed of a picture needs all of it for the range.
    private func share(_ pass: Pass) -> (Int, (_ thread: Int, _ units: Range<Int>) -> Void) -> Void {
        // Four bytes are multiplied in the time of one float.
        let operations = Double(geometry.outputPixels) * Double(depth) * Double(filters) / 4
        let threads = pass.threads.count
        return { units, body in
            if threads == 1 || pass.parts(operations: operations) <= 1 { return body(0, 0..<units) }
            if operations * Double(pass.count) >= Pass.wakingOperations { return pass.threads.runRanges(units, body) }
            pass.threads.runEach(threads, wakes: false) { thread, part in
                let range = units * part / threads..<units * (part + 1) / threads
                if !range.isEmpty { body(thread, range) }
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

    private func sample(_ b: LayerBuffers, _ thread: Int) -> (
        bytes: UnsafeMutablePointer<UInt8>, scales: LayerBuffers.Floats
    ) {
        let start = b.scratch + thread * threadFloats
        return (
            UnsafeMutableRawPointer(start).assumingMemoryBound(to: UInt8.self), start + floats(bytes: paddedBytes)
        )
    }

    /// Writes those of a sample's bytes, with their border, that some output pixels need, and what turns sums back into
    /// values.
    private func quantizeSample(
        _ b: LayerBuffers, _ image: Int, _ pixels: Range<Int>, _ columns: Range<Int>, _ thread: Int,
        scales: UnsafePointer<Float>, sums: UnsafePointer<Float>
    ) {
        let x = b.inputs[0] + image * geometry.inputCount
        var low: Float = 0, high: Float = 0
        fm_range(x, geometry.inputCount, &low, &high)
        // The reciprocal of what is smaller than normal is infinite.
        let step = (high - low) / 255, scale = step.isNormal ? step : 1
        let zero = min(max((-low / scale).rounded(), 0), 255)
        let (bytes, own) = sample(b, thread)
        if isPointwise {
            let first = pixels.lowerBound * geometry.channels
            fm_quantize(x + first, pixels.count * geometry.channels, 1 / scale, zero, bytes + first)
        } else {
            let row = geometry.width * geometry.channels, padded = paddedWidth * geometry.channels
            let first = pixels.lowerBound / geometry.outputWidth * geometry.strideHeight
            let last = (pixels.upperBound - 1) / geometry.outputWidth * geometry.strideHeight + geometry.kernelHeight
            memset(bytes + first * padded, Int32(zero), (last - first) * padded)
            for r in max(0, first - geometry.padTop)..<min(geometry.height, last - geometry.padTop) {
                let place = (r + geometry.padTop) * padded + geometry.padLeft * geometry.channels
                fm_quantize(x + r * row, row, 1 / scale, zero, bytes + place)
            }
        }
        for f in columns {
            own[f] = scale * scales[f]
            own[line + f] = (usesBias ? b.parameters[1][f] : 0) - zero * sums[f] * own[f]
        }
    }

    private func multiply(
        _ b: LayerBuffers, _ image: Int, _ pixels: Range<Int>, _ columns: Range<Int>,
        _ weights: UnsafePointer<Int8>, _ thread: Int
    ) {
        let (bytes, scales) = sample(b, thread)
        let g = geometry, f = columns.lowerBound
        func sums(
            _ pixels: Range<Int>, _ windows: fm_windows, at start: UnsafePointer<UInt8>, to target: LayerBuffers.Floats
        ) {
            fm_windows_u8s8(
                pixels.count, columns.count, filters, windows, start, weights + f * 4, scales + f, scales + line + f,
                relu ? 0 : -.infinity, target + f, filters)
        }
        func sums(_ pixels: Range<Int>, _ windows: fm_windows, at start: UnsafePointer<UInt8>) {
            sums(
                pixels, windows, at: start, to: b.output + (image * g.outputPixels + pixels.lowerBound) * filters)
        }
        let matrix = fm_windows(rows: 1, run: depth, stride: 0, step: depth)
        if isPointwise { return sums(pixels, matrix, at: bytes + pixels.lowerBound * g.channels) }
        if gathers {
            let start = b.scratch + thread * threadFloats + sampleFloats
            let target = UnsafeMutableRawPointer(start).assumingMemoryBound(to: UInt8.self)
            for at in stride(from: pixels.lowerBound, to: pixels.upperBound, by: Self.chunk) {
                let some = at..<min(pixels.upperBound, at + Self.chunk)
                gather(bytes, some, target)
                sums(some, matrix, at: target)
            }
            return
        }
        let windows = fm_windows(
            rows: g.kernelHeight, run: g.kernelWidth * g.channels, stride: paddedWidth * g.channels,
            step: g.strideWidth * g.channels)
        let rows = b.scratch + thread * threadFloats + sampleFloats, width = g.outputWidth
        for h in pixels.lowerBound / width..<pixels.upperBound / width {
            let start = bytes + h * g.strideHeight * paddedWidth * g.channels
            guard let pool else {
                sums(h * width..<(h + 1) * width, windows, at: start)
                continue
            }
            sums(0..<width, windows, at: start, to: rows + h % 2 * width * filters)
            guard h % 2 == 1 else { continue }
            let row = image * pool.outputHeight + h / 2
            fm_max_pool(
                rows, 2, Int32(width), Int32(filters), 2, 2, 2, 2, 0, 0, 0, 1, Int32(pool.outputWidth),
                b.output + row * pool.outputWidth * filters, nil)
        }
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
