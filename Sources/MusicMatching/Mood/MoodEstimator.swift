/// Guesses valence and energy of songs of which only names and genres are known, from songs of which more is: what words in
/// titles, names of artists and genres mean (ridge regression for the median, since songs are rather calm or intense than in
/// between), and what the same artist's songs are like.
struct MoodEstimator {
    /// A song as far as it helps to guess others, or is guessed.
    struct Example {
        var title: String
        var artist: String
        var genres: [String]
        var year: Int?
        var valence = 0.0
        var energy = 0.0
        /// How much it counts.
        var weight = 1.0
        /// How far off its mood may be, a standard error.
        var uncertainty = 0.0

        /// How much it counts beside one that is known for sure: as its error is to what songs scatter anyway.
        var trust: Double {
            let variance = MoodEstimator.scatter * MoodEstimator.scatter
            return variance / (variance + uncertainty * uncertainty)
        }
    }

    var features: [String: Int] = [:]
    var effects: [SIMD2<Double>] = []
    var mean = SIMD2<Double>(0.5, 0.5)
    /// Sum and number of the songs of each artist, by `ArtistKey`.
    private var artists: [String: (sum: SIMD2<Double>, count: Double)] = [:]

    /// How strongly effects are drawn to 0, of words and of genres.
    private static let wordRidge = 6.0, genreRidge = 1.0
    /// How many songs of an artist the general guess counts as.
    private static let prior = 1.0
    private static let sweeps = 6
    /// The median is found by weighing each song by how near the fit comes to it, so many times; nearer than this counts as
    /// this.
    private static let rounds = 3, near = 0.1
    /// What names leave open of a song's mood.
    private static let scatter = 0.25
    /// Guesses come out too near the middle; found by cross-validation on halves of a labelled set.
    private static let stretch = SIMD2<Double>(1.1, 1.2)

    /// Cost: some milliseconds for a thousand songs.
    init(_ examples: [Example]) {
        var sum = SIMD2<Double>(), total = 0.0
        for example in examples {
            let weight = example.weight * example.trust
            sum += weight * SIMD2(example.valence, example.energy)
            total += weight
        }
        guard total > 0 else { return }
        mean = sum / total
        var counts: [String: Double] = [:]
        let words = examples.map { MoodEstimator.words($0) }
        // What the mood map says of a genre weighs as much as two songs, and stays though no song is known.
        for (example, own) in zip(examples, words) {
            for word in own { counts[word, default: 0] += max(example.weight, 1) }
        }
        // A word that came once says no more than its song.
        for (word, count) in counts.sorted(by: { $0.key < $1.key }) where count >= 2 {
            features[word] = effects.count
            effects.append(SIMD2())
        }
        let rows = words.map { $0.compactMap { features[$0] } }
        fit(examples, rows)
        round()
        learnArtists(examples)
    }

    /// Adds what songs say of who sings them.
    mutating func learnArtists(_ examples: [Example]) {
        for example in examples {
            let key = ArtistKey.first(of: example.artist)
            // Nobody's songs have nothing in common.
            if key.isEmpty { continue }
            let known = artists[key] ?? (SIMD2(), 0)
            let trust = example.trust
            artists[key] = (known.sum + trust * SIMD2(example.valence, example.energy), known.count + trust)
        }
    }

    /// Ridge regression, effect by effect until nothing moves much; again and again with songs weighed by how near it comes.
    private mutating func fit(_ examples: [Example], _ rows: [[Int]]) {
        var members = effects.map { _ in [Int]() }
        for (row, own) in rows.enumerated() { for feature in own { members[feature].append(row) } }
        var ridge = effects.map { _ in MoodEstimator.wordRidge }
        for (word, index) in features where word.hasPrefix("g ") { ridge[index] = MoodEstimator.genreRidge }
        var rest = examples.map { SIMD2($0.valence, $0.energy) - mean }
        let own: [SIMD2<Double>] = examples.map { SIMD2(repeating: $0.weight * $0.trust) }
        var weights = own
        for round in 0...MoodEstimator.rounds {
            for _ in 0..<MoodEstimator.sweeps {
                let all = weighted(rest, weights, rest.indices), shift = all.sum / all.weight
                mean += shift
                for row in rest.indices { rest[row] -= shift }
                for feature in effects.indices {
                    let (sum, weight) = weighted(rest, weights, members[feature])
                    let change = (sum - ridge[feature] * effects[feature]) / (weight + ridge[feature])
                    effects[feature] += change
                    for row in members[feature] { rest[row] -= change }
                }
            }
            guard round < MoodEstimator.rounds else { return }
            for row in rest.indices {
                let distance = pointwiseMax(rest[row], -rest[row])
                let divisor: SIMD2<Double> = pointwiseMax(distance, SIMD2(repeating: MoodEstimator.near))
                weights[row] = own[row] * (2 * MoodEstimator.near) / divisor
            }
        }
    }

    private func weighted(
        _ rest: [SIMD2<Double>], _ weights: [SIMD2<Double>], _ rows: some Sequence<Int>
    ) -> (sum: SIMD2<Double>, weight: SIMD2<Double>) {
        var sum = SIMD2<Double>(), weight = SIMD2<Double>()
        for row in rows {
            sum += weights[row] * rest[row]
            weight += weights[row]
        }
        return (sum, weight)
    }

    /// The guess for a song.
    func estimate(_ song: Example) -> (valence: Double, energy: Double) {
        var guess = mean
        for word in MoodEstimator.words(song) { if let feature = features[word] { guess += effects[feature] } }
        if let known = artists[ArtistKey.first(of: song.artist)] {
            guess = (known.sum + MoodEstimator.prior * guess) / (known.count + MoodEstimator.prior)
        }
        guess = 0.5 + MoodEstimator.stretch * (guess - 0.5)
        return (min(max(guess.x, 0.02), 0.98), min(max(guess.y, 0.02), 0.98))
    }

    /// What of a song says something, each once.
    private static func words(_ song: Example) -> Set<String> {
        var result: Set<String> = []
        let title = NameKey.fold(song.title).split(separator: " ")
        for word in title.prefix(12) { result.insert("t \(word)") }
        let artist = NameKey.fold(song.artist).split(separator: " ")
        for word in artist.prefix(8) { result.insert("a \(word)") }
        for genre in song.genres.prefix(6) {
            let folded = NameKey.fold(genre)
            result.insert("g \(folded)")
            for word in folded.split(separator: " ") { result.insert("g \(word)") }
        }
        if song.genres.isEmpty { result.insert("g ") }
        if let year = song.year { result.insert("y \(year / 10)") }
        return result
    }
}
