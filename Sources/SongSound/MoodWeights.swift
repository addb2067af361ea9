/// Valence, energy and acousticness as weighted sums of what is heard.
enum MoodWeights {
    static func valence(_ features: SongFeatures) -> SongSound.Estimate { estimate(features, [], 0.5, error: 0.2) }
    static func energy(_ features: SongFeatures) -> SongSound.Estimate { estimate(features, [], 0.5, error: 0.2) }
    static func acousticness(_ features: SongFeatures) -> SongSound.Estimate { estimate(features, [], 0.5, error: 0.3) }

    private static func estimate(
        _ features: SongFeatures, _ weights: [Double], _ bias: Double, error: Double
    ) -> SongSound.Estimate {
        var sum = bias
        for (weight, value) in zip(weights, features.values) { sum += weight * value }
        return SongSound.Estimate(value: min(max(sum, 0), 1), error: error)
    }
}

/// Whether somebody speaks: levels that change with syllables, pauses, no pulse.
enum SpeechWeights {
    static func score(_ modulation: Double, _ pauses: Double, _ pulse: Double) -> Double {
        8 * (modulation - 0.45) + 6 * (pauses - 0.2) - 4 * (pulse - 0.4)
    }
}
