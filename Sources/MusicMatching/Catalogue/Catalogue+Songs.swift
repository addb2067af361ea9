import Emotions

extension Catalogue {
    /// Songs in the catalogue.
    public var count: Int {
        get throws { try database.integer("SELECT count(*) FROM songs") }
    }

    /// One song. Throws `MusicError.noSuchSong`.
    public func song(_ id: Int) throws -> Song {
        guard let song = try songs(where: "id = ?", [.integer(id)]).first else {
            throw MusicError.noSuchSong("\(id)")
        }
        return song
    }

    /// Which songs `list` gives.
    public struct Filter: Sendable {
        /// Words of title, artist or album, each may be the beginning of one.
        public var search = ""
        public var language: Language?
        public var emotion: Emotion?
        public var limit = 50
        public var offset = 0

        public init() {}
    }

    /// Songs in the order of their numbers; the best hits first when something is searched for.
    public func songs(_ filter: Filter) throws -> [Song] {
        var conditions: [String] = [], values: [SQLValue] = []
        if let language = filter.language {
            conditions.append("language = ?")
            values.append(.text(language.code))
        }
        if let emotion = filter.emotion {
            conditions.append("emotions & ? <> 0")
            values.append(.integer(EmotionSet.bit(emotion)))
        }
        let condition = conditions.isEmpty ? "true" : conditions.joined(separator: " AND ")
        let words = Catalogue.words(of: filter.search)
        guard !words.isEmpty else {
            // Something was asked for, but nothing that could be found.
            guard filter.search.isEmpty else { return [] }
            // What is passed over is counted in an index, where the condition lets that be.
            return try songs(
                where: "id IN (SELECT id FROM songs WHERE \(condition) ORDER BY id LIMIT ? OFFSET ?) ORDER BY id",
                values + [.integer(filter.limit), .integer(filter.offset)])
        }
        let found = try database.songs(
            withWords: words, where: condition, values, limit: filter.limit, offset: filter.offset)
        guard found.isEmpty, filter.offset == 0 else { return try songs(found) }
        return try songs(holding: filter.search, condition, values, filter.limit)
    }

    /// Songs whose names hold the words anywhere, whatever the blanks and signs between letters: a part of a Japanese
    /// title, "ACDC" for "AC/DC", "dont" for "Don't". Looks at each song, so it is asked only when the index knows nothing.
    private func songs(
        holding text: String, _ condition: String, _ values: [SQLValue], _ limit: Int
    ) throws -> [Song] {
        let words = text.split(separator: " ").prefix(20).map { Catalogue.squeezed(String($0)) }.filter { !$0.isEmpty }
        // One letter is in everything, but one sign of Chinese is a word.
        guard !words.isEmpty, words.joined().utf8.count >= 3 else { return [] }
        var found: [Int] = [], last = 0, scanned = 0
        while found.count < limit, scanned < Catalogue.mostScanned {
            let names = try database.rows(
                "SELECT id, title, artist, album FROM songs WHERE \(condition) AND id > ? ORDER BY id LIMIT ?",
                values + [.integer(last), .integer(Catalogue.scannedAtOnce)]
            ) { ($0.integer(0), "\($0.text(1)) \($0.text(2)) \($0.text(3))") }
            for (id, names) in names {
                let names = Catalogue.squeezed(names)
                if words.allSatisfy({ names[...].firstPlace(of: $0) != nil }) { found.append(id) }
            }
            guard names.count == Catalogue.scannedAtOnce, let end = names.last else { break }
            last = end.0
            scanned += names.count
        }
        return try songs(Array(found.prefix(limit)))
    }

    /// Songs that a search without the index looks at: some tenths of a second.
    private static let mostScanned = 200_000
    private static let scannedAtOnce = 5_000

    /// A name as a run of letters and digits.
    private static func squeezed(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in NameKey.fold(text).unicodeScalars where scalar != " " {
            // Russian is written with and without the dots.
            result.append(scalar == "ё" ? "е" : scalar)
        }
        return String(result)
    }

    /// The song a user means: by its number, or by words that only one song's title and artist have; a title that is
    /// the same as a whole is preferred, then an artist's name that is. Throws `MusicError.noSuchSong` or `.ambiguousSong`.
    public func song(named text: String) throws -> Song {
        if let id = Int(text) { return try song(id) }
        var filter = Filter()
        filter.search = text
        filter.limit = 10
        var found = try songs(filter)
        if found.count > 1 {
            let key = NameKey.fold(text)
            let whole = found.filter {
                key == NameKey.title($0.title) || key == NameKey.fold("\($0.title) \($0.artist)")
                    || key == NameKey.fold("\($0.artist) \($0.title)")
            }
            let theirs = found.filter { ArtistKey.keys(of: $0.artist).contains(ArtistKey.key(text)) }
            if whole.count == 1 { found = whole } else if whole.isEmpty, theirs.count == 1 { found = theirs }
        }
        guard let first = found.first else { throw MusicError.noSuchSong(text) }
        guard found.count == 1 else {
            throw MusicError.ambiguousSong(
                text, matches: found.prefix(5).map { "\($0.id) (\($0.title.prefix(60)), \($0.artist.prefix(60)))" })
        }
        return first
    }

    /// What the search index takes for words; nothing of it can end a quoted string.
    static func words(of text: String) -> [Substring] {
        var clean = ""
        for scalar in text.unicodeScalars {
            let isWord: Bool
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .spacingMark, .privateUse: isWord = true
            default: isWord = scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            }
            clean.unicodeScalars.append(isWord ? scalar : " ")
        }
        return clean.split(separator: " ").prefix(20).map { $0.prefix(200) }
    }

    func songs(from tables: String = "songs", where condition: String, _ values: [SQLValue]) throws -> [Song] {
        var songs = try database.rows(
            """
            SELECT \(SongFacts.columns.split(separator: ", ").map { "songs.\($0)" }.joined(separator: ", ")), \
            songs.id, songs.title, songs.artist FROM \(tables) WHERE \(condition)
            """, values
        ) { row in
            let facts = SongFacts(reading: row)
            return Song(
                id: row.integer(SongFacts.columnCount), title: row.text(SongFacts.columnCount + 1),
                artist: row.text(SongFacts.columnCount + 2), album: facts.album, year: facts.year,
                language: facts.language, genres: facts.genres, emotions: facts.emotions, mood: facts.mood,
                estimated: facts.estimated, heard: facts.heard, isEditorial: !facts.editorial.isEmpty,
                isExplicit: facts.isExplicit, duration: facts.duration, plays: facts.plays, isOwn: facts.isOwn,
                themes: facts.themes)
        }
        // One question for all of them.
        var places: [Int: [Int]] = [:]
        for (index, song) in songs.enumerated() { places[song.id, default: []].append(index) }
        try ask(
            about: Array(places.keys), "SELECT song, kind, value FROM identifiers WHERE song", "ORDER BY kind, value"
        ) { row in
            for index in places[row.integer(0)] ?? [] {
                songs[index].identifiers.append(
                    SongIdentifier(SongIdentifier.Kind(rawValue: row.text(1)), row.text(2)))
            }
        }
        return songs
    }

    /// Songs by their numbers, in that order; those that are gone are left out.
    public func songs(_ numbers: [Int]) throws -> [Song] {
        var found: [Int: Song] = [:]
        for numbers in numbers.pieces(of: Catalogue.mostAsked) {
            let list = Catalogue.placeholders(numbers)
            for song in try songs(where: "id IN (\(list.sql))", list.values) { found[song.id] = song }
        }
        return numbers.compactMap { found[$0] }
    }

    /// Rows about many songs with few questions.
    private func ask(
        about songs: [Int], _ sql: String, _ order: String, _ read: (any Statement) throws -> Void
    ) throws {
        for numbers in songs.pieces(of: Catalogue.mostAsked) {
            let list = Catalogue.placeholders(numbers)
            _ = try database.rows("\(sql) IN (\(list.sql)) \(order)", list.values, read)
        }
    }

    private static let mostAsked = 256

    /// As many parameters as the next power of two, so that few statements are kept; the last number fills up.
    private static func placeholders(_ numbers: [Int]) -> (sql: String, values: [SQLValue]) {
        var count = 1
        while count < numbers.count { count *= 2 }
        let padded = numbers + Array(repeating: numbers.last ?? 0, count: count - numbers.count)
        return (padded.map { _ in "?" }.joined(separator: ", "), padded.map { .integer($0) })
    }

    /// What services call a song.
    public func identifiers(of song: Int) throws -> [SongIdentifier] {
        try database.rows("SELECT kind, value FROM identifiers WHERE song = ? ORDER BY kind, value", [.integer(song)]) {
            row in SongIdentifier(SongIdentifier.Kind(rawValue: row.text(0)), row.text(1))
        }
    }
}

extension Array {
    /// Runs of elements, each of `size` but the last.
    fileprivate func pieces(of size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
