import Emotions

/// A song while it is ranked.
struct Candidate: Equatable {
    var id: Int
    /// The distance from its mood to the one looked for, 0 to 1.
    var distance: Double
    /// What songs are ranked by, smallest first: the distance with all that is added and taken off.
    var score: Double
    /// 0 for languages asked for (or any, if none were), 1 unknown, 2 others.
    var languageTier: Int
}

/// How well songs suit a target.
struct SongScore {
    /// Added per tier of languages, more than all else can add up to: a tier comes when those before it run out.
    static let tierCost = 10.0

    private let target: MoodTarget
    private let weights: [Double]
    private let ranking: MoodMap.Ranking
    /// What a wrong estimate costs per unit of weight.
    private let doubt: Double
    /// The cost of labels by the bits of an `EmotionSet`.
    private let labelCosts: [Double]
    private let usualLanguages: Set<String>

    /// - Parameter usualLanguages: other ones cost a little; none does if empty.
    init(_ target: MoodTarget, map: MoodMap, usualLanguages: Set<String>) {
        self.target = target
        self.usualLanguages = usualLanguages
        weights = map.weights
        ranking = map.ranking
        doubt = (1 - ranking.estimateTrust) * ranking.estimateError * ranking.estimateError
        labelCosts = (0..<EmotionSet.count).map { bits in
            let set = EmotionSet(rawValue: bits)
            if set.isEmpty { return target.labelShare * map.ranking.noLabel }
            let suits = Emotion.allCases.reduce(0) { $0 + (set.contains($1) ? target.labels[$1.rawValue] : 0) }
            return target.labelShare * map.ranking.otherLabel * max(0, 1 - suits)
        }
    }

    /// The root of the weighted mean of squared differences. An estimate counts with less weight, and as if it were
    /// off by some for the rest.
    func distance(to mood: MoodPoint, estimated: MoodAxes) -> Double {
        var sum = 0.0
        for axis in MoodAxis.allCases {
            let difference = axis == .tempo ? tempoDifference(mood.tempo) : mood[axis] - target.point[axis]
            let square = difference * difference
            sum += weights[axis.rawValue] * (estimated.contains(axis) ? ranking.estimateTrust * square + doubt : square)
        }
        return sum.squareRoot()
    }

    /// Half and double tempo feel the same: which one a program hears is chance.
    private func tempoDifference(_ tempo: Double) -> Double {
        let wanted = target.point.tempo
        let nearest = min(abs(tempo - wanted), abs(tempo / 2 - wanted), abs(tempo * 2 - wanted))
        return min(1, nearest / ranking.tempoSpan)
    }

    func labelCost(_ emotions: EmotionSet) -> Double { labelCosts[emotions.rawValue] }

    func languageCost(_ language: String, tier: Int) -> Double {
        if tier > 0 { return Double(tier) * SongScore.tierCost }
        return usualLanguages.isEmpty || language.isEmpty || usualLanguages.contains(language)
            ? 0 : ranking.foreignLanguage
    }

    /// A square that no song with these gaps undercuts.
    private func square(_ gap: Double, _ axis: MoodAxis, _ kind: MoodGrid.Kind) -> Double {
        let square = gap * gap
        let least = kind.hasEstimates ? min(square, ranking.estimateTrust * square + doubt) : square
        return weights[axis.rawValue] * least
    }

    /// What the distance of no song in a column undercuts, squared.
    func leastSquare(column: Int, _ kind: MoodGrid.Kind) -> Double {
        let gaps = MoodGrid.gaps(column: column, target.point)
        return square(gaps.valence, .valence, kind) + square(gaps.energy, .energy, kind)
    }

    /// What a box adds to that.
    func leastSquare(box: Int, _ kind: MoodGrid.Kind) -> Double {
        let gaps = MoodGrid.gaps(box: box, target.point)
        return square(gaps.danceability, .danceability, kind) + square(gaps.acousticness, .acousticness, kind)
    }

    /// A score that no song undercuts whose squared distance is at least `leastSquare`.
    func leastScore(_ leastSquare: Double, _ kind: MoodGrid.Kind, tier: Int) -> Double {
        let label = kind.isLabelled ? 0 : labelCosts[0]
        // A little less, for what rounding may do.
        return leastSquare.squareRoot() + label + leastScore(tier: tier)
    }

    /// A score that no song of a tier undercuts.
    func leastScore(tier: Int) -> Double { Double(tier) * SongScore.tierCost - 1e-9 }
}
