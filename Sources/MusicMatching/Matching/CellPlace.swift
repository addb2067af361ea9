/// Where a song stands in the index of its cell: songs that are alike in everything that ranking looks at share a place.
struct CellPlace: Equatable {
    var language: String
    /// Valence, energy, danceability, acousticness, tempo, provenance, emotions as they are stored; the last is unused.
    var numbers: SIMD8<Int32>

    static let columns = "language, valence, energy, danceability, acousticness, tempo, provenance, emotions"

    private init(language: String, first: Int32) {
        self.language = language
        numbers = SIMD8(first, 0, 0, 0, 0, 0, 0, 0)
    }

    /// Before the first song in a language; no number that is stored is negative.
    static func start(of language: String) -> CellPlace { CellPlace(language: language, first: -1) }

    /// Behind the last song in a language.
    static func end(of language: String) -> CellPlace {
        CellPlace(language: language, first: .max)
    }

    /// From a row with a number, the seven numbers, and the language.
    init(_ row: Statement) {
        numbers = SIMD8(repeating: 0)
        for column in 1...7 { numbers[column - 1] = Int32(clamping: row.integer(Int32(column))) }
        language = row.text(8)
    }

    var values: [SQLValue] { [.text(language)] + (0..<7).map { .integer(Int(numbers[$0])) } }
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
