/// What somebody likes beside a mood: genres, decades, languages, how songs sound. Made of songs with weights; a single
/// song makes what is like it.
struct Taste {
    /// How much each part counts at most, in distance.
    struct Weights {
        var genre: Double
        var decade: Double
        var language: Double
        var sound: Double

        func scaled(by factor: Double) -> Weights {
            Weights(
                genre: genre * factor, decade: decade * factor, language: language * factor, sound: sound * factor)
        }
    }

    /// A song that says something about a taste.
    struct Example {
        /// Its number, if it is in the catalogue.
        var song: Int?
        var place: CellPlace
        /// 1 for a liked song, less for one that was only played, negative for a disliked one.
        var weight: Double
    }

    private let weights: Weights
    /// Per family of genres, of length 1.
    private var families = Array(repeating: 0.0, count: GenreFamilies.count)
    /// Per decade, as `SongTraits` numbers them, -1 to 1.
    private var decades = Array(repeating: 0.0, count: 16)
    private var languages: [String: Double] = [:]
    private var sound: MoodPoint?

    /// - Parameter doubt: how many songs it takes for half of the weights to count; 0 for a single song.
    init?(_ examples: [Example], weights: Weights, doubt: Double) {
        let total = examples.reduce(0) { $0 + abs($1.weight) }
        guard total > 0 else { return nil }
        let trust = total / (total + doubt)
        self.weights = weights.scaled(by: trust)
        var likes = 0.0, center = MoodPoint(valence: 0, energy: 0, danceability: 0, acousticness: 0, tempo: 0)
        for example in examples {
            let traits = example.place.traits, weight = example.weight
            for (index, value) in Taste.direction(traits.families) { families[index] += weight * value }
            if let decade = traits.decade {
                for number in 1..<16 {
                    let gap = Double(abs(1890 + number * 10 - decade)) / 10
                    decades[number] += weight / total * max(0, 1 - gap / 3)
                }
            }
            if !example.place.language.isEmpty { languages[example.place.language, default: 0] += weight / total }
            if weight > 0 {
                likes += weight
                for axis in MoodAxis.allCases { center[axis] += weight * example.place.mood[axis] }
            }
        }
        let length = families.reduce(0) { $0 + $1 * $1 }.squareRoot()
        // Likes and dislikes of one genre may have cancelled each other out.
        if length > 0 {
            let certainty = min(1, length / total * 2)
            for index in families.indices { families[index] *= certainty / length }
        }
        if likes > 0 {
            for axis in MoodAxis.allCases { center[axis] /= likes }
            sound = center
        }
    }

    /// What is taken off the distance of a song; negative for what is disliked.
    func bonus(_ place: CellPlace) -> Double {
        let traits = place.traits
        var result = weights.decade * decades[Int(traits.rawValue & 15)]
        for (index, value) in Taste.direction(traits.families) { result += weights.genre * families[index] * value }
        if let language = languages[place.language] { result += weights.language * language }
        if let sound {
            let mood = place.mood
            let gap = max(
                abs(mood.acousticness - sound.acousticness), abs(mood.danceability - sound.danceability))
            result += weights.sound * max(0, 1 - gap / 0.4)
        }
        return result
    }

    /// No bonus is larger: of a song in one of the boxes into which cells of mood are cut, or of any.
    func most(box: Int? = nil) -> Double {
        // Along a direction of length 1 that points to what is liked.
        let liked = families.reduce(0) { $0 + max(0, $1) * max(0, $1) }.squareRoot()
        var result =
            weights.genre * liked + weights.decade * max(0, decades.max() ?? 0)
            + weights.language * max(0, languages.values.max() ?? 0)
        if let sound {
            let gaps = box.map { MoodGrid.gaps(box: $0, sound) } ?? (danceability: 0, acousticness: 0)
            result += weights.sound * max(0, 1 - max(gaps.danceability, gaps.acousticness) / 0.4)
        }
        return result
    }

    /// Whether songs of a family are liked.
    func likes(_ family: Int) -> Bool { families[family] > 0.3 && weights.genre > 0.01 }

    /// Families as a direction of length 1. Pop and rock say little: there is some of them everywhere.
    private static func direction(_ families: GenreFamilies) -> [(Int, Double)] {
        if families.isEmpty { return [] }
        let parts = families.indices.map { ($0, common.contains($0) ? 0.4 : 1.0) }
        let length = parts.reduce(0) { $0 + $1.1 * $1.1 }.squareRoot()
        return parts.map { ($0.0, $0.1 / length) }
    }

    private static let common = Set(
        ["pop", "rock", "soundtrack"].compactMap { GenreFamilies.names.firstIndex(of: $0) })
}
