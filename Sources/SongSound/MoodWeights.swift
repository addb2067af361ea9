import Glibc

/// Valence, energy, acousticness and speech as weighted sums of what is heard.
///
/// Valence and energy were fitted on 151 pieces of free game music whose moods were written down from their titles;
/// acousticness on composed songs whose instruments are known; speech on synthetic voices beside music. The errors are
/// those of cross-validation (`Benchmarks/Songs`).
enum MoodWeights {
    static func valence(_ features: SongFeatures) -> HeardSong.Estimate {
        guess(sum(features, valence) + 0.7009, error: 0.21)
    }

    static func energy(_ features: SongFeatures) -> HeardSong.Estimate {
        guess(sum(features, energy) + 0.1607, error: 0.18)
    }

    static func acousticness(_ features: SongFeatures) -> HeardSong.Estimate {
        guess(share(sum(features, acousticness) + 11.2351), error: 0.34)
    }

    /// - Parameters:
    ///   - modulation: how much the level changes as fast as syllables come.
    ///   - pauses: the share of time that is nearly still.
    ///   - pulse: how certain a tempo is.
    ///   - tonality: the share of power in peaks.
    ///   - changes: how much the bands change.
    static func speech(modulation: Double, pauses: Double, pulse: Double, tonality: Double, changes: Double) -> Double {
        share(9.051 + 4.581 * modulation + 7.824 * pauses - 6.227 * pulse - 17.123 * tonality + 4.693 * changes)
    }

    private static func sum(_ features: SongFeatures, _ weights: [Double]) -> Double {
        zip(weights, features.values).reduce(0) { $0 + $1.0 * $1.1 }
    }

    private static func guess(_ value: Double, error: Double) -> HeardSong.Estimate {
        HeardSong.Estimate(value: min(max(value, 0), 1), error: error)
    }

    private static func share(_ score: Double) -> Double { 1 / (1 + exp(-score)) }

    // In the order of `SongFeatures.names`.

    private static let valence: [Double] = [
        0, -0.0644, 0, 0.0816, 0.0167, 0, 0, 0.0250, 0.0360, 0.0865, 0, 0, 0, 0.0536, -0.3304, 0.0226, -0.0237,
        0, 0, 0,
    ]

    private static let energy: [Double] = [
        0.1383, 0, 0, 0.1081, 0, 0, 0, 0.0047, 0.1169, 0, 0, 0.1300, 0.2060, 0, -0.0749, 0, 0, 0, 0, 0,
    ]

    private static let acousticness: [Double] = [
        0, 2.2916, -1.5445, 0, -0.9759, -6.7325, -3.2429, 0, 0, -2.2705, 0, 2.0487, -1.6847, -3.9506, -3.9634,
        0, -0.2639, 0.6903, -2.6767, 0,
    ]
}
