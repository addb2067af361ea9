import CKernels
import Glibc

/// What the bands tell of the colour of a sound, frame by frame; sums only, so that memory stays flat but for the
/// levels.
struct TimbreFrames {
    /// Of the bands' centres, in octaves above 100 Hz.
    private let places: [Float]
    /// The bands that voices are in.
    private let voices: Range<Int>
    private var moments = [Float](repeating: 0, count: 4 * Spectra.lanes)
    private var frames = 0
    private var brightness = Moments(), spread = Moments(), flatness = Moments(), flux = Moments()
    private var bandSums: [Double]
    private var bandSquares: [Double]
    private var lastLevel: Float = 0
    /// The mean level of all bands, in units of ten decibels.
    private(set) var levels: [Float] = []
    private var voiced: [Float] = []

    init(centres: [Double]) {
        places = centres.map { Float(log2($0 / 100)) }
        voices = (places.firstIndex { $0 > 1.6 } ?? 0)..<(places.firstIndex { $0 >= 5.1 } ?? places.count)
        bandSums = Array(repeating: 0, count: centres.count)
        bandSquares = bandSums
    }

    /// - Parameters:
    ///   - power: of bands, `Spectra.lanes` windows each.
    ///   - loud: the same, compressed; rows of bands are `row` apart.
    ///   - count: how many windows there are.
    mutating func take(_ power: [Float], _ loud: UnsafePointer<Float>, row: Int, count: Int) {
        let lanes = Spectra.lanes
        // The loudness of a band rather than its power.
        fm_level_moments(loud, row, places, places.count, &moments)
        for band in places.indices {
            var sum: Float = 0, squares: Float = 0
            for window in 0..<count {
                let level = loud[band * row + window]
                sum += level
                squares += level * level
            }
            bandSums[band] += Double(sum)
            bandSquares[band] += Double(squares)
        }
        for window in 0..<count {
            let voice = voices.reduce(Float(0)) { $0 + power[$1 * lanes + window] }
            let sum = moments[window], total = moments[lanes + window]
            frames += 1
            let mean = sum / Float(places.count)
            levels.append(mean)
            voiced.append(voice)
            flux.add(Double(abs(mean - lastLevel)))
            lastLevel = mean
            guard total > 1e-3 else { continue }
            let place = moments[2 * lanes + window] / total, squared = moments[3 * lanes + window] / total
            brightness.add(Double(place))
            spread.add(Double(max(squared - place * place, 0).squareRoot()))
            flatness.add(Double(mean * mean / (total / Float(places.count))))
        }
    }

    /// The centre of the loudness of bands, in octaves above 100 Hz: its mean and how much it changes.
    var brightnessMean: Double { brightness.mean }
    var brightnessDeviation: Double { brightness.deviation }
    var spreadMean: Double { spread.mean }
    var flatnessMean: Double { flatness.mean }
    var fluxMean: Double { flux.mean }

    /// Means of the compressed bands, and how much each changes.
    var bandMeans: [Double] { bandSums.map { $0 / Double(max(frames, 1)) } }
    var bandDeviations: [Double] {
        zip(bandSums, bandSquares).map { sum, square in
            let mean = sum / Double(max(frames, 1))
            return max(square / Double(max(frames, 1)) - mean * mean, 0).squareRoot()
        }
    }

    /// How much of the change of level is as slow as syllables (2 to 8 Hz), and how often it is nearly still: both are
    /// much where somebody speaks alone.
    var speech: (modulation: Double, pauses: Double) {
        let step = OnsetCurves.framesPerSecond
        guard levels.count > Int(step * 2) else { return (0, 0) }
        let strong = voiced.sorted()[voiced.count * 9 / 10]
        let pauses = voiced.filter { $0 < strong * 0.003 }.count
        // Means over 1/16 s less those over 1/2 s.
        func smooth(_ width: Int) -> [Float] {
            var sum: Float = 0, result: [Float] = []
            for (index, level) in levels.enumerated() {
                sum += level
                if index >= width { sum -= levels[index - width] }
                result.append(sum / Float(min(index + 1, width)))
            }
            return result
        }
        let fast = smooth(Int(step / 16)), slow = smooth(Int(step / 2))
        var energy = 0.0, mean = 0.0
        for i in levels.indices {
            let difference = Double(fast[i] - slow[max(min(i + Int(step / 4), slow.count - 1), 0)])
            energy += difference * difference
            mean += Double(levels[i])
        }
        let count = Double(levels.count)
        return ((energy / count).squareRoot() / max(mean / count, 0.05), Double(pauses) / count)
    }
}

/// Mean and deviation of numbers that come one by one.
struct Moments {
    private(set) var count = 0.0
    private var sum = 0.0
    private var squares = 0.0

    mutating func add(_ value: Double) {
        count += 1
        sum += value
        squares += value * value
    }

    var mean: Double { count > 0 ? sum / count : 0 }
    var deviation: Double { count > 0 ? max(squares / count - mean * mean, 0).squareRoot() : 0 }
}
