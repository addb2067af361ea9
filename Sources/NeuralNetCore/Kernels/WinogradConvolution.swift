import CKernels

/// 3x3 convolution with stride 1 as F(n x n, 3x3), n 4, 5 or 6: (n + 2)^2 matrix products with a quarter of the
/// multiplications and less. ReLU, PReLU and a 2x2 pool behind ReLU are part of the output transform.
///
/// Work is cut into blocks of tile rows small enough for the transforms to stay in the second-level cache.
/// Source: A. Lavin, S. Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR 2016; the gradients are
/// the transposed algorithm.
struct WinogradConvolution: LinearKernel {
    private let geometry: ConvolutionGeometry
    private let filters: Int
    var usesBias: Bool
    private let threads: Int
    private let isTraining: Bool
    private let maximumBatch: Int
    var relu = false
    private var hasSlopes = false
    private var pooled: (height: Int, width: Int)?
    private let rowsPerBlock: Int
    private var shape: fm_winograd_shape
    private let steps: WinogradSteps

    static func fits(_ g: ConvolutionGeometry, filters: Int) -> Bool {
        g.kernelHeight == 3 && g.kernelWidth == 3 && g.strideHeight == 1 && g.strideWidth == 1
            && g.dilationHeight == 1 && g.dilationWidth == 1 && g.channels % 16 == 0 && filters % 16 == 0
    }

    init(geometry: ConvolutionGeometry, filters: Int, usesBias: Bool, tile: Int, context: KernelContext) {
        self.geometry = geometry
        self.filters = filters
        self.usesBias = usesBias
        threads = context.threads
        isTraining = context.isTraining
        maximumBatch = context.maximumBatch
        steps = WinogradSteps(isHalf: context.isHalf, tile: tile, channels: geometry.channels, filters: filters)
        let tile = steps.tile
        let columns = (geometry.outputWidth + tile - 1) / tile, rows = (geometry.outputHeight + tile - 1) / tile
        // Few tiles leave the products thin, many leave the cache.
        let tiles = max(48, min(128, WinogradConvolution.blockBytes / steps.tileBytes))
        rowsPerBlock = max(1, min((tiles + columns / 2) / columns, rows * context.maximumBatch))
        shape = fm_winograd_shape(
            height: Int32(geometry.height), width: Int32(geometry.width), channels: Int32(geometry.channels),
            out_height: Int32(geometry.outputHeight), out_width: Int32(geometry.outputWidth),
            filters: Int32(filters), pad_top: Int32(geometry.padTop), pad_left: Int32(geometry.padLeft),
            tile: Int32(tile), tile_cols: Int32(columns), pool_height: 0, pool_width: 0,
            all_filters: Int32(filters))
    }

    private static let blockBytes = 1 << 20

    private var tile: Int { Int(shape.tile) }
    private var places: Int { steps.places }
    private var tileColumns: Int { Int(shape.tile_cols) }
    private var tileRows: Int { (geometry.outputHeight + tile - 1) / tile }
    private var blockTiles: Int { rowsPerBlock * tileColumns }
    private var filterCount: Int { places * geometry.channels * filters }
    private var inputBlock: Int { places * blockTiles * geometry.channels }
    private var outputBlock: Int { places * blockTiles * filters }
    private var outputCount: Int {
        (pooled.map { $0.height * $0.width } ?? geometry.outputPixels) * filters
    }

    private func scratchPerThread(training: Bool) -> Int {
        inputBlock + outputBlock + (training ? filterCount + filters + steps.scratch(tiles: blockTiles) : 0)
    }

    var memory: KernelMemory {
        var memory = KernelMemory()
        memory.keepsInput = true
        memory.keepsOutput = relu && pooled == nil
        memory.prepared = steps.filterFloats * (isTraining && steps.keepsTurned ? 2 : 1)
        memory.scratch = threads * scratchPerThread(training: isTraining)
        if pooled != nil { memory.state = (outputCount * maximumBatch + 3) / 4 }
        return memory
    }

    /// The same with the pool behind it, if that is one of 2x2 over the very images that the convolution makes.
    func fusing(pool: ConvolutionGeometry) -> WinogradConvolution? {
        let height = geometry.outputHeight / 2, width = geometry.outputWidth / 2
        guard relu, pooled == nil, tile == 4, pool.kernelHeight == 2, pool.kernelWidth == 2, pool.strideHeight == 2,
            pool.strideWidth == 2, !pool.isPadded, pool.height == geometry.outputHeight,
            pool.width == geometry.outputWidth, pool.channels == filters, pool.outputHeight == height,
            pool.outputWidth == width
        else { return nil }
        var copy = self
        copy.pooled = (height, width)
        copy.shape.pool_height = Int32(height)
        copy.shape.pool_width = Int32(width)
        return copy
    }

    /// The same with the slopes of a PReLU, one for each filter, behind the other parameters.
    func fusing(slopes: PReLUKernel) -> WinogradConvolution? {
        guard slopes.columns == filters, !isTraining, !relu, !hasSlopes else { return nil }
        var copy = self
        copy.hasSlopes = true
        return copy
    }

    private func prepare(_ b: LayerBuffers, _ pass: Pass) {
        let step = steps.filterStep
        let turned = isTraining && steps.keepsTurned ? b.prepared + steps.filterFloats : nil
        pass.threads.runRanges(geometry.channels / step) { _, range in
            withUnsafePointer(to: shape) { shape in
                steps.prepare(
                    shape, b.parameters[0], range.lowerBound * step..<range.upperBound * step, b.prepared, turned)
            }
        }
    }

    /// Calls `body` for the parts of tile rows `rows` (counted through all images) that lie in one image each.
    @inline(__always)
    private func forEachImage(
        _ rows: Range<Int>, _ body: (_ image: Int, _ firstRow: Int, _ count: Int, _ tile: Int) -> Void
    ) {
        var row = rows.lowerBound
        while row < rows.upperBound {
            let image = row / tileRows, first = row % tileRows
            let count = min(tileRows - first, rows.upperBound - row)
            body(image, first, count, (row - rows.lowerBound) * tileColumns)
            row += count
        }
    }

    func forward(_ b: LayerBuffers, _ pass: Pass) {
        if pass.weightsChanged { prepare(b, pass) }
        let rows = pass.count * tileRows, groups = filterGroups(rows)
        let block = min(rowsPerBlock, groups > 1 ? rows : max(1, (rows + threads - 1) / threads))
        pass.threads.runEach((rows + block - 1) / block * groups) { thread, index in
            let row = index / groups * block, group = index % groups, steps = filters / 16
            forwardBlock(
                b, row..<min(rows, row + block),
                filters: steps * group / groups * 16..<steps * (group + 1) / groups * 16, thread)
        }
    }

    /// Into how many groups the filters are divided among the threads, each with all tiles, instead of the tiles among
    /// them: for rows of tiles so few that dividing them leaves threads idle. Then each thread reads its filters only.
    private func filterGroups(_ rows: Int) -> Int {
        guard threads > 1, rows < 4 * threads, rows <= rowsPerBlock else { return 1 }
        let transform = ConvolutionTable.current.transforms[tile - 4]
        func operations(_ rows: Int, _ filters: Int) -> Double {
            let channels = Double(geometry.channels), filters = Double(filters)
            return Double(rows) * (channels * filters + transform * (channels + filters))
        }
        let steps = filters / 16, groups = min(threads, steps)
        let byRows = operations((rows + threads - 1) / threads, filters)
        let byFilters = operations(rows, (steps + groups - 1) / groups * 16)
        // Each thread has the transforms of all tiles in its caches then.
        return byFilters < 0.8 * byRows ? groups : 1
    }

    private func forwardBlock(_ b: LayerBuffers, _ rows: Range<Int>, filters part: Range<Int>, _ thread: Int) {
        var shape = shape
        shape.filters = Int32(part.count)
        withUnsafePointer(to: shape) { shape in
            let tiles = rows.count * tileColumns, channels = geometry.channels
            let v = b.scratch + thread * scratchPerThread(training: isTraining), m = v + inputBlock
            let vStride = tiles * channels, mStride = tiles * part.count
            forEachImage(rows) { image, row, count, tile in
                steps.input(
                    shape, b.inputs[0] + image * geometry.inputCount, row, count, v, at: tile * channels, vStride)
            }
            steps.multiply(tiles, v, b.prepared, filters: part, m)
            let bias = usesBias ? b.parameters[1] + part.lowerBound : nil
            let slopes = hasSlopes ? b.parameters[b.parameters.count - 1] + part.lowerBound : nil
            let ending = hasSlopes ? FM_SLOPES : relu ? FM_RELU : FM_PLAIN
            forEachImage(rows) { image, row, count, tile in
                let first = image * outputCount + part.lowerBound, output = b.output + first
                if pooled != nil {
                    steps.outputPool(shape, m + tile * part.count, mStride, row, count, bias, output, mask(b) + first)
                } else {
                    steps.output(
                        shape, m + tile * part.count, mStride, row, count, bias, ending, slopes: slopes, output)
                }
            }
        }
    }

    private func mask(_ b: LayerBuffers) -> UnsafeMutablePointer<UInt8> {
        UnsafeMutableRawPointer(b.state).assumingMemoryBound(to: UInt8.self)
    }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        let perThread = scratchPerThread(training: true)
        pass.threads.run { thread in
            let images = pass.count * thread / threads..<pass.count * (thread + 1) / threads
            backwardImages(b, images, b.scratch + thread * perThread)
        }
        let sums = b.scratch + inputBlock + outputBlock
        let overwrite = pass.overwritesGradients
        if let kernel = b.parameterGradient(0) {
            pass.threads.runRanges(geometry.channels) { _, range in
                for other in 1..<max(threads, 1) {
                    for p in 0..<places {
                        let offset = (p * geometry.channels + range.lowerBound) * filters
                        fm_add(sums + offset, sums + other * perThread + offset, range.count * filters)
                    }
                }
                withUnsafePointer(to: shape) { shape in
                    steps.filterGradient(shape, sums, range, kernel, adds: !overwrite)
                }
            }
        }
        ThreadSums.reduce(
            sums + filterCount, stride: perThread, threads: threads, into: b.parameterGradient(1), count: filters,
            overwrite: overwrite)
    }

    private func backwardImages(_ b: LayerBuffers, _ images: Range<Int>, _ scratch: UnsafeMutablePointer<Float>) {
        let channels = geometry.channels
        let v = scratch, dm = v + inputBlock, du = dm + outputBlock, biasSum = du + filterCount
        memset(biasSum, 0, filters * MemoryLayout<Float>.stride)
        if images.isEmpty { memset(du, 0, filterCount * MemoryLayout<Float>.stride) }
        let pairs = biasSum + filters
        let wantsKernel = b.parameterGradient(0) != nil
        let end = images.upperBound * tileRows
        var first = images.lowerBound * tileRows
        var isFirst = true
        withUnsafePointer(to: shape) { shape in
            while first < end {
                let rows = first..<min(end, first + rowsPerBlock)
                let tiles = rows.count * tileColumns
                let vStride = tiles * channels, mStride = tiles * filters
                forEachImage(rows) { image, row, count, tile in
                    let gradient = b.outputGradient! + image * outputCount
                    if pooled != nil {
                        steps.outputGradient(
                            shape, pooled: gradient, mask(b) + image * outputCount, row, count, dm, at: tile * filters,
                            mStride, bias: biasSum)
                    } else {
                        steps.outputGradient(
                            shape, gradient, relu ? b.output + image * outputCount : nil, row, count, dm,
                            at: tile * filters, mStride, bias: biasSum)
                    }
                    guard wantsKernel else { return }
                    steps.input(
                        shape, b.inputs[0] + image * geometry.inputCount, row, count, v, at: tile * channels, vStride)
                }
                if wantsKernel { steps.addFilterGradient(tiles, v, dm, pairs, to: du, adds: !isFirst) }
                if let inputGradient = b.inputGradients[0] {
                    steps.multiplyGradient(tiles, dm, b.prepared, v)
                    forEachImage(rows) { image, row, count, tile in
                        let target = inputGradient + image * geometry.inputCount
                        if row == 0 { memset(target, 0, geometry.inputCount * MemoryLayout<Float>.stride) }
                        steps.inputGradient(shape, v + tile * channels, vStride, row, count, target)
                    }
                }
                isFirst = false
                first = rows.upperBound
            }
        }
    }
}
