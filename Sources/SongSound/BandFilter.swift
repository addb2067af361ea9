import CKernels
import Glibc

/// Triangular bands over the bins of a spectrum, as ears hear them.
struct BandFilter {
    private var firsts: [UInt32] = []
    private var bins: [UInt32] = []
    private var weights: [Float] = []
    var count: Int { firsts.count }
    /// The middle of each band, in Hz.
    private(set) var centres: [Double] = []

    /// - Parameters:
    ///   - range: in Hz, from the lowest band's foot to the highest one's.
    ///   - count: about how many; where bins are too wide, bands fall together.
    init(rate: Double, size: Int, range: ClosedRange<Double>, count: Int) {
        let width = rate / Double(size)
        // Mel's scale as HTK has it.
        func mel(_ hertz: Double) -> Double { 2595 * log10(1 + hertz / 700) }
        func hertz(_ mel: Double) -> Double { 700 * (pow(10, mel / 2595) - 1) }
        let low = mel(range.lowerBound), high = mel(min(range.upperBound, rate / 2))
        let step = (high - low) / Double(count + 1)
        var edges: [Int] = []
        for i in 0...(count + 1) {
            let bin = max(Int((hertz(low + Double(i) * step) / width).rounded()), 1)
            if bin > edges.last ?? 0 { edges.append(bin) }
        }
        for (left, (middle, right)) in zip(edges, zip(edges.dropFirst(), edges.dropFirst(2))) {
            firsts.append(UInt32(left + 1))
            bins.append(UInt32(right - left - 1))
            centres.append(Double(middle) * width)
            for bin in (left + 1)..<right {
                let rise = Double(bin - left) / Double(middle - left),
                    fall = Double(right - bin) / Double(right - middle)
                weights.append(Float(min(rise, fall)))
            }
        }
    }

    /// `sums[band * lanes + window]` of a batch of spectra.
    func apply(_ power: UnsafePointer<Float>, _ sums: UnsafeMutablePointer<Float>) {
        fm_band_sums(power, count, firsts, bins, weights, sums)
    }
}
