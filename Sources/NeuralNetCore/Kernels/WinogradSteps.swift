import CKernels

/// What `WinogradConvolution` is made of, in one of two kinds of numbers: the transforms, and the products between them.
///
/// Transformed images, gradients and filters are floats or, in half of their memory, bfloat16; sums are floats always.
/// `Floats` point to where the memory begins, whichever it holds; offsets and strides count numbers.
struct WinogradSteps {
    typealias Floats = UnsafeMutablePointer<Float>
    typealias Shape = UnsafePointer<fm_winograd_shape>
    let isHalf: Bool
    /// Outputs along a tile's side: 4, 5 or 6, in bfloat16 4.
    let tile: Int
    let channels: Int
    let filters: Int

    init(isHalf: Bool, tile: Int, channels: Int, filters: Int) {
        self.isHalf = isHalf
        self.tile = isHalf ? 4 : tile
        self.channels = channels
        self.filters = filters
    }

    /// Matrix products.
    var places: Int { (tile + 2) * (tile + 2) }
    /// Floats of the transformed filters.
    var filterFloats: Int { places * channels * filters / (isHalf ? 2 : 1) }
    /// Large kernels are packed while they are read; small ones, for many blocks of tiles, once per step.
    var keepsTurned: Bool { isHalf || channels * filters <= 1 << 14 }
    /// Bytes of a tile's transforms.
    var tileBytes: Int { places * (channels * (isHalf ? 2 : 4) + filters * 4) }
    /// Floats that `addFilterGradient` needs for itself.
    func scratch(tiles: Int) -> Int { isHalf ? (tiles + 1) / 2 * (channels + filters) : 0 }
    /// Channels whose filters must be prepared together.
    var filterStep: Int { isHalf ? 2 : 1 }

    private func halves(_ x: Floats, _ offset: Int = 0) -> UnsafeMutablePointer<UInt16> {
        UnsafeMutableRawPointer(x).assumingMemoryBound(to: UInt16.self) + offset
    }

    /// Pairs of bfloat16, from number `offset` on.
    private func pairs(_ x: Floats, _ offset: Int = 0) -> UnsafeMutablePointer<UInt32> {
        UnsafeMutableRawPointer(x).assumingMemoryBound(to: UInt32.self) + offset / 2
    }

    func prepare(_ s: Shape, _ kernel: Floats, _ range: Range<Int>, _ u: Floats, _ turned: Floats?) {
        let first = Int32(range.lowerBound), last = Int32(range.upperBound)
        if isHalf {
            fm_bf16_winograd_filter(
                kernel, Int32(channels), Int32(filters), first, last, halves(u), turned.map { halves($0) })
        } else {
            fm_winograd_filter(s, kernel, first, last, u, turned)
        }
    }

    func input(_ s: Shape, _ x: Floats, _ row: Int, _ count: Int, _ v: Floats, at offset: Int, _ stride: Int) {
        if isHalf {
            fm_bf16_winograd_input(s, x, Int32(row), Int32(count), halves(v, offset), stride)
        } else {
            fm_winograd_input(s, x, Int32(row), Int32(count), v + offset, stride)
        }
    }

    /// All products of `tiles` transformed tiles and some of the filters.
    func multiply(_ tiles: Int, _ v: Floats, _ u: Floats, filters part: Range<Int>, _ m: Floats) {
        product(tiles, channels, filters, v, u, columns: part, m)
    }

    /// All products of `tiles` transformed gradients and the filters turned, which lie behind them if they are kept.
    func multiplyGradient(_ tiles: Int, _ dm: Floats, _ u: Floats, _ dv: Floats) {
        guard keepsTurned else {
            for p in 0..<places {
                BLAS.gemm(
                    false, true, tiles, channels, filters, dm + p * tiles * filters, filters,
                    u + p * channels * filters, filters, 0, dv + p * tiles * channels, channels)
            }
            return
        }
        product(tiles, filters, channels, dm, u + filterFloats, columns: 0..<channels, dv)
    }

    /// `c` has `columns` only.
    private func product(
        _ tiles: Int, _ from: Int, _ to: Int, _ a: Floats, _ b: Floats, columns: Range<Int>, _ c: Floats
    ) {
        let wide = columns.count, first = columns.lowerBound
        for p in 0..<places {
            let result = c + p * tiles * wide
            if isHalf {
                fm_bf16_gemm(
                    tiles, wide, from / 2, pairs(a, p * tiles * from), from / 2, 1, pairs(b, p * from * to) + first, to,
                    result, wide, 0)
            } else {
                fm_gemm(
                    tiles, wide, from, a + p * tiles * from, from, 1, b + p * from * to + first, to, result, wide, 0)
            }
        }
    }

    /// `du (+)= v^T dm` for all.
    func addFilterGradient(_ tiles: Int, _ v: Floats, _ dm: Floats, _ scratch: Floats, to du: Floats, adds: Bool) {
        for p in 0..<places {
            let sums = du + p * channels * filters
            if isHalf {
                // Along the tiles now: two of them become pairs.
                let rows = (tiles + 1) / 2, left = pairs(scratch), right = left + rows * channels
                fm_bf16_pair_rows(halves(v, p * tiles * channels), channels, tiles, channels, left)
                fm_bf16_pair_rows(halves(dm, p * tiles * filters), filters, tiles, filters, right)
                fm_bf16_gemm(
                    channels, filters, rows, left, 1, channels, right, filters, sums, filters, adds ? 1 : 0)
            } else {
                fm_gemm(
                    channels, filters, tiles, v + p * tiles * channels, 1, channels, dm + p * tiles * filters, filters,
                    sums, filters, adds ? 1 : 0)
            }
        }
    }

    func output(
        _ s: Shape, _ m: Floats, _ stride: Int, _ row: Int, _ count: Int, _ bias: Floats?, _ ending: fm_ending,
        slopes: Floats?, _ y: Floats
    ) {
        (isHalf ? fm_bf16_winograd_output : fm_winograd_output)(
            s, m, stride, Int32(row), Int32(count), bias, ending, slopes, y)
    }

    func outputPool(
        _ s: Shape, _ m: Floats, _ stride: Int, _ row: Int, _ count: Int, _ bias: Floats?, _ y: Floats,
        _ mask: UnsafeMutablePointer<UInt8>
    ) {
        (isHalf ? fm_bf16_winograd_output_pool : fm_winograd_output_pool)(
            s, m, stride, Int32(row), Int32(count), bias, y, mask)
    }

    func outputGradient(
        _ s: Shape, _ dy: Floats, _ y: Floats?, _ row: Int, _ count: Int, _ dm: Floats, at offset: Int, _ stride: Int,
        bias: Floats
    ) {
        if isHalf {
            fm_bf16_winograd_output_gradient(s, dy, y, Int32(row), Int32(count), halves(dm, offset), stride, bias)
        } else {
            fm_winograd_output_gradient(s, dy, y, Int32(row), Int32(count), dm + offset, stride, bias)
        }
    }

    func outputGradient(
        _ s: Shape, pooled: Floats, _ mask: UnsafeMutablePointer<UInt8>, _ row: Int, _ count: Int, _ dm: Floats,
        at offset: Int, _ stride: Int, bias: Floats
    ) {
        if isHalf {
            fm_bf16_winograd_output_gradient_pool(
                s, pooled, mask, Int32(row), Int32(count), halves(dm, offset), stride, bias)
        } else {
            fm_winograd_output_gradient_pool(
                s, pooled, mask, Int32(row), Int32(count), dm + offset, stride, bias)
        }
    }

    func inputGradient(_ s: Shape, _ dv: Floats, _ stride: Int, _ row: Int, _ count: Int, _ dx: Floats) {
        (isHalf ? fm_bf16_winograd_input_gradient : fm_winograd_input_gradient)(
            s, dv, stride, Int32(row), Int32(count), dx)
    }

    func filterGradient(_ s: Shape, _ du: Floats, _ range: Range<Int>, _ kernel: Floats, adds: Bool) {
        let first = Int32(range.lowerBound), last = Int32(range.upperBound)
        if isHalf {
            fm_bf16_winograd_filter_gradient(
                du, Int32(channels), Int32(filters), first, last, kernel, adds ? 1 : 0)
        } else {
            fm_winograd_filter_gradient(s, du, first, last, kernel, adds ? 1 : 0)
        }
    }
}
