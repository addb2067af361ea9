import Emotions

/// A song while it is ranked.
struct Candidate: Equatable {
    var id: Int
    /// The distance from its mood to the nearest one looked for, 0 to 1.
    var distance: Double
    /// What songs are ranked by, smallest first: the distance with all that is added and taken off.
    var score: Double
    /// 0 for languages asked for (or any, if none were), 1 unknown, 2 others.
    var languageTier: Int
    /// Whether its mood is rather the contrary of the one looked for.
    var isOpposite = false
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
    /// Without a label, and the least with one.
    private let noLabel: Double, leastLabel: Double
    /// What languages cost; others the map's `foreignLanguage`. `nil` where none costs anything.
    private let languages: [String: Double]?
    /// What is liked beside the mood.
    private let tastes: [Taste]
    /// No song gets more of them: per box, and wherever it lies.
    private let mostTasteInBoxes: [Double], mostTaste: Double

    /// - Parameters:
    ///   - languages: what songs in each cost; others cost `foreignLanguage`. None does if `nil`.
    ///   - tastes: what is taken off.
    init(_ target: MoodTarget, map: MoodMap, languages: [String: Double]?, tastes: [Taste]) {
        self.target = target
        self.languages = languages
        self.tastes = tastes
        mostTaste = tastes.reduce(0) { $0 + $1.most() }
        mostTasteInBoxes = (0..<MoodGrid.boxesPerColumn).map { box in tastes.reduce(0) { $0 + $1.most(box: box) } }
        weights = map.weights
        ranking = map.ranking
        doubt = (1 - ranking.estimateTrust) * ranking.estimateError * ranking.estimateError
        noLabel = target.labelShare * map.ranking.noLabel
        leastLabel = target.labelShare * map.ranking.otherLabel * max(0, 0.9 - (target.labels.max() ?? 0))
    }

    /// The candidate that a row of the index is.
    func candidate(_ id: Int, _ place: CellPlace, tier: Int, adjustment: Double) -> Candidate {
        let mood = place.mood
        let (distance, point) = distance(to: mood, estimated: place.estimated)
        let label = labelCost(place.emotions)
        var score = distance + label + languageCost(place.language, tier: tier) + adjustment
        // Who says what songs are about says what they suit too; without that the cells could not be judged.
        if place.emotions == 0 || !place.traits.isHeartening { score += target.heartless }
        for taste in tastes { score -= taste.bonus(place) }
        let side = (mood.valence - 0.5) * (point.valence - 0.5)
        let isOpposite =
            side < 0 && abs(mood.valence - point.valence) >= 0.3
            || abs(mood.energy - point.energy) >= 0.5
        return Candidate(
            id: id, distance: distance, score: score, languageTier: tier,
            isOpposite: isOpposite && (place.emotions == 0 || label >= target.labelShare * ranking.otherLabel * 0.9))
    }

    /// To the nearest of the target's points: the root of the weighted mean of squared differences. An estimate counts
    /// with less weight, and as if it were off by some for the rest.
    func distance(to mood: MoodPoint, estimated: MoodAxes) -> (Double, MoodPoint) {
        var best = Double.infinity, nearest = mood
        for point in target.points {
            var sum = 0.0
            for axis in MoodAxis.allCases {
                let difference = axis == .tempo ? tempoDifference(mood.tempo, point.tempo) : mood[axis] - point[axis]
                let square = difference * difference
                let cost = estimated.contains(axis) ? ranking.estimateTrust * square + doubt : square
                sum += weights[axis.rawValue] * cost
            }
            if sum < best { (best, nearest) = (sum, point) }
        }
        return (best.squareRoot(), nearest)
    }

    /// Half and double tempo feel the same: which one a program hears is chance.
    private func tempoDifference(_ tempo: Double, _ wanted: Double) -> Double {
        let nearest = min(abs(tempo - wanted), abs(tempo / 2 - wanted), abs(tempo * 2 - wanted))
        return min(1, nearest / ranking.tempoSpan)
    }

    /// - Parameter emotions: the raw value of an `EmotionSet`.
    func labelCost(_ emotions: StoredInt) -> Double {
        if emotions == 0 { return noLabel }
        var best = 0.0, also = 0.0, place = 0
        var order = emotions >> Emotion.allCases.count
        func look(_ emotion: Int) {
            let value = target.labels[emotion] * (1 - ranking.laterLabel * Double(min(place, 3)))
            if value > best { (best, also) = (value, max(also, best)) } else { also = max(also, value) }
            place += 1
        }
        if order == 0 {
            // Stored without their order.
            for emotion in Emotion.allCases where emotions & EmotionSet.bit(emotion) != 0 {
                look(emotion.rawValue)
                place = 1
            }
        } else {
            while order & 15 != 0 {
                look(Int(order & 15) - 1)
                order >>= 4
            }
        }
        return target.labelShare * ranking.otherLabel * max(0, 1 - best - (best < 1 ? 0.1 * also : 0))
    }

    func languageCost(_ language: String, tier: Int) -> Double {
        if tier > 0 { return Double(tier) * SongScore.tierCost }
        guard let languages, !language.isEmpty else { return 0 }
        return languages[language] ?? ranking.foreignLanguage
    }

    /// A square that no song with these gaps undercuts.
    private func square(_ gap: Double, _ axis: MoodAxis, _ kind: MoodGrid.Kind) -> Double {
        let square = gap * gap
        let least = kind.hasEstimates ? min(square, ranking.estimateTrust * square + doubt) : square
        return weights[axis.rawValue] * least
    }

    /// A score that no song of a column undercuts, or none of one box in it.
    func leastScore(column: Int, box: Int? = nil, _ kind: MoodGrid.Kind, tier: Int) -> Double {
        var best = Double.infinity
        for point in target.points {
            let gaps = MoodGrid.gaps(column: column, point)
            var sum = square(gaps.valence, .valence, kind) + square(gaps.energy, .energy, kind)
            if let box {
                let gaps = MoodGrid.gaps(box: box, point)
                sum += square(gaps.danceability, .danceability, kind) + square(gaps.acousticness, .acousticness, kind)
            }
            best = min(best, sum)
        }
        // A little less, for what rounding may do.
        let label = kind.isLabelled ? leastLabel : noLabel + target.heartless
        return best.squareRoot() + label + leastScore(tier: tier, box: box)
    }

    /// A score that no song of a tier undercuts, or none of one box in its columns.
    func leastScore(tier: Int, box: Int? = nil) -> Double {
        Double(tier) * SongScore.tierCost - (box.map { mostTasteInBoxes[$0] } ?? mostTaste) - 1e-9
    }
}
