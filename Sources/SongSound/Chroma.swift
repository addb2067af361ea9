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
    private let spectra = Spectra(size: Chroma.size, hop: 2048)
    private let filter: [Float]
    private var samples: [Float]
    private var filled: Int
    private var low: [Float]
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
        filter = shape.map(Float.init)
        samples = [Float](repeating: 0, count: 8192 + taps)
        filled = taps
        low = [Float](repeating: 0, count: 8192 / Chroma.step)
        pitches = (0...Chroma.size / 2).map { bin in
            bin == 0 ? -100 : Float(69 + 12 * log2(Double(bin) * Chroma.rate / Double(Chroma.size) / 440))
        }
    }

    func feed(_ block: UnsafeBufferPointer<Float>) {
        var rest = block[...]
        while !rest.isEmpty {
            let part = rest.prefix(samples.count - filled)
            samples.withUnsafeMutableBufferPointer {
                _ = UnsafeMutableBufferPointer(rebasing: $0[filled...]).update(fromContentsOf: part)
            }
            filled += part.count
            rest = rest.dropFirst(part.count)
            if filled == samples.count { decimate() }
        }
    }

    func finish() {
        decimate()
        spectra.finish { take($0, $1) }
    }

    private func decimate() {
        let count = max((filled - filter.count) / Chroma.step, 0)
        guard count > 0 else { return }
        low.withUnsafeMutableBufferPointer {
            fm_decimate(samples, count, Chroma.step, filter, filter.count, $0.baseAddress!)
        }
        let used = count * Chroma.step
        filled -= used
        samples.withUnsafeMutableBufferPointer { $0.baseAddress!.update(from: $0.baseAddress! + used, count: filled) }
        low.withUnsafeBufferPointer { low in
            spectra.feed(UnsafeBufferPointer(rebasing: low[..<count])) { take($0, $1) }
        }
    }

    private func take(_ power: UnsafePointer<Float>, _ count: Int) {
        let lanes = Spectra.lanes
        for window in 0..<count {
            // Peaks above a floor that is far below the strongest.
            var strongest: Float = 0
            for bin in 20..<Chroma.size / 2 - 1 { strongest = max(strongest, power[bin * lanes + window]) }
            guard strongest > 1e-9 else { continue }
            frames += 1
            let floor = strongest * 1e-4
            var frame = (sum: 0.0, peaks: 0.0)
            for bin in 20..<Chroma.size / 2 - 1 {
                let here = power[bin * lanes + window]
                frame.sum += Double(here)
                guard here > floor else { continue }
                let below = power[(bin - 1) * lanes + window], above = power[(bin + 1) * lanes + window]
                guard here > below, here >= above else { continue }
                frame.peaks += Double(here + below + above)
                // A parabola through the logarithms gives the place between bins.
                let l = logf(below + 1e-20), m = logf(here), r = logf(above + 1e-20)
                let bend = l - 2 * m + r
                let shift: Float = bend < -1e-6 ? min(max(0.5 * (l - r) / bend, -0.5), 0.5) : 0
                let pitch = Double(pitches[bin] + 17.3123405 * log1pf(shift / Float(bin)))
                add(pitch, Double((here / strongest).squareRoot()))
            }
            tonal.add(frame.peaks / max(frame.sum, 1e-12))
        }
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
