import CKernels

/// Grey pixels that somebody else keeps alive.
struct GrayPixels {
    var base: UnsafePointer<UInt8>
    var stride: Int
    var width: Int
    var height: Int
}

/// A window that passed all stages.
struct HaarCandidate: Equatable {
    var level: Int32
    var x: Int32
    var y: Int32
}

/// Searches bands of a pyramid with memory of its own: one for each thread.
///
/// A band is resized and summed up where it is searched, so that nothing larger than a second cache is written. Sums
/// begin anew with each band; differences of them are the same as in sums over the whole picture.
final class HaarBandScanner {
    private(set) var candidates: [HaarCandidate] = []

    private let cascade: HaarCascade
    private let stride: Int
    private let planeSize: Int
    private let planes: UnsafeMutablePointer<Int32>
    private let tiltedRows: UnsafeMutablePointer<Int32>
    private let mixed: UnsafeMutablePointer<UInt16>
    private let rows: UnsafeMutablePointer<UInt8>
    private let norm: UnsafeMutablePointer<Float>
    private let maximumCandidates: Int

    /// What a level's rows need: an odd number of cache lines, since rows a power of two apart would share few places
    /// in the first cache.
    static func stride(for pyramid: HaarPyramid) -> Int { (((pyramid.widest + 2) / 16 + 2) | 1) * 16 }

    static func planeSize(for pyramid: HaarPyramid, cascade: HaarCascade) -> Int {
        stride(for: pyramid) * (min(HaarPyramid.bandHeight + cascade.windowHeight, pyramid.tallest) + 2) + 128
    }

    init(cascade: HaarCascade, pyramid: HaarPyramid, maximumCandidates: Int) {
        self.cascade = cascade
        self.maximumCandidates = maximumCandidates
        stride = HaarBandScanner.stride(for: pyramid)
        planeSize = HaarBandScanner.planeSize(for: pyramid, cascade: cascade)
        func zeros<T: Numeric>(_ count: Int) -> UnsafeMutablePointer<T> {
            let result = UnsafeMutablePointer<T>.allocate(capacity: count)
            result.initialize(repeating: 0, count: count)
            return result
        }
        planes = zeros(planeSize * (cascade.isTilted ? 3 : 2))
        tiltedRows = zeros(3 * stride)
        mixed = zeros(pyramid.imageWidth + 1)
        rows = zeros(2 * stride)
        norm = zeros(Int(FM_HAAR_WORD) + 16)
    }

    deinit {
        planes.deallocate()
        tiltedRows.deallocate()
        mixed.deallocate()
        rows.deallocate()
        norm.deallocate()
    }

    func removeCandidates() { candidates.removeAll(keepingCapacity: true) }

    func scan(_ band: HaarPyramid.Band, level: HaarPyramid.Level, pixels: GrayPixels, tables: HaarTables) {
        let half = level.step == 1 ? 0 : stride / 2
        sumUp(band, level, pixels, half: half)
        for row in 0..<band.count {
            let place = row * level.step * stride
            scanRow(
                HaarCandidate(level: Int32(band.level), x: 0, y: Int32((band.first + row) * level.step)), level, tables,
                window: planes + place, squares: planes + planeSize + place)
        }
    }

    /// Fills the integral images with the pixels that the band's windows cover.
    private func sumUp(_ band: HaarPyramid.Band, _ level: HaarPyramid.Level, _ pixels: GrayPixels, half: Int) {
        let top = band.first * level.step
        let count = (band.count - 1) * level.step + cascade.windowHeight
        let sums = planes, squares = planes + planeSize, tilted = planes + 2 * planeSize
        sums.update(repeating: 0, count: stride)
        squares.update(repeating: 0, count: stride)
        if cascade.isTilted {
            tilted.update(repeating: 0, count: stride)
            tiltedRows.update(repeating: 0, count: 3 * stride)
            rows.update(repeating: 0, count: 2 * stride)
        }
        for i in 0..<count {
            let row = rows + (i & 1) * stride
            sample(row: top + i, level, pixels, to: row)
            let above = i * stride, here = above + stride
            fm_haar_integral_row(
                row, level.width, half, sums + above, squares + above, sums + here, squares + here)
            if cascade.isTilted {
                let turned = tiltedRows + (i + 2) % 3 * stride
                fm_haar_tilted_row(
                    row, rows + ((i + 1) & 1) * stride, level.width, tiltedRows + (i + 1) % 3 * stride,
                    tiltedRows + i % 3 * stride, turned)
                fm_haar_split_row(turned, level.width + 1, half, tilted + here)
            }
        }
    }

    private func sample(
        row: Int, _ level: HaarPyramid.Level, _ pixels: GrayPixels, to target: UnsafeMutablePointer<UInt8>
    ) {
        let first = Int(level.vertical.first[row])
        let second = min(first + 1, pixels.height - 1)
        fm_haar_mix_rows(
            pixels.base + first * pixels.stride, pixels.base + second * pixels.stride, level.vertical.weight[row],
            pixels.width, mixed)
        fm_haar_sample_row(mixed, level.horizontal.first, level.horizontal.weight, level.width, target)
    }

    /// All windows of the row that begins with `row`. As in OpenCV, the window behind one that the first stage rejects
    /// is passed over.
    private func scanRow(
        _ row: HaarCandidate, _ level: HaarPyramid.Level, _ tables: HaarTables, window: UnsafePointer<Int32>,
        squares: UnsafePointer<Int32>
    ) {
        let kernel = tables.kernel
        var passOver = false
        for start in Swift.stride(from: 0, to: level.columns, by: Int(FM_HAAR_WORD)) {
            var textured: UInt64 = 0
            var passed = fm_haar_first_stage(kernel, window + start, squares + start, norm, &textured)
            let rest = level.columns - start
            if rest < 64 {
                let mask = (UInt64(1) << UInt64(rest)) - 1
                passed &= mask
                textured &= mask
            }
            passed = SkippedWindows.remove(from: passed, rejected: textured & ~passed, carry: &passOver)
            while passed != 0 {
                let first = passed.trailingZeroBitCount
                let lanes = UInt32(truncatingIfNeeded: (passed >> UInt64(first)) & 0xFFFF)
                passed &= ~(0xFFFF << UInt64(first))
                var place = row
                place.x = Int32((start + first) * level.step)
                follow(place, kernel, 1, lanes, window + start + first, norm + first, step: level.step)
            }
        }
    }

    /// The stages from `stage` on for the windows in `lanes`, the first of which is `place`, as few lanes at once as
    /// cover them.
    private func follow(
        _ place: HaarCandidate, _ kernel: UnsafePointer<fm_haar_cascade>, _ stage: Int32, _ lanes: UInt32,
        _ window: UnsafePointer<Int32>, _ norm: UnsafePointer<Float>, step: Int
    ) {
        var (place, stage, lanes, window, norm) = (place, stage, lanes, window, norm)
        while stage < kernel.pointee.stage_count {
            guard lanes != 0 else { return }
            let first = lanes.trailingZeroBitCount
            lanes >>= UInt32(first)
            place.x += Int32(first * step)
            window += first
            norm += first
            let span = 32 - lanes.leadingZeroBitCount
            if span > 8 && lanes.nonzeroBitCount <= 2 {
                follow(place, kernel, stage, 1, window, norm, step: step)
                lanes &= ~1
                continue
            }
            lanes &= fm_haar_stage_lanes(kernel, stage, span <= 4 ? 4 : span <= 8 ? 8 : 16, window, norm)
            stage += 1
        }
        while lanes != 0 {
            var found = place
            found.x += Int32(lanes.trailingZeroBitCount * step)
            lanes &= lanes - 1
            if candidates.count <= maximumCandidates { candidates.append(found) }
        }
    }
}
