import Emotions

/// Where emotions, moods and genres lie in mood space, and what counts how much when songs are ranked.
///
/// `MoodMap.standardText` documents every number; a file of the same form overrides any of them.
public struct MoodMap: Sendable, Equatable {
    /// How people feel, in the order of `Emotion`; songs that suit them lie elsewhere.
    public internal(set) var feelings: [MoodPoint]
    /// Where the songs are for people who want songs that feel like they do: some points for each, in the order of
    /// `Emotion`.
    public internal(set) var match: [[MoodPoint]]
    /// For people who want to feel better.
    public internal(set) var lift: [[MoodPoint]]
    /// Mood labels, genres and words in names of playlists, lower case.
    public internal(set) var words: [String: MoodPoint] = [:]
    /// The weight of each axis in the distance, in the order of `MoodAxis`; they sum to 1.
    public internal(set) var weights: [Double]
    public internal(set) var ranking: Ranking

    /// Settings of the ranking. Distances in mood space are at most 1; what is added to them is in the same unit.
    public struct Ranking: Sendable, Equatable {
        /// Beats per minute that count as a distance of 1.
        public var tempoSpan = 100.0
        /// How much an estimated feature counts against a known one, 0 to 1.
        public var estimateTrust = 0.5
        /// How far an estimate is taken to be off for the rest.
        public var estimateError = 0.25
        /// How strongly `amplify` moves away from the neutral point: 1 is as far as `match`.
        public var amplifyGain = 1.6
        /// Added for songs that nobody said suit the emotion, although somebody said what they suit.
        public var otherLabel = 0.3
        /// How much less a label counts for each stronger one before it.
        public var laterLabel = 0.1
        /// Added for songs of which nobody said what they suit.
        public var noLabel = 0.15
        /// Added for songs that are about neither courage nor comfort nor hope: where fear is to be lifted, and for company.
        public var fearTheme = 0.1
        public var companyTheme = 0.3
        /// Added for songs in the second of the languages that the listener usually understands, and in any other, when
        /// none were asked for.
        public var secondLanguage = 0.15
        public var foreignLanguage = 0.2
        /// Taken off for artists the user asked for.
        public var favouriteArtist = 0.45
        /// Taken off for artists the user liked, or of songs the user liked.
        public var likedArtist = 0.08
        /// Taken off for songs the user liked.
        public var likedSong = 0.06
        /// Added for artists of songs the user disliked.
        public var dislikedArtist = 0.1
        /// Taken off at most for the genres, decades, languages and the sound of what the user liked and played.
        public var tasteGenre = 0.1
        public var tasteDecade = 0.03
        public var tasteLanguage = 0.03
        public var tasteSound = 0.03
        /// Taken off at most for the genres, the decade and the language of a song that others like it are asked for,
        /// and for its artists.
        public var likeGenre = 0.14
        public var likeDecade = 0.06
        public var likeLanguage = 0.14
        public var likeArtist = 0.08
        /// The share of a list that is the listener's own songs, if he has many: half of it with `ownHalf` of them.
        public var ownShare = 0.7
        public var ownHalf = 50.0
        /// Added for songs just played, and the days in which it halves.
        public var played = 0.8
        public var playedHalfLife = 14.0
        /// Added for songs just recommended, and the days in which it halves.
        public var offered = 0.8
        public var offeredHalfLife = 14.0
        /// An artist does not come twice among this many songs in a row.
        public var artistGap = 5
        /// Among how many good songs each place of a list is drawn, and how much worse than the best they may be.
        public var drawPool = 100
        public var drawReach = 0.14
        /// Share of songs that are drawn from a wider choice, and from how many.
        public var surpriseShare = 0.2
        public var surprisePool = 150
        /// How much worse than the best of the list such a song may be.
        public var surpriseReach = 0.2
    }

    /// Where a feeling lies in mood space: the emotions' places weighted by their probabilities, not the winner's alone.
    public func mood(of emotions: EmotionVector) -> MoodPoint { mean(emotions) { feelings[$0.rawValue] } }

    /// The middle of the songs for several emotions, weighted by their probabilities.
    func blend(_ points: [[MoodPoint]], _ vector: EmotionVector) -> MoodPoint { mean(vector) { center(points, $0) } }

    /// The middle of an emotion's songs.
    func center(_ points: [[MoodPoint]], _ emotion: Emotion) -> MoodPoint {
        let own = points[emotion.rawValue]
        return own.dropFirst().enumerated().reduce(own[0]) {
            $0.moved(towards: $1.element, share: 1 / Double($1.offset + 2))
        }
    }

    private func mean(_ vector: EmotionVector, _ point: (Emotion) -> MoodPoint) -> MoodPoint {
        var result = MoodPoint(valence: 0, energy: 0, danceability: 0, acousticness: 0, tempo: 0)
        for emotion in Emotion.allCases where vector[emotion] > 0 {
            let own = point(emotion)
            for axis in MoodAxis.allCases { result[axis] += vector[emotion] * own[axis] }
        }
        return result
    }
}
