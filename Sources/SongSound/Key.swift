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
            6.156, -3.433, 0.867, -2.849, 2.568, 0.267, -2.631, 5.637, -2.811, -0.431, -3.596, 0.256,
        ],
        [
            6.090, -4.108, 0.795, 2.568, -3.059, 0.452, -3.362, 5.816, 0.058, -3.049, -0.801, -1.400,
        ],
    ]

    private static let bassProfiles: [[Double]] = [
        [
            1.697, -0.879, -0.165, -0.147, -0.184, 0.441, -0.403, 0.824, -0.377, 0.331, 0.465, -1.604,
        ],
        [
            2.766, -1.628, -0.439, 0.596, -1.087, 0.280, -0.844, 0.759, 0.373, -0.714, 0.310, -0.371,
        ],
    ]
}
