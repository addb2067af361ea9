import Files

/// Guesses of valence and energy of songs of which nobody said what they are like, from those that are known.
///
/// What words mean is learned from the newest `learned` songs and kept; it is learned anew, and all guesses made anew, when
/// one in `settled` of as many songs has changed since. Until then new songs, and those of the same artists, are guessed with
/// these words and all that is known of the artists.
extension Catalogue {
    /// So many songs are learned from, and guessed, at most.
    private static let learned = settled * ChangedSongs.most, guessed = 200_000
    private static let settled = 100
    /// From fewer songs nothing is learned that the mood map does not know better.
    private static let leastLearned = 100
    /// How far off what was heard may be where nobody said.
    private static let usualUncertainty = 0.25
    /// The settings that keep what was learned: `Learned`, and `MoodEstimator.text`.
    private static let learnedSetting = "moods-learned", wordsSetting = "moods-words"

    /// Neither labels nor names of playlists, which say more than can be guessed.
    private static let unknown = "emotions = 0 AND hints = '' AND provenance & 3 <> 0"
    private static let known = "provenance & 3 = 0"
    private static let columns =
        "title, artist, genres, songs.year, songs.valence, songs.energy, provenance, id, uncertainty"
    private static let tables = "songs LEFT JOIN sounds ON sounds.song = songs.id"

    /// What else is known of words that were learned.
    private struct Learned {
        /// Of the mood map.
        var map: String
        /// Songs that may change until words are learned anew.
        var left: Int
        /// The numbers of the first and the last song that were there.
        var first: Int
        var last: Int

        var text: String { "1 \(map) \(left) \(first) \(last)" }

        init(map: String, left: Int, first: Int, last: Int) {
            (self.map, self.left, self.first, self.last) = (map, left, first, last)
        }

        /// `nil` for what another version of the program learned.
        init?(_ text: String) {
            let parts = text.split(separator: " ")
            guard parts.count == 5, parts[0] == "1", let left = Int(parts[2]), let first = Int(parts[3]),
                let last = Int(parts[4])
            else { return nil }
            self.init(map: String(parts[1]), left: left, first: first, last: last)
        }
    }

    /// Guesses valence and energy of songs of which nobody said what they are like, where they can have changed since the
    /// last time. Cost: some 10 ms for a song, some microseconds for each of all when words are learned anew.
    func estimate() throws {
        let changed = changedSongs.songs
        changedSongs = ChangedSongs()
        if let changed, try estimate(changed) { return }
        try estimateAnew()
    }

    /// Learns what words mean, and makes all guesses anew.
    package func estimateAnew() throws {
        try forgetMoods()
        let isGuessed = try database.integer("SELECT EXISTS (SELECT 1 FROM songs WHERE \(Catalogue.unknown))") != 0
        guard isGuessed else { return }
        var first = 0
        var examples = try database.rows(
            "SELECT \(Catalogue.columns) FROM \(Catalogue.tables) WHERE \(Catalogue.known) ORDER BY id DESC LIMIT ?",
            [.integer(Catalogue.learned)]
        ) { row in
            first = row.integer(7)
            return example(row)
        }
        guard examples.count >= Catalogue.leastLearned else { return }
        let known = Learned(
            map: mapFingerprint, left: examples.count / Catalogue.settled, first: first,
            last: try database.integer("SELECT max(id) FROM songs"))
        // What the mood map says of genres.
        for (word, point) in moodMap.words.sorted(by: { $0.key < $1.key }) {
            examples.append(
                MoodEstimator.Example(
                    title: "", artist: "", genres: [word], valence: point.valence, energy: point.energy, weight: 2))
        }
        let estimator = MoodEstimator(examples)
        try guess(estimator, "ORDER BY id DESC LIMIT ?", Catalogue.guessed)
        try set(Catalogue.learnedSetting, known.text)
        try set(Catalogue.wordsSetting, estimator.text)
    }

    /// Has words learned anew the next time.
    func forgetMoods() throws {
        try set(Catalogue.learnedSetting, nil)
        try set(Catalogue.wordsSetting, nil)
    }

    /// Guesses these songs, and those of the same artists, with what was learned; `false` if too much has changed since.
    private func estimate(_ changed: Set<Int>) throws -> Bool {
        guard var learned = try setting(Catalogue.learnedSetting).flatMap(Learned.init), learned.map == mapFingerprint
        else { return false }
        // Those too that a process added which was killed before it came to this.
        let new = try database.rows(
            "SELECT id FROM songs WHERE id > ? LIMIT ?", [.integer(learned.last), .integer(learned.left + 1)]
        ) { $0.integer(0) }
        let songs = changed.union(new)
        learned.left -= songs.count
        guard learned.left >= 0 else { return false }
        if songs.isEmpty { return true }
        let words = try setting(Catalogue.wordsSetting)
        guard var estimator = words.flatMap(MoodEstimator.init(text:)) else { return false }
        var artists: Set<String> = [], guessed = songs
        for song in songs {
            let credit = try database.first("SELECT artist FROM songs WHERE id = ?", .integer(song)) { $0.text(0) }
            if let credit { artists.insert(ArtistKey.first(of: credit)) }
        }
        artists.remove("")
        for artist in artists {
            // All that are filed under the artist, of whom the estimator only counts those that name him first.
            let examples = try database.rows(
                """
                SELECT \(Catalogue.columns) FROM \(Catalogue.tables) \
                WHERE id IN (SELECT song FROM song_artists WHERE artist = ?) AND \(Catalogue.known) AND id >= ? \
                ORDER BY id DESC LIMIT ?
                """, [.text(artist), .integer(learned.first), .integer(Catalogue.learned)], example)
            estimator.learnArtists(examples.filter { ArtistKey.first(of: $0.artist) == artist })
            let others = try database.rows(
                """
                SELECT id, artist FROM songs \
                WHERE id IN (SELECT song FROM song_artists WHERE artist = ?) AND \(Catalogue.unknown)
                """, [.text(artist)]
            ) { ($0.integer(0), $0.text(1)) }
            for (song, credit) in others where ArtistKey.first(of: credit) == artist { guessed.insert(song) }
        }
        for song in guessed.sorted() { try guess(estimator, "AND id = ?", song) }
        learned.last = max(learned.last, songs.max() ?? 0)
        try set(Catalogue.learnedSetting, learned.text)
        return true
    }

    private var mapFingerprint: String {
        var fingerprint = Fingerprint()
        for (word, point) in moodMap.words.sorted(by: { $0.key < $1.key }) {
            Array(word.utf8).withUnsafeBytes { fingerprint.add($0) }
            fingerprint.add(point.valence.bitPattern)
            fingerprint.add(point.energy.bitPattern)
        }
        return fingerprint.text
    }

    /// Of a row of `columns`.
    private func example(_ row: any Statement) -> MoodEstimator.Example {
        MoodEstimator.Example(
            title: row.text(0), artist: row.text(1), genres: row.text(2).split(separator: ";").map(String.init),
            year: row.optionalInteger(3), valence: MoodAxis.valence.value(stored: row.integer(4)),
            energy: MoodAxis.energy.value(stored: row.integer(5)),
            // An editor's songs are the well-known ones; what was imported is more like what else is.
            weight: row.integer(6) >> 5 & 3 != 0 ? 0.3 : 1,
            // What was heard is a guess too; how good it is, was said with it.
            uncertainty: row.integer(6) >> 10 & 3 == 0
                ? 0 : row.isNull(8) ? Catalogue.usualUncertainty : row.real(8))
    }

    /// Guesses songs that are unknown, of those the ones that `which` tells.
    private func guess(_ estimator: MoodEstimator, _ which: String, _ value: Int) throws {
        let facts = SongFacts.columns.split(separator: ", ").map { "songs.\($0)" }.joined(separator: ", ")
        let estimates = try database.rows(
            "SELECT \(Catalogue.columns), \(facts) FROM \(Catalogue.tables) WHERE \(Catalogue.unknown) \(which)",
            [.integer(value)]
        ) { row in
            let guess = estimator.estimate(example(row)), known = SongFacts(reading: row, from: 9)
            return estimate(row.integer(7), known, [.valence: guess.valence, .energy: guess.energy])
        }
        try database.setEstimates(estimates.compactMap { $0 })
    }

    /// What changes with new guesses; `nil` if nothing does.
    private func estimate(_ song: Int, _ known: SongFacts, _ values: [MoodAxis: Double]) -> SongEstimate? {
        var facts = known
        for (axis, value) in values where facts.estimated.contains(axis) {
            facts.features[axis.rawValue] = axis.stored(value)
        }
        if facts == known { return nil }
        return SongEstimate(
            song: song, valence: facts.features[MoodAxis.valence.rawValue],
            energy: facts.features[MoodAxis.energy.rawValue], cell: facts.cell)
    }
}
