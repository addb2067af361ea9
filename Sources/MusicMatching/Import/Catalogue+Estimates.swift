import Files
import Glibc

extension Catalogue {
    /// What is known of artists; nobody where the program's table is not beside its list of songs. Cost of the first time:
    /// 3 µs of the processor for each artist, 70 ms for 24,000.
    var artistTable: ArtistTable {
        get throws {
            if let known = knownArtists { return known }
            let table = try readArtists { _ in true }
            knownArtists = table
            return table
        }
    }

    /// Of the same table only those that have other names: a question for somebody unknown needs no more, and waits for
    /// a tenth of the time.
    var artistNames: ArtistTable {
        get throws {
            if let known = knownArtists ?? knownNames { return known }
            let table = try readArtists { !$0.fields[2].isEmpty }
            knownNames = table
            return table
        }
    }

    private func readArtists(where isWanted: (TableRow) -> Bool) throws -> ArtistTable {
        var table = ArtistTable()
        guard let builtIn else { return table }
        let path = builtIn.parentFolder + "/artists.csv"
        guard access(path.cPath, F_OK) == 0 else { return table }
        do {
            let reader = try CSVReader(path)
            // The first row names the columns.
            guard try reader.next() != nil else { return table }
            while let record = try reader.next() {
                guard record.problem == nil, reader.row.fields.count == 3 else {
                    throw MusicError.badLine(path: path, line: record.line, reason: "expected artist, genre, names")
                }
                if isWanted(reader.row) { table.add(reader.row.texts) }
            }
            return table
        } catch let failure as FileFailure {
            throw MusicError.badFile(path: path, reason: failure.reason)
        }
    }

    /// So many songs are learned from, and guessed, at most.
    private static let learned = 20_000, guessed = 200_000
    /// From fewer songs nothing is learned that the mood map does not know better.
    private static let leastLearned = 100
    /// How far off what was heard may be where nobody said.
    private static let usualUncertainty = 0.25

    /// Guesses valence and energy anew for songs of which nobody said what they are like, now that others are known
    /// better. Cost: some microseconds for each of them.
    func estimateAnew() throws {
        // Neither labels nor names of playlists, which say more than can be guessed.
        let unknown = "emotions = 0 AND hints = '' AND provenance & 3 <> 0"
        guard try database.integer("SELECT EXISTS (SELECT 1 FROM songs WHERE \(unknown))") != 0 else { return }
        let columns = "title, artist, genres, songs.year, songs.valence, songs.energy, provenance, id, uncertainty"
        let tables = "songs LEFT JOIN sounds ON sounds.song = songs.id"
        func read(_ row: any Statement) -> MoodEstimator.Example {
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
        var examples = try database.rows(
            "SELECT \(columns) FROM \(tables) WHERE provenance & 3 = 0 ORDER BY id DESC LIMIT ?",
            [.integer(Catalogue.learned)], read)
        guard examples.count >= Catalogue.leastLearned else { return }
        // What the mood map says of genres.
        for (word, point) in moodMap.words.sorted(by: { $0.key < $1.key }) {
            examples.append(
                MoodEstimator.Example(
                    title: "", artist: "", genres: [word], valence: point.valence, energy: point.energy, weight: 2))
        }
        let estimator = MoodEstimator(examples)
        let facts = SongFacts.columns.split(separator: ", ").map { "songs.\($0)" }.joined(separator: ", ")
        let estimates = try database.rows(
            "SELECT \(columns), \(facts) FROM \(tables) WHERE \(unknown) ORDER BY id DESC LIMIT ?",
            [.integer(Catalogue.guessed)]
        ) { row in
            let guess = estimator.estimate(read(row)), known = SongFacts(reading: row, from: 9)
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
