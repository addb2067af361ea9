import CKernels
import Glibc

/// How much each of the twelve tones sounds, from the peaks of spectra of 0.74 s: each peak speaks for its own tone and,
/// less, for those of which it would be an overtone (E. Gómez, "Tonal description of polyphonic audio", 2006).
final class Chroma {
    private static let step = 4
    private static let rate = Double(OnsetCurves.rate) / Double(step)
    private static let size = 4096
    /// Parts of a semitone that tuning is found by.
    private static let parts = 10
    private static let range = 27.0..<100.0
    private static let tables = Spectra.Tables(size: Chroma.size)
    private let spectra = Spectra(Chroma.tables, hop: 2048)
    private var decimator: Decimator
    private static let bins = 20..<Chroma.size / 2 - 1
    /// Spectra's bins and one more on each side, a row for each window.
    private static let rowBins = (bins.lowerBound - 1)..<(bins.upperBound + 1)
    private static let row = (rowBins.count + 15) / 16 * 16
    private var rows = [Float](repeating: 0, count: Chroma.row * Spectra.lanes)
    private var largest = [Float](repeating: 0, count: Spectra.lanes)
    private var sums = [Float](repeating: 0, count: Spectra.lanes)
    /// The place of each bin on the keyboard, MIDI's numbers.
    private let pitches: [Float]
    /// Frames of 73 semitones times `parts`, added up.
    private var keys = [Double](repeating: 0, count: 73 * Chroma.parts)
    private var tonal = Moments()
    private(set) var frames = 0

    init() {
        let taps = 64, cut = 0.85 / Double(Chroma.step)
        var shape = (0..<taps).map { k -> Double in
            let x = Double(k) - Double(taps - 1) / 2
            let window = 0.54 - 0.46 * cos(2 * Double.pi * Double(k) / Double(taps - 1))
            return sin(Double.pi * cut * x) / (Double.pi * x) * window
        }
        let sum = shape.reduce(0, +)
        shape = shape.map { $0 / sum }
        decimator = Decimator(step: Chroma.step, filter: shape.map(Float.init))
        pitches = (0...Chroma.size / 2).map { bin in
            bin == 0 ? -100 : Float(69 + 12 * log2(Double(bin) * Chroma.rate / Double(Chroma.size) / 440))
        }
    }

    func feed(_ block: UnsafeBufferPointer<Float>) {
        decimator.feed(block) { spectra.feed($0) { take($0, $1) } }
    }

    func finish() {
        decimator.finish { spectra.feed($0) { take($0, $1) } }
        spectra.finish { take($0, $1) }
    }

    private func take(_ power: UnsafePointer<Float>, _ count: Int) {
        fm_window_rows(power, Chroma.rowBins.lowerBound, Chroma.rowBins.count, Chroma.row, &rows, &largest, &sums)
        rows.withUnsafeBufferPointer { rows in
            for window in 0..<count {
                take(rows.baseAddress! + window * Chroma.row, strongest: largest[window], sum: sums[window])
            }
        }
    }

    /// Adds the peaks of a spectrum that begins one bin before `bins`.
    private func take(_ power: UnsafePointer<Float>, strongest: Float, sum: Float) {
        guard strongest > 1e-9 else { return }
        frames += 1
        // Peaks above a floor that is far below the strongest.
        let floor = strongest * 1e-4
        var peaks = 0.0
        for place in 1...Chroma.bins.count {
            let here = power[place]
            guard here > floor else { continue }
            let below = power[place - 1], above = power[place + 1], bin = Chroma.rowBins.lowerBound + place
            guard here > below, here >= above else { continue }
            peaks += Double(here + below + above)
            // A parabola through the logarithms gives the place between bins.
            let l = logf(below + 1e-20), m = logf(here), r = logf(above + 1e-20)
            let bend = l - 2 * m + r
            let shift: Float = bend < -1e-6 ? min(max(0.5 * (l - r) / bend, -0.5), 0.5) : 0
            let pitch = Double(pitches[bin] + 17.3123405 * log1pf(shift / Float(bin)))
            add(pitch, Double((here / strongest).squareRoot()))
        }
        tonal.add(peaks / max(Double(sum), 1e-12))
    }

    private func add(_ pitch: Double, _ weight: Double) {
        guard pitch >= Chroma.range.lowerBound, pitch < Chroma.range.upperBound else { return }
        let index = Int(((pitch - Chroma.range.lowerBound) * Double(Chroma.parts)).rounded())
        if index < keys.count { keys[index] += weight }
    }

    /// How much of the power lies in peaks, 0 to 1.
    var tonality: Double { tonal.mean }

    /// How far the tuning is from 440 Hz, in semitones from -0.5 to 0.5, as most of the peaks have it.
    var tuning: Double {
        var x = 0.0, y = 0.0
        for (index, value) in keys.enumerated() {
            let angle = 2 * Double.pi * Double(index) / Double(Chroma.parts)
            x += value * cos(angle)
            y += value * sin(angle)
        }
        return x == 0 && y == 0 ? 0 : atan2(y, x) / (2 * Double.pi)
    }

    /// Tones from C, of all the keyboard and of its lowest two octaves, with overtones taken back.
    var tones: (all: [Double], bass: [Double]) {
        let tuning = tuning
        var semitones = [Double](repeating: 0, count: 73)
        for (index, value) in keys.enumerated() {
            let place = Double(index) / Double(Chroma.parts) - tuning
            let key = Int(place.rounded())
            if (0..<73).contains(key) { semitones[key] += value * (1 - abs(place - Double(key))) }
        }
        var all = [Double](repeating: 0, count: 12), bass = all
        for key in 0..<73 {
            let tone = (key + Int(Chroma.range.lowerBound)) % 12
            // Overtones 1 to 5 of tones below.
            for (interval, weight) in zip([0, 12, 19, 24, 28], [1, 0.5, 0.3, 0.2, 0.12]) {
                all[(tone + 120 - interval) % 12] += semitones[key] * weight
            }
            if key < 26 { bass[tone] += semitones[key] }
        }
        return (all, bass)
    }
}
