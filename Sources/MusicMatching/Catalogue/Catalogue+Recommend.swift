extension Catalogue {
    /// The songs that suit a mood best. Fewer than asked for only if the catalogue has no more.
    ///
    /// Ranked exactly as comparing with every song would; cost: some milliseconds with a million songs. Throws
    /// `MusicError`.
    public func recommend(_ request: RecommendationRequest) throws -> [Recommendation] {
        guard let server = database as? PostgreSQLDatabase else { return try recommendSongBySong(request) }
        if sharesSongs, let copy = server.shared.songs(of: try server.songVersion()) {
            return try recommend(request, from: copy)
        }
        // Few songs are fetched sooner than thousands of cells are asked for, most of them empty.
        let last = try server.integer("SELECT coalesce(max(id), 0) FROM songs")
        return last <= 20_000 ? try recommendFromMemory(request) : try recommendSongBySong(request)
    }

    /// Whether the next list is ranked in a copy of the server's songs; begins to make one.
    package func hasSongsInMemory() throws -> Bool {
        guard let server = database as? PostgreSQLDatabase else { return false }
        return server.shared.songs(of: try server.songVersion()) != nil
    }

    /// The same, asked of the database as far as songs are looked at.
    ///
    /// - Parameter page: so few songs are asked of a server at once, for tests.
    package func recommendSongBySong(_ request: RecommendationRequest, page: Int? = nil) throws -> [Recommendation] {
        // Each store is compiled by itself: what is asked for a song must not go through tables.
        switch database {
        case let file as SQLiteDatabase: return try recommend(request, from: SQLiteSongStore(file))
        case let server as PostgreSQLDatabase:
            let store = page.map { PostgreSQLSongStore(server, page: $0, ahead: 3 * $0) } ?? PostgreSQLSongStore(server)
            return try recommend(request, from: store)
        default: return try recommendFromMemory(request)
        }
    }

    /// The same, ranked in memory.
    package func recommendFromMemory(_ request: RecommendationRequest) throws -> [Recommendation] {
        try recommend(request, from: database.songsInMemory())
    }

    private func recommend(
        _ request: RecommendationRequest, from store: some SongStore
    ) throws -> [Recommendation] {
        let liked = try request.like.map { try song($0) }
        var memory: ListenerMemory
        if let listener = request.listener {
            memory = try ListenerMemory(listener, store)
        } else {
            memory = try listenerMemory(time: request.time)
        }
        let chosen = try Recommender(store: store, map: moodMap).choose(
            request, memory: memory, favouriteArtists: Set(try request.artists.compactMap { try artist(named: $0).key })
        )
        return chosen.explained(try songs(chosen.numbers), liked: liked)
    }
}

extension CatalogueDatabase {
    /// All songs as ranking needs them. Cost: a second or two for a million.
    func songsInMemory() throws -> MemorySongStore {
        var builder = MemorySongStore.Builder()
        var last = 0
        while true {
            let songs = try rows(
                """
                SELECT id, valence, energy, danceability, acousticness, tempo, provenance, emotions, traits, language, \
                cell, artist, genres FROM songs WHERE id > ? ORDER BY id LIMIT 20000
                """, [.integer(last)]
            ) { MemorySongStore.Record($0) }
            guard let end = songs.last else { return MemorySongStore(builder) }
            for song in songs { builder.add(song) }
            last = end.id
        }
    }
}

extension MemorySongStore.Record {
    /// A row with a number, the eight numbers of a place, the language, cell, credit and genres.
    init(_ row: any Statement) {
        var numbers = SIMD8<Int>()
        for column in 1...8 { numbers[column - 1] = row.integer(Int32(column)) }
        self.init(
            id: row.integer(0), cell: row.integer(10), place: CellPlace(language: row.text(9), numbers: numbers),
            credit: row.text(11), genres: SongFacts.list(row.text(12)))
    }
}
