import CKernels
import Glibc
import SongSound
import Testing

/// Each beside the sum that it is short for.
struct SoundKernelTests {
    private func samples(_ count: Int) -> [Float] { (0..<count).map { Float(sin(Double($0 * $0 % 997))) } }

    @Test(arguments: [(2, 65, 1000), (4, 64, 513), (3, 100, 70), (8, 263, 16), (2, 2, 1), (4, 7, 600)])
    func fewerSamplesAreTheFilters(step: Int, taps: Int, count: Int) {
        let x = samples((count - 1) * step + taps), filter = samples(taps + 5).dropFirst(5).map { $0 / 8 }
        var y = [Float](repeating: .nan, count: count)
        fm_decimate(x, count, step, filter, taps, &y)
        for i in 0..<count {
            let expected = (0..<taps).reduce(0.0) { $0 + Double(x[i * step + $1] * filter[$1]) }
            #expect(abs(Double(y[i]) - expected) < 1e-4)
        }
    }

    @Test(arguments: [1, 15, 16, 63, 64, 100]) func correlationIsTheSum(count: Int) {
        let taps = 77, x = samples(count + taps - 1), filter = samples(taps)
        var y = [Float](repeating: .nan, count: count)
        fm_correlate(x, count, filter, taps, &y)
        for i in 0..<count {
            let expected = (0..<taps).reduce(0.0) { $0 + Double(x[i + $1] * filter[$1]) }
            #expect(abs(Double(y[i]) - expected) < 1e-3)
        }
    }

    @Test(arguments: [0, 1, 16, 37]) func channelsComeApartWithoutDamage(count: Int) {
        var pairs = samples(2 * count)
        for (place, value) in [(3, Float.nan), (8, .infinity), (21, -65), (50, 1e30)] where place < pairs.count {
            pairs[place] = value
        }
        var left = [Float](repeating: -9, count: count + 1), right = left, mono = left, peak: Float = 0.25
        fm_split_channels(pairs, count, &left, &right, &mono, &peak)
        var highest: Float = 0.25
        for i in 0..<count {
            let isGood = abs(pairs[2 * i]) <= 64 && abs(pairs[2 * i + 1]) <= 64
            let l = isGood ? pairs[2 * i] : 0, r = isGood ? pairs[2 * i + 1] : 0
            #expect(left[i] == l && right[i] == r && abs(mono[i] - (l + r) * Float(0.5.squareRoot())) < 1e-6)
            highest = max(highest, abs(l), abs(r))
        }
        #expect(peak == highest && left[count] == -9 && right[count] == -9 && mono[count] == -9)
    }

    @Test func risesAreAboveTheNeighbours() {
        let lanes = Int(FM_SPECTRUM_LANES), lag = Int(FM_ONSET_LAG), row = lanes + lag, bands = 5
        let levels = samples(bands * row).map { abs($0) }
        var rises = [Float](repeating: .nan, count: lanes)
        fm_onset_rises(levels, bands, 1, bands, &rises)
        for window in 0..<lanes {
            let expected = (1..<bands).reduce(Float(0)) { sum, band in
                let before = (max(band - 1, 0)...min(band + 1, bands - 1)).map { levels[$0 * row + window] }.max()!
                return sum + max(levels[band * row + lag + window] - before, 0)
            }
            #expect(abs(rises[window] - expected) < 1e-5)
        }
    }

    /// 44,100 samples a second become 22,050 here, 48,000 in FFmpeg.
    @Test func soundsAlikeAtAnyRate() throws {
        func sound(_ rate: Int) throws -> HeardSong {
            try MadeSound(rate: rate, seconds: 20) { time in
                let since = time.truncatingRemainder(dividingBy: 0.5)
                // What is above 11 kHz must not come back below.
                return 0.2 * sin(time * 2764.6) * exp(-since * 4) + 0.2 * sin(time * 1382.3)
                    + 0.3 * sin(time * 2 * Double.pi * 15_000) * exp(-since * 9)
            }.heard()
        }
        let own = try sound(44_100), others = try sound(48_000)
        #expect(abs(try #require(own.tempo).tempo / (try #require(others.tempo).tempo) - 1) < 0.002)
        #expect(own.key?.key == others.key?.key)
        for (index, name) in HeardSong.featureNames.enumerated() {
            #expect(abs(own.features[index] - others.features[index]) < 0.05, "\(name)")
        }
    }
}
