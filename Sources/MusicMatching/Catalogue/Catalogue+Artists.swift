import TextCoding

/// Whom somebody means by an artist's name.
public struct NamedArtist: Sendable, Equatable {
    /// As it was given.
    public var given: String
    /// `given` if there are songs by this artist, or the name of which it is a part: "arijit" is Arijit Singh. `nil` if
    /// there are none, or too many with this part.
    public var meant: String?
    /// What the songs are filed under.
    var key: String?

    /// Whether a song is by the artist who is meant.
    public func sings(_ song: Song) -> Bool { key.map { ArtistKey.keys(of: song.artist).contains($0) } ?? false }
}

extension Catalogue {
    /// Finds an artist whatever the spelling: case, accents, blanks, punctuation, "&" and a leading "the" do not count;
    /// those of the built-in list also in their own script (周杰倫). A part of a name will do if at least three in four of the songs it could mean are by one artist. Throws
    /// `MusicError`.
    public func artist(named name: String) throws -> NamedArtist {
        let key = ArtistKey.key(name)
        var result = NamedArtist(given: name, meant: nil, key: nil)
        if key.isEmpty { return result }
        if try hasSongs(by: key) {
            (result.meant, result.key) = (name, key)
            return result
        }
        if let latin = ArtistNames.latin(name), try hasSongs(by: ArtistKey.key(latin)) {
            (result.meant, result.key) = (latin, ArtistKey.key(latin))
            return result
        }
        for other in try artistNames.names(of: key) where try hasSongs(by: other) {
            (result.meant, result.key) = (try credit(of: other) ?? name, other)
            return result
        }
        let found = try artists(beginning: name, limit: 20)
        guard let first = found.first, first.songs * 4 >= found.map(\.songs).reduce(0, +) * 3 else { return result }
        let whole = ArtistKey.key(first.name)
        if try hasSongs(by: whole) { (result.meant, result.key) = (first.name, whole) }
        return result
    }

    /// Whether anybody is filed under the key.
    func hasSongs(by key: String) throws -> Bool {
        try database.integer("SELECT EXISTS (SELECT 1 FROM song_artists WHERE artist = ?)", .text(key)) != 0
    }

    /// The artist whose name is most like a misspelt one, with the same first letter; `nil` if none is. Cost: 3 µs of the
    /// processor for each artist of that letter, of whom 20,000 are looked at. Throws `MusicError`.
    public func nearestArtist(to name: String) throws -> String? {
        let key = ArtistKey.key(name)
        guard let first = key.unicodeScalars.first else { return nil }
        let end = Unicode.Scalar(first.value + 1).map { String($0) } ?? "\u{10FFFF}"
        // From one artist to the next, however many songs each has.
        let names = try database.rows(
            """
            WITH RECURSIVE names (artist) AS ( \
            SELECT artist FROM (SELECT artist FROM song_artists WHERE artist > ?1 AND artist < ?2 \
            ORDER BY artist LIMIT 1) AS start \
            UNION ALL SELECT (SELECT song_artists.artist FROM song_artists WHERE song_artists.artist > names.artist \
            AND song_artists.artist < ?2 ORDER BY song_artists.artist LIMIT 1) FROM names WHERE names.artist IS NOT NULL) \
            SELECT artist FROM names WHERE artist IS NOT NULL LIMIT 20000
            """, [.text(String(first)), .text(end)]
        ) { $0.text(0) }
        var nearest: String?, best = 0.7
        for name in names {
            let likeness = NameSimilarity.ratio(key, name, above: best)
            if likeness > best { (nearest, best) = (name, likeness) }
        }
        return try nearest.flatMap { try credit(of: $0) }
    }

    /// How songs write an artist's name.
    private func credit(of key: String) throws -> String? {
        let credit = try database.first(
            """
            SELECT songs.artist FROM song_artists JOIN songs ON songs.id = song_artists.song \
            WHERE song_artists.artist = ? ORDER BY song LIMIT 1
            """, .text(key)
        ) { $0.text(0) }
        return credit.map { credit in NameKey.names(credit).first { ArtistKey.key($0) == key } ?? credit }
    }

    /// Artists whose names have words that begin like those of `text`, those with most songs first. Throws
    /// `MusicError`.
    ///
    /// Looks at 2,000 songs at most: enough for a list to choose from while somebody types.
    public func artists(beginning text: String, limit: Int) throws -> [(name: String, songs: Int)] {
        let words = Catalogue.words(of: text)
        guard !words.isEmpty else { return [] }
        let credits = try database.credits(withWords: words, limit: 2000)
        var search = ArtistSearch(text)
        for credit in credits { search.look(at: credit) }
        return search.found(limit)
    }
}
