extension SongFacts {
    static let columns =
        "album, year, language, genres, emotions, hints, valence, energy, danceability, acousticness, tempo, "
        + "provenance, built_in, explicit, duration, plays, own, themes"
    static let columnCount: Int32 = 18

    /// - Parameter first: where in the row its `columns` begin.
    init(reading statement: any Statement, from first: Int32 = 0) {
        album = statement.text(first)
        year = statement.optionalInteger(first + 1)
        language = statement.text(first + 2)
        genres = SongFacts.list(statement.text(first + 3))
        emotions = EmotionSet(rawValue: statement.integer(first + 4))
        hints = SongFacts.list(statement.text(first + 5))
        features = (first + 6..<first + 11).map { statement.integer($0) }
        let provenance = statement.integer(first + 11)
        estimated = MoodAxes(rawValue: provenance & 31)
        editorial = MoodAxes(rawValue: provenance >> 5 & 31)
        heard = MoodAxes(rawValue: provenance >> 10 & 31)
        builtIn = BuiltIn(rawValue: statement.integer(first + 12)) ?? .no
        isExplicit = statement.optionalInteger(first + 13).map { $0 != 0 }
        duration = statement.optionalInteger(first + 14)
        plays = statement.integer(first + 15)
        isOwn = statement.integer(first + 16) != 0
        isOfFilesOnly = statement.integer(first + 16) == 2
        themes = SongFacts.list(statement.text(first + 17))
    }

    /// In the order of `columns`, with the cell behind the provenance, and `traits` at the end.
    var values: [SQLValue] {
        [
            .text(album), SQLValue(year), .text(language), .text(genres.joined(separator: ";")),
            .integer(emotions.rawValue), .text(hints.joined(separator: ";")),
        ] + features.map(SQLValue.integer) + [
            .integer(provenance), .integer(cell), .integer(builtIn.rawValue),
            SQLValue(isExplicit.map { $0 ? 1 : 0 }), SQLValue(duration), .integer(plays),
            .integer(isOfFilesOnly ? 2 : isOwn ? 1 : 0),
            .text(themes.joined(separator: ";")), .integer(traits.rawValue),
        ]
    }
}
