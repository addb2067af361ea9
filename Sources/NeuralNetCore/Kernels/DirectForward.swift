import CKernels

/// What all direct convolutions of images share: sums in registers straight from the image, for any number of channels and
/// filters, the kernel in the order in which it is read. Threads divide rows, or filters where the kernel is larger than
/// the image.
struct DirectForward: Sendable {
    private let geometry: ConvolutionGeometry
    private let filters: Int
    private let shape: fm_direct_shape
    /// What is split: rows of the output, or its pixels where no window overlaps another.
    private let rows: Int
    private let rowsPerBand: Int
    /// Whether two rows of the output are computed at once, since the filters fill half a register only.
    private let isPaired: Bool
    /// What is done to the sums. With `FM_SLOPES`, `prepare` wants them.
    var ending = FM_PLAIN
    /// The pool behind it: only its results are written, those of the convolution stay with the threads.
    var pool: ConvolutionGeometry?

    /// Floats of a thread's padded part of the image, which should stay in its nearest caches.
    private static let bandFloats = 1 << 14

    init(_ g: ConvolutionGeometry, filters: Int) {
        geometry = g
        self.filters = filters
        let rowLength = (g.width + g.padLeft + g.padRight) * g.channels
        let isRun = g.dilationWidth == 1
        shape = fm_direct_shape(
            outer: g.kernelHeight, outer_stride: g.dilationHeight * rowLength, inner: isRun ? 1 : g.kernelWidth,
            inner_stride: g.dilationWidth * g.channels, run: (isRun ? g.kernelWidth : 1) * g.channels,
            pixels: g.outputWidth, step: g.strideWidth * g.channels, row_step: g.strideHeight * rowLength,
            filters: filters)
        let isFlat = g.isPointwise && !g.isPadded
        rows = isFlat ? g.outputPixels : g.outputHeight
        isPaired = !isFlat && fm_direct_pairs_rows(filters) != 0
        let extent = (g.kernelHeight - 1) * g.dilationHeight + 1
        rowsPerBand =
            g.isPadded || isPaired
            ? max(1, min(rows, (DirectForward.bandFloats / rowLength - extent) / g.strideHeight + 1)) : rows
    }

    private var isFlat: Bool { geometry.isPointwise && !geometry.isPadded }
    private var operations: Double {
        Double(geometry.outputPixels) * Double(geometry.taps * geometry.channels * filters)
    }

    /// Floats of kernel, bias and slopes as they are read.
    var preparedCount: Int {
        let taps = geometry.taps * geometry.channels, hasSlopes = ending == FM_SLOPES
        return isPaired
            ? 16 * (taps + (hasSlopes ? 2 : 1)) : fm_direct_packed_count(taps, filters, hasSlopes ? 1 : 0)
    }

    private var rowLength: Int { (geometry.width + geometry.padLeft + geometry.padRight) * geometry.channels }

    var scratchPerThread: Int { bandScratch + poolScratch }

    private var bandScratch: Int {
        guard geometry.isPadded || isPaired else { return 0 }
        let rows = isPaired ? 2 * paddedRows((rowsPerBand + 1) / 2) : paddedRows(rowsPerBand)
        return (rows * rowLength + 15) / 16 * 16
    }

    /// Where the kernel is larger than the image, threads divide filters, and a pool would have them divide rows.
    var canPool: Bool { preparedCount <= geometry.inputCount }

    /// Floats of the convolution's rows that a thread pools at once, if these are not more.
    private static let pooledFloats = 1 << 15

    private var outputRow: Int { geometry.outputWidth * filters }

    /// How many rows of the pool a thread makes at once.
    private var pooledRows: Int {
        guard let pool else { return 0 }
        return max(1, (DirectForward.pooledFloats / outputRow - pool.kernelHeight) / pool.strideHeight + 1)
    }

    private var poolScratch: Int {
        guard let pool else { return 0 }
        let rows = min(geometry.outputHeight, (pooledRows - 1) * pool.strideHeight + pool.kernelHeight)
        return (rows * outputRow + 15) / 16 * 16
    }

    private func paddedRows(_ rows: Int) -> Int {
        (rows - 1) * geometry.strideHeight + (geometry.kernelHeight - 1) * geometry.dilationHeight + 1
    }

    func prepare(
        kernel: UnsafePointer<Float>, bias: UnsafePointer<Float>?, slopes: UnsafePointer<Float>? = nil,
        to prepared: UnsafeMutablePointer<Float>
    ) {
        let pack = isPaired ? fm_direct_pack_twice : fm_direct_pack
        pack(kernel, bias, slopes, geometry.taps * geometry.channels, filters, prepared)
    }

    /// `scratch`: of each thread, `scratchStride` apart.
    func run(
        _ b: LayerBuffers, _ pass: Pass, prepared: UnsafePointer<Float>, scratch: UnsafeMutablePointer<Float>,
        scratchStride: Int
    ) {
        if let pool {
            let count = pool.outputPixels * filters
            pass.runRows(pool.outputHeight, operations: operations) { thread, image, rows in
                for first in stride(from: rows.lowerBound, to: rows.upperBound, by: pooledRows) {
                    poolBand(
                        b, image, first..<min(rows.upperBound, first + pooledRows), pool, prepared,
                        scratch + thread * scratchStride, to: b.output + image * count)
                }
            }
            return
        }
        let step = fm_direct_filter_step(), blocks = (filters + step - 1) / step
        // A padded image is written anew by each thread.
        let parts = min(pass.parts(operations: operations), geometry.isPadded ? pass.threads.count : .max)
        if parts > pass.count, blocks > 1, rowsPerBand >= rows, preparedCount > geometry.inputCount * pass.count {
            let groups = min(blocks, (parts + pass.count - 1) / pass.count)
            let wakes = operations * Double(pass.count) >= Pass.wakingOperations
            pass.threads.runEach(pass.count * groups, wakes: wakes) { thread, index in
                let group = index % groups
                band(
                    b, index / groups, 0..<rows,
                    blocks * group / groups * step..<min(filters, blocks * (group + 1) / groups * step), prepared,
                    scratch + thread * scratchStride, to: output(b, index / groups))
            }
            return
        }
        pass.runRows(rows, operations: operations) { thread, image, rows in
            bands(b, image, rows, prepared, scratch + thread * scratchStride, to: output(b, image))
        }
    }

    /// Where an image's results begin.
    private func output(_ b: LayerBuffers, _ image: Int) -> LayerBuffers.Floats {
        b.output + image * geometry.outputPixels * filters
    }

    /// Some rows of the pool, which lie in `target` with the others.
    private func poolBand(
        _ b: LayerBuffers, _ image: Int, _ pooled: Range<Int>, _ pool: ConvolutionGeometry,
        _ prepared: UnsafePointer<Float>, _ scratch: UnsafeMutablePointer<Float>, to target: LayerBuffers.Floats
    ) {
        let top = pooled.lowerBound * pool.strideHeight - pool.padTop
        let bottom = (pooled.upperBound - 1) * pool.strideHeight - pool.padTop + pool.kernelHeight
        let rows = max(0, top)..<min(geometry.outputHeight, bottom)
        let unit = isFlat ? geometry.outputWidth : 1, sums = scratch + bandScratch
        bands(
            b, image, rows.lowerBound * unit..<rows.upperBound * unit, prepared, scratch,
            to: sums - rows.lowerBound * outputRow)
        fm_max_pool(
            sums, Int32(rows.count), Int32(geometry.outputWidth), Int32(filters), Int32(pool.kernelHeight),
            Int32(pool.kernelWidth), Int32(pool.strideHeight), Int32(pool.strideWidth), Int32(rows.lowerBound - top),
            Int32(pool.padLeft), 0, Int32(pooled.count), Int32(pool.outputWidth),
            target + pooled.lowerBound * pool.outputWidth * filters, nil)
    }

    /// `target`: where the image's first row would lie.
    private func bands(
        _ b: LayerBuffers, _ image: Int, _ rows: Range<Int>, _ prepared: UnsafePointer<Float>,
        _ scratch: UnsafeMutablePointer<Float>, to target: LayerBuffers.Floats
    ) {
        for first in stride(from: rows.lowerBound, to: rows.upperBound, by: rowsPerBand) {
            let last = min(rows.upperBound, first + rowsPerBand)
            band(b, image, first..<last, 0..<filters, prepared, scratch, to: target)
        }
    }

    private func band(
        _ b: LayerBuffers, _ image: Int, _ rows: Range<Int>, _ filters: Range<Int>, _ prepared: UnsafePointer<Float>,
        _ scratch: UnsafeMutablePointer<Float>, to y: LayerBuffers.Floats
    ) {
        let g = geometry, x = b.inputs[0] + image * g.inputCount
        var shape = shape
        if isFlat {
            shape.pixels = rows.count
            fm_direct_forward(
                &shape, 1, filters.lowerBound, filters.upperBound, x + rows.lowerBound * g.channels, prepared,
                ending, y + rows.lowerBound * self.filters)
            return
        }
        let top = rows.lowerBound * g.strideHeight
        if isPaired {
            let pairs = (rows.count + 1) / 2, second = rows.count - pairs
            let below = top + second * g.strideHeight
            pair(x, from: top - g.padTop, below - g.padTop, count: paddedRows(pairs), to: scratch)
            let target = y + rows.lowerBound * g.outputWidth * self.filters
            fm_direct_forward_pairs(
                &shape, pairs, scratch, prepared, ending, target, target + second * g.outputWidth * self.filters)
            return
        }
        var source = x + top * g.width * g.channels
        if g.isPadded {
            pad(x, from: top - g.padTop, count: paddedRows(rows.count), to: scratch)
            source = scratch
        }
        fm_direct_forward(
            &shape, rows.count, filters.lowerBound, filters.upperBound, source, prepared, ending,
            y + rows.lowerBound * g.outputWidth * self.filters)
    }

    /// Rows of the image with zeros around it, from row `first` on, which may lie above the image.
    private func pad(
        _ x: UnsafePointer<Float>, from first: Int, count: Int, to scratch: UnsafeMutablePointer<Float>
    ) {
        let g = geometry, row = g.width * g.channels
        let left = g.padLeft * g.channels, right = g.padRight * g.channels
        var target = scratch
        for h in first..<first + count {
            if h < 0 || h >= g.height {
                target.update(repeating: 0, count: left + row + right)
            } else {
                target.update(repeating: 0, count: left)
                (target + left).update(from: x + h * row, count: row)
                (target + left + row).update(repeating: 0, count: right)
            }
            target += left + row + right
        }
    }

    /// The same rows from `first` and from `second` on, side by side: [rows][width][channels][2].
    private func pair(
        _ x: UnsafePointer<Float>, from first: Int, _ second: Int, count: Int, to scratch: UnsafeMutablePointer<Float>
    ) {
        let g = geometry, row = g.width * g.channels
        let left = 2 * g.padLeft * g.channels, right = 2 * g.padRight * g.channels
        func source(_ h: Int) -> UnsafePointer<Float>? { h < 0 || h >= g.height ? nil : x + h * row }
        var target = scratch
        for h in 0..<count {
            target.update(repeating: 0, count: left)
            fm_interleave(source(first + h), source(second + h), row, target + left)
            (target + left + 2 * row).update(repeating: 0, count: right)
            target += left + 2 * row + right
        }
    }
}
