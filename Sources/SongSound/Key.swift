import Glibc

/// A key: its tonic and mode.
public struct Key: Sendable, Hashable, CustomStringConvertible {
    public enum Mode: String, Sendable, CaseIterable { case major, minor }

    /// Semitones above C.
    public var tonic: Int
    public var mode: Mode

    public init(tonic: Int, mode: Mode) {
        self.tonic = ((tonic % 12) + 12) % 12
        self.mode = mode
    }

    /// "A minor", "E flat major".
    public var description: String { Key.names[tonic] + " " + mode.rawValue }

    private static let names = [
        "C", "C sharp", "D", "E flat", "E", "F", "F sharp", "G", "A flat", "A", "B flat", "B",
    ]
}

/// A key with how certain it is.
public struct KeyEstimate: Sendable, Hashable {
    public var key: Key
    /// 0 to 1: how likely it is right, as measured on songs whose key is known.
    public var confidence: Double
    /// -1 surely minor ... 1 surely major, whatever the tonic.
    public var majorness: Double
}

/// Compares tones with what keys usually have.
enum KeyProfiles {
    /// `nil` where nothing sounds that has a pitch.
    static func estimate(all: [Double], bass: [Double]) -> KeyEstimate? {
        let scores = scores(all: all, bass: bass)
        guard let best = scores.indices.max(by: { scores[$0] < scores[$1] }), scores[best].isFinite, all.max()! > 0
        else { return nil }
        let shares = softmax(scores.map { $0 * sharpness })
        let major = shares[..<12].reduce(0, +)
        return KeyEstimate(
            key: Key(tonic: best % 12, mode: best < 12 ? .major : .minor), confidence: shares[best],
            majorness: 2 * major - 1)
    }

    /// For the twelve major keys, then the minor ones.
    static func scores(all: [Double], bass: [Double]) -> [Double] {
        let all = normalised(all.map { $0.squareRoot() }), bass = normalised(bass.map { $0.squareRoot() })
        return (0..<24).map { index in
            let tonic = index % 12, mode = index / 12
            var sum = 0.0
            for tone in 0..<12 {
                sum += all[(tone + tonic) % 12] * profiles[mode][tone] + bass[(tone + tonic) % 12] * bassProfiles[mode][tone]
            }
            return sum
        }
    }

    private static func softmax(_ values: [Double]) -> [Double] {
        let top = values.max() ?? 0
        let powers = values.map { exp($0 - top) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }

    /// Mean 0, length 1.
    static func normalised(_ values: [Double]) -> [Double] {
        let mean = values.reduce(0, +) / Double(values.count)
        let length = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +).squareRoot()
        return values.map { length > 1e-12 ? ($0 - mean) / length : 0 }
    }

    static let sharpness = 12.0

    /// J. Albrecht, D. Shanahan, "The use of large corpora to train a new type of key-finding algorithm", 2013.
    private static let profiles: [[Double]] = [
        [0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081],
        [0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052],
    ].map(normalised)

    private static let bassProfiles: [[Double]] = [
        [1.0, 0, 0.25, 0, 0.2, 0.4, 0, 0.6, 0, 0.25, 0, 0.0],
        [1.0, 0, 0.1, 0.25, 0, 0.4, 0, 0.6, 0.25, 0, 0.2, 0],
    ].map { normalised($0).map { $0 * 0.25 } }
}
