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
        let shares = softmax(scores)
        let major = shares[..<12].reduce(0, +)
        return KeyEstimate(
            key: Key(tonic: best % 12, mode: best < 12 ? .major : .minor), confidence: shares[best],
            majorness: 2 * major - 1)
    }

    /// For the twelve major keys, then the minor ones: logarithms of how likely they are, but for a constant.
    static func scores(all: [Double], bass: [Double]) -> [Double] {
        let all = normalised(all.map { $0.squareRoot() }), bass = normalised(bass.map { $0.squareRoot() })
        return (0..<24).map { index in
            let tonic = index % 12, mode = index / 12
            var sum = 0.0
            for tone in 0..<12 {
                let place = (tone + tonic) % 12
                sum += all[place] * profiles[mode][tone] + bass[place] * bassProfiles[mode][tone]
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

    /// Begun from J. Albrecht and D. Shanahan's ("The use of large corpora to train a new type of key-finding algorithm",
    /// 2013) and fitted on composed songs (`Benchmarks/Songs`), as are those of the lowest two octaves.
    private static let profiles: [[Double]] = [
        [
            5.992, -2.895, 0.806, -2.847, 2.102, 0.440, -2.535, 5.046, -2.728, -0.335, -3.063, 0.017,
        ],
        [
            5.962, -3.410, 0.564, 2.214, -2.959, 0.812, -3.105, 5.425, -0.250, -3.017, -0.818, -1.420,
        ],
    ]

    private static let bassProfiles: [[Double]] = [
        [
            2.029, -0.393, -0.140, -0.231, -0.111, 0.643, -0.461, 0.840, -0.674, -0.039, -0.474, -0.990,
        ],
        [
            2.466, -0.848, -0.513, 0.433, -0.710, 0.316, -0.694, 0.561, 0.243, -0.748, -0.021, -0.485,
        ],
    ]
}
