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
    private static let lag = Int(FM_ONSET_LAG)
    /// Levels of a band in a batch, after the last of the batch before.
    private static let row = lag + Spectra.lanes

    private static let tables = Spectra.Tables(size: 1024)
    private let spectra = Spectra(OnsetCurves.tables, hop: OnsetCurves.hop)
    private let bands: BandFilter
    private var sums: [Float]
    private var levels: [Float]
    private var rises = [Float](repeating: 0, count: 3 * Spectra.lanes)
    private var frame = 0
    private let split: (middle: Int, high: Int)
    private(set) var low: [Float] = []
    private(set) var middle: [Float] = []
    private(set) var high: [Float] = []
    private(set) var timbre: TimbreFrames

    init() {
        bands = BandFilter(rate: Double(OnsetCurves.rate), size: 1024, range: 25...10_500, count: 44)
        sums = [Float](repeating: 0, count: bands.count * Spectra.lanes)
        levels = [Float](repeating: 0, count: bands.count * OnsetCurves.row)
        split = (bands.centres.firstIndex { $0 > 200 } ?? 0, bands.centres.firstIndex { $0 > 2500 } ?? 0)
        timbre = TimbreFrames(centres: bands.centres)
    }

    func feed(_ samples: UnsafeBufferPointer<Float>) { spectra.feed(samples) { take($0, $1) } }
    func finish() { spectra.finish { take($0, $1) } }

    private func take(_ power: UnsafePointer<Float>, _ count: Int) {
        let lanes = Spectra.lanes, lag = OnsetCurves.lag, row = OnsetCurves.row
        sums.withUnsafeMutableBufferPointer { bands.apply(power, $0.baseAddress!) }
        levels.withUnsafeMutableBufferPointer { levels in
            let levels = levels.baseAddress!
            for band in 0..<bands.count {
                let own = levels + band * row
                for window in 0..<lag { own[window] = own[lanes + window] }
            }
            sums.withUnsafeBufferPointer { fm_compress($0.baseAddress!, bands.count, 1e6, levels + lag, row) }
            timbre.take(sums, levels + lag, row: row, count: count)
            let edges = [0, split.middle, split.high, bands.count]
            for part in 0..<3 {
                rises.withUnsafeMutableBufferPointer {
                    fm_onset_rises(levels, bands.count, edges[part], edges[part + 1], $0.baseAddress! + part * lanes)
                }
            }
        }
        for window in 0..<count {
            let isFirst = frame < lag
            low.append(isFirst ? 0 : rises[window])
            middle.append(isFirst ? 0 : rises[lanes + window])
            high.append(isFirst ? 0 : rises[2 * lanes + window])
            frame += 1
        }
    }

    /// All onsets, each part by its number of bands.
    var total: [Float] {
        let scale = 1 / Float(bands.count)
        return low.indices.map { (low[$0] + middle[$0] + high[$0]) * scale }
    }
}
