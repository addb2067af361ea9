import CKernels
import Glibc

/// How much begins to sound, in 86 frames a second, and how the sound is coloured.
///
/// Onsets are what a band has more than it and its neighbours had two frames before (S. Böck, G. Widmer, "Maximum
/// filter vibrato suppression for onset detection", 2013), for low, middle and high tones.
final class OnsetCurves {
    static let rate = 22_050
    static let hop = 256
    static let framesPerSecond = Double(rate) / Double(hop)
    private static let lag = 2

    private let spectra = Spectra(size: 1024, hop: OnsetCurves.hop)
    private let bands: BandFilter
    private var sums: [Float]
    private var logs: [Float]
    /// The last frames' bands, `lag` of them by turns.
    private var past: [[Float]]
    private var frame = 0
    private let split: (middle: Int, high: Int)
    private(set) var low: [Float] = []
    private(set) var middle: [Float] = []
    private(set) var high: [Float] = []
    private(set) var timbre: TimbreFrames

    init() {
        bands = BandFilter(rate: Double(OnsetCurves.rate), size: 1024, range: 25...10_500, count: 44)
        sums = [Float](repeating: 0, count: bands.count * Spectra.lanes)
        logs = sums
        past = Array(repeating: [Float](repeating: 0, count: bands.count), count: OnsetCurves.lag)
        split = (bands.centres.firstIndex { $0 > 200 } ?? 0, bands.centres.firstIndex { $0 > 2500 } ?? 0)
        timbre = TimbreFrames(centres: bands.centres)
    }

    func feed(_ samples: UnsafeBufferPointer<Float>) { spectra.feed(samples) { take($0, $1) } }
    func finish() { spectra.finish { take($0, $1) } }

    private func take(_ power: UnsafePointer<Float>, _ count: Int) {
        let lanes = Spectra.lanes, size = bands.count
        sums.withUnsafeMutableBufferPointer { bands.apply(power, $0.baseAddress!) }
        logs.withUnsafeMutableBufferPointer { fm_compress(sums, sums.count, 1e6, $0.baseAddress!) }
        timbre.take(sums, logs, lanes: lanes, count: count)
        logs.withUnsafeBufferPointer { logs in
            for window in 0..<count {
                let slot = frame % OnsetCurves.lag
                var parts = SIMD3<Float>.zero
                past[slot].withUnsafeMutableBufferPointer { past in
                    var before: Float = 0
                    for band in 0..<size {
                        let now = logs[band * lanes + window], here = past[band]
                        let next = band + 1 < size ? past[band + 1] : 0
                        let rise = max(now - max(here, max(before, next)), 0)
                        before = here
                        // What was in `past` is not needed below this band any more.
                        past[band] = now
                        parts[band < split.middle ? 0 : band < split.high ? 1 : 2] += rise
                    }
                }
                let isFirst = frame < OnsetCurves.lag
                low.append(isFirst ? 0 : parts[0])
                middle.append(isFirst ? 0 : parts[1])
                high.append(isFirst ? 0 : parts[2])
                frame += 1
            }
        }
    }

    /// All onsets, each part by its number of bands.
    var total: [Float] {
        let scale = 1 / Float(bands.count)
        return low.indices.map { (low[$0] + middle[$0] + high[$0]) * scale }
    }
}
