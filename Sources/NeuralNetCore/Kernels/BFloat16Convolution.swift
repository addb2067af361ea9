import CKernels

/// Convolution in bfloat16 for prediction, of any kind, and dense layers, which are convolutions of one pixel: weights are
/// made ready once, pictures are rounded once, and their windows are the rows of a matrix, some of them at a time.
///
/// Threads divide the rows; where there are few, because a layer has far more weights than pixels, they divide the columns,
/// so that each reads weights of its own. Every sum is one chain, whoever computes it.
struct BFloat16Convolution: LinearKernel {
    private let geometry: ConvolutionGeometry
    private let filters: Int
    var usesBias: Bool
    private let threads: Int
    private let maximumBatch: Int
    var relu = false

    /// Small products gain less than rounding costs.
    static func fits(_ g: ConvolutionGeometry, filters: Int, context: KernelContext) -> Bool {
        context.isHalf && !context.isTraining && g.taps * g.channels >= 32 && filters >= 16
    }

    init(geometry: ConvolutionGeometry, filters: Int, usesBias: Bool, context: KernelContext) {
        self.geometry = geometry
        self.filters = filters
        self.usesBias = usesBias
        threads = context.threads
        maximumBatch = context.maximumBatch
    }

    private var rowLength: Int { geometry.taps * geometry.channels }
    /// Pairs of a row, the last with a zero if its length is odd.
    private var pairs: Int { (rowLength + 1) / 2 }
    private var panels: Int { (filters + FM_BF16_PANEL - 1) / FM_BF16_PANEL }
    private var panelCount: Int { pairs * FM_BF16_PANEL }
    /// Floats in which the pictures' rounded values fit.
    private var roundedCount: Int { (maximumBatch * geometry.inputCount + 1) / 2 }
    /// Whether the rounded pictures already are the matrix.
    private var isMatrix: Bool { geometry.isPointwise && geometry.channels % 2 == 0 }
    /// Whether threads divide the columns: as many rows as fit beside the weights.
    private var dividesColumns: Bool {
        threads > 1 && panels >= threads && maximumBatch * geometry.outputPixels <= 4 * filters
    }
    /// Rows whose windows are written at a time.
    private var chunk: Int { max(14, min(112, (1 << 16) / pairs / 14 * 14)) }

    var memory: KernelMemory {
        var memory = KernelMemory()
        memory.prepared = panels * panelCount
        memory.scratch = roundedCount
        if !isMatrix {
            memory.scratch += dividesColumns ? maximumBatch * geometry.outputPixels * pairs : threads * chunk * pairs
        }
        return memory
    }

    func forward(_ b: LayerBuffers, _ pass: Pass) {
        let weights = UnsafeMutableRawPointer(b.prepared).assumingMemoryBound(to: UInt32.self)
        if pass.weightsChanged {
            pass.threads.runRanges(panels) { _, range in
                fm_bf16_pack(
                    0, rowLength, filters, b.parameters[0], filters, range.lowerBound, range.upperBound, weights)
            }
        }
        let rounded = UnsafeMutableRawPointer(b.scratch).assumingMemoryBound(to: UInt16.self)
        let rows = pass.count * geometry.outputPixels
        if isMatrix, !dividesColumns {
            // Each thread rounds its own rows.
            pass.threads.runRanges(rows) { _, range in
                let start = range.lowerBound * rowLength
                fm_bf16_round(b.inputs[0] + start, range.count * rowLength, rounded + start)
                multiply(
                    b, range, UnsafeRawPointer(rounded + start).assumingMemoryBound(to: UInt32.self), weights,
                    0..<panels)
            }
            return
        }
        pass.threads.runEach(pass.count) { _, image in
            let start = image * geometry.inputCount
            fm_bf16_round(b.inputs[0] + start, geometry.inputCount, rounded + start)
        }
        let windows = UnsafeMutableRawPointer(b.scratch + roundedCount).assumingMemoryBound(to: UInt32.self)
        if dividesColumns {
            if !isMatrix {
                pass.threads.runRanges(rows) { _, range in
                    writeWindows(of: rounded, range, to: windows + range.lowerBound * pairs)
                }
            }
            let matrix = isMatrix ? UnsafeMutableRawPointer(rounded).assumingMemoryBound(to: UInt32.self) : windows
            pass.threads.runRanges(panels) { _, range in multiply(b, 0..<rows, matrix, weights, range) }
        } else {
            pass.threads.runRanges(rows) { thread, range in
                var at = range.lowerBound
                while at < range.upperBound {
                    let part = at..<min(range.upperBound, at + chunk)
                    let own = windows + thread * chunk * pairs
                    writeWindows(of: rounded, part, to: own)
                    multiply(b, part, own, weights, 0..<panels)
                    at = part.upperBound
                }
            }
        }
    }

    func backward(_ b: LayerBuffers, _ pass: Pass) { preconditionFailure("made for prediction only") }

    /// Rows of all pictures' output pixels times some panels.
    private func multiply(
        _ b: LayerBuffers, _ rows: Range<Int>, _ matrix: UnsafePointer<UInt32>, _ weights: UnsafePointer<UInt32>,
        _ range: Range<Int>
    ) {
        let y = b.output + rows.lowerBound * filters
        fm_bf16_gemm_packed(
            rows.count, filters, pairs, matrix, pairs, weights, range.lowerBound, range.upperBound, y, filters, 0)
        guard usesBias || relu else { return }
        let first = range.lowerBound * FM_BF16_PANEL
        let count = min(filters, range.upperBound * FM_BF16_PANEL) - first
        let bias = usesBias ? b.parameters[1] + first : nil
        if count == filters {
            fm_add_bias(y, bias, rows.count, filters, relu ? 1 : 0)
        } else {
            for row in 0..<rows.count { fm_add_bias(y + row * filters + first, bias, 1, count, relu ? 1 : 0) }
        }
    }

    /// What the windows of some output pixels cover, each a row of `pairs`; outside the pictures are zeros.
    private func writeWindows(
        of rounded: UnsafePointer<UInt16>, _ range: Range<Int>, to matrix: UnsafeMutablePointer<UInt32>
    ) {
        let g = geometry, run = g.kernelWidth * g.channels
        for (index, pixel) in range.enumerated() {
            let (image, place) = pixel.quotientAndRemainder(dividingBy: g.outputPixels)
            let (h, w) = place.quotientAndRemainder(dividingBy: g.outputWidth)
            let source = rounded + image * g.inputCount
            var row = UnsafeMutableRawPointer(matrix + index * pairs).assumingMemoryBound(to: UInt16.self)
            if rowLength % 2 == 1 { row[rowLength] = 0 }
            let left = w * g.strideWidth - g.padLeft
            let isWhole = g.dilationWidth == 1 && left >= 0 && left + g.kernelWidth <= g.width
            for i in 0..<g.kernelHeight {
                let r = h * g.strideHeight + i * g.dilationHeight - g.padTop
                if r < 0 || r >= g.height {
                    row.update(repeating: 0, count: run)
                } else if isWhole {
                    row.update(from: source + (r * g.width + left) * g.channels, count: run)
                } else {
                    for j in 0..<g.kernelWidth {
                        let q = left + j * g.dilationWidth
                        if q >= 0 && q < g.width {
                            (row + j * g.channels).update(
                                from: source + (r * g.width + q) * g.channels, count: g.channels)
                        } else {
                            (row + j * g.channels).update(repeating: 0, count: g.channels)
                        }
                    }
                }
                row += run
            }
        }
    }
}
