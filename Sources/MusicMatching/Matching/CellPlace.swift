/// Where a song stands in the index of its cell: songs that are alike in everything that ranking looks at share a place.
struct CellPlace: Equatable {
    /// ISO 639-1; empty if unknown.
    var language: String
    /// Valence, energy, danceability, acousticness, tempo, provenance, emotions, traits as they are stored.
    var numbers: SIMD8<StoredInt>

    init(language: String, numbers: SIMD8<StoredInt>) {
        self.language = language
        self.numbers = numbers
    }

    private init(language: String, first: StoredInt) {
        self.language = language
        numbers = SIMD8(first, 0, 0, 0, 0, 0, 0, 0)
    }

    /// Before the first song in a language; no number that is stored is negative.
    static func start(of language: String) -> CellPlace { CellPlace(language: language, first: -1) }

    /// Behind the last song in a language.
    static func end(of language: String) -> CellPlace { CellPlace(language: language, first: .max) }

    var mood: MoodPoint {
        MoodPoint(
            valence: MoodAxis.valence.value(stored: Int(numbers[0])),
            energy: MoodAxis.energy.value(stored: Int(numbers[1])),
            danceability: MoodAxis.danceability.value(stored: Int(numbers[2])),
            acousticness: MoodAxis.acousticness.value(stored: Int(numbers[3])),
            tempo: MoodAxis.tempo.value(stored: Int(numbers[4])))
    }
    var estimated: MoodAxes { MoodAxes(rawValue: Int(numbers[5] & 31)) }
    /// The raw value of an `EmotionSet`.
    var emotions: StoredInt { numbers[6] }
    var traits: SongTraits { SongTraits(rawValue: numbers[7]) }
}

/// Songs at one place that were not looked at one by one.
struct SongCrowd {
    /// So many alike in a row are worth a jump.
    static let size = 32

    var cell: Int
    var place: CellPlace
    /// One of them, without anything that is added for itself.
    var example: Candidate
    /// The number of the last one that was looked at.
    var last: Int
}
