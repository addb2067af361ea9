import Glibc

/// What the bands tell of the colour of a sound, frame by frame; sums only, so that memory stays flat but for the
/// levels.
struct TimbreFrames {
    private let centres: [Double]
    /// In octaves above 100 Hz.
    private let places: [Float]
    private var frames = 0
    private var brightness = Moments(), spread = Moments(), flatness = Moments(), flux = Moments()
    private var bandSums: [Double]
    private var bandSquares: [Double]
    private var lastLevel: Float = 0
    /// The mean level of all bands, in units of ten decibels.
    private(set) var levels: [Float] = []
    private var voiced: [Float] = []

    init(centres: [Double]) {
        self.centres = centres
        places = centres.map { Float(log2($0 / 100)) }
        bandSums = Array(repeating: 0, count: centres.count)
        bandSquares = bandSums
    }

    /// `power` and its compressed form for `count` windows.
    mutating func take(_ power: [Float], _ logs: [Float], lanes: Int, count: Int) {
        power.withUnsafeBufferPointer { power in
            logs.withUnsafeBufferPointer { logs in
                for window in 0..<count { take(power, logs, lanes, window) }
            }
        }
    }

    private mutating func take(
        _ power: UnsafeBufferPointer<Float>, _ logs: UnsafeBufferPointer<Float>, _ lanes: Int, _ window: Int
    ) {
        var total: Float = 0, weighted: Float = 0, squared: Float = 0, logSum: Float = 0, voice: Float = 0
        for band in places.indices {
            let value = power[band * lanes + window], level = logs[band * lanes + window]
            // The loudness of a band rather than its power.
            let place = places[band], weight = level * level
            total += weight
            weighted += weight * place
            squared += weight * place * place
            logSum += level
            if place > 1.6, place < 5.1 { voice += value }
            bandSums[band] += Double(level)
            bandSquares[band] += Double(level * level)
        }
        frames += 1
        let mean = logSum / Float(centres.count)
        levels.append(mean)
        voiced.append(voice)
        flux.add(Double(abs(mean - lastLevel)))
        lastLevel = mean
        guard total > 1e-3 else { return }
        let place = weighted / total
        brightness.add(Double(place))
        spread.add(Double(max(squared / total - place * place, 0).squareRoot()))
        flatness.add(Double(mean * mean / (total / Float(centres.count))))
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
