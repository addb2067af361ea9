import Emotions
import Timing

/// What became of a song that a source names.
public enum AddResult: Sendable, Equatable {
    case added(id: Int)
    /// It was there; something new was learned.
    case merged(id: Int)
    case unchanged(id: Int)

    public var id: Int {
        switch self {
        case .added(let id), .merged(let id), .unchanged(let id): id
        }
    }
}

extension Catalogue {
    /// Adds a song, or what is new about it if it is there: the same identifier, or else the same title and first
    /// artist after `NameKey`. Adding twice changes nothing. Throws `MusicError`.
    @discardableResult
    public func add(_ draft: SongDraft) throws -> AddResult {
        let names = SongNames(draft)
        return try database.transaction {
            if let id = try find(draft.identifiers) ?? find(names) {
                let changed = try merge(draft, into: id)
                return changed ? .merged(id: id) : .unchanged(id: id)
            }
            return .added(id: try insert(draft, names))
        }
    }

    /// Adds what is new to a song that is known to be the one. Throws `MusicError`.
    func add(_ draft: SongDraft, to id: Int) throws -> AddResult {
        try database.transaction { try merge(draft, into: id) ? .merged(id: id) : .unchanged(id: id) }
    }

    private func find(_ identifiers: [SongIdentifier]) throws -> Int? {
        for identifier in identifiers {
            if let id = try database.first(
                "SELECT song FROM identifiers WHERE kind = ? AND value = ?", .text(identifier.kind.rawValue),
                .text(identifier.value), read: { $0.integer(0) })
            {
                return id
            }
        }
        return nil
    }

    private func find(_ names: SongNames) throws -> Int? {
        let statement = try database.prepare("SELECT id, title, artist FROM songs WHERE match_key = ?")
        try statement.bind(.integer(names.hash), at: 1)
        defer { statement.reset() }
        while try statement.step() {
            if NameKey.title(statement.text(1)) == names.title, NameKey.artist(statement.text(2)) == names.artist {
                return statement.integer(0)
            }
        }
        return nil
    }

    private func insert(_ draft: SongDraft, _ names: SongNames) throws -> Int {
        var facts = SongFacts(draft)
        if facts.genres.isEmpty, !draft.isBuiltIn, let genre = try artistTable.genre(of: draft.artist) {
            facts.genres = [genre]
        }
        facts.estimate(with: moodMap)
        let statement = try database.prepare(
            """
            INSERT INTO songs (match_key, title, artist, album, year, language, genres, emotions, hints, valence, \
            energy, danceability, acousticness, tempo, provenance, cell, built_in, explicit, duration, plays, own, \
            themes, traits, added) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        try statement.bind(
            [.integer(names.hash), .text(draft.title), .text(draft.artist)] + facts.values
                + [.integer(currentTime())])
        while try statement.step() {}
        let id = database.lastInsertedID
        let search = try database.prepare("INSERT INTO song_search (rowid, title, artist, album) VALUES (?, ?, ?, ?)")
        try search.bind([.integer(id), .text(draft.title), .text(draft.artist), .text(draft.album)])
        while try search.step() {}
        try Schema.fileUnderArtists(id, credit: draft.artist, database)
        _ = try add(draft.identifiers, to: id)
        return id
    }

    private func merge(_ draft: SongDraft, into id: Int) throws -> Bool {
        guard
            let old = try database.first(
                "SELECT \(SongFacts.columns) FROM songs WHERE id = ?", .integer(id), read: { SongFacts(reading: $0) })
        else { return false }
        var new = old
        let facts = SongFacts(draft)
        new.merge(facts)
        new.hearAgain(facts)
        let identified = try add(draft.identifiers, to: id)
        guard new != old else { return identified }
        new.estimate(with: moodMap)
        let changesAlbum = new.album != old.album
        // The search index is only touched when it must be.
        let statement = try database.prepare(
            "UPDATE songs SET \(changesAlbum ? "album = ?1, " : "")year = ?2, language = ?3, genres = ?4, "
                + "emotions = ?5, hints = ?6, valence = ?7, energy = ?8, danceability = ?9, acousticness = ?10, "
                + "tempo = ?11, provenance = ?12, cell = ?13, built_in = ?14, explicit = ?15, duration = ?16, "
                + "plays = ?17, own = ?18, themes = ?19, traits = ?20 WHERE id = ?21")
        try statement.bind(new.values + [.integer(id)])
        while try statement.step() {}
        return true
    }

    /// Whether any was new.
    private func add(_ identifiers: [SongIdentifier], to id: Int) throws -> Bool {
        var changed = false
        for identifier in identifiers {
            let statement = try database.prepare(
                "INSERT OR IGNORE INTO identifiers (kind, value, song) VALUES (?, ?, ?)")
            try statement.bind([.text(identifier.kind.rawValue), .text(identifier.value), .integer(id)])
            while try statement.step() {}
            if database.changes > 0 { changed = true }
        }
        return changed
    }
}

/// A song's names made comparable.
private struct SongNames {
    var title: String
    var artist: String
    var hash: Int

    init(_ draft: SongDraft) {
        title = NameKey.title(draft.title)
        artist = NameKey.artist(draft.artist)
        hash = NameKey.hash(title: title, artist: artist)
    }
}
