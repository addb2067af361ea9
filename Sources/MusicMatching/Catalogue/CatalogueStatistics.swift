import Emotions

/// Numbers about a catalogue.
public struct CatalogueStatistics: Sendable, Equatable {
    public var songs = 0
    public var artists = 0
    /// ISO codes with their songs, most songs first; the empty code are songs of unknown language.
    public var languages: [(code: String, songs: Int)] = []
    /// Songs said to suit each emotion, in the order of `Emotion`.
    public var emotions: [Int] = []
    /// Songs with no estimated feature but editorial ones, with any estimated one, and with measured ones only.
    public var editorial = 0
    public var estimated = 0
    public var measured = 0
    /// Songs that have an identifier of a service.
    public var identified = 0
    public var liked = 0
    public var disliked = 0
    public var recommendations = 0
    public var sources = 0
    public var schema = 0

    public static func == (a: Self, b: Self) -> Bool {
        a.songs == b.songs && a.artists == b.artists && a.languages.elementsEqual(b.languages, by: ==)
            && a.emotions == b.emotions && a.editorial == b.editorial && a.estimated == b.estimated
            && a.measured == b.measured && a.identified == b.identified && a.liked == b.liked
            && a.disliked == b.disliked && a.recommendations == b.recommendations && a.sources == b.sources
            && a.schema == b.schema
    }
}

extension Catalogue {
    /// Counts everything; reads the whole catalogue.
    public func statistics() throws -> CatalogueStatistics {
        var result = CatalogueStatistics()
        result.songs = try count
        result.artists = try database.integer("SELECT count(DISTINCT artist) FROM songs")
        result.languages = try languageCounts()
        result.emotions = try Emotion.allCases.map {
            try database.integer(
                "SELECT count(*) FROM songs WHERE emotions & ? <> 0", .integer(EmotionSet.bit($0)))
        }
        result.estimated = try database.integer("SELECT count(*) FROM songs WHERE provenance & 31 <> 0")
        result.editorial = try database.integer(
            "SELECT count(*) FROM songs WHERE provenance & 31 = 0 AND provenance <> 0")
        result.measured = result.songs - result.estimated - result.editorial
        result.identified = try database.integer("SELECT count(DISTINCT song) FROM identifiers")
        result.liked = try database.integer("SELECT count(*) FROM feedback WHERE opinion > 0")
        result.disliked = try database.integer("SELECT count(*) FROM feedback WHERE opinion < 0")
        result.recommendations = try database.integer("SELECT count(*) FROM history")
        result.sources = try database.integer("SELECT count(*) FROM sources")
        result.schema = try database.schemaVersion
        return result
    }

    /// ISO codes with their songs, most songs first; the empty code are songs of unknown language. Throws `MusicError`.
    public func languageCounts() throws -> [(code: String, songs: Int)] {
        try database.rows(
            "SELECT language, count(*) FROM songs GROUP BY language ORDER BY count(*) DESC, language"
        ) { ($0.text(0), $0.integer(1)) }
    }
}
