import Emotions

/// Songs from the best score to the worst, each found only when it is asked for.
///
/// Best-first search: cells of mood space wait in a heap with a score that none of their songs undercuts, songs with
/// their own. What comes first is opened if it is a cell and given if it is a song, so the order is exact, and only
/// cells nearer than the last song given are ever read (G. Hjaltason, H. Samet, "Distance browsing in spatial
/// databases", 1999).
final class NearestSongs {
    private let database: Database
    private let score: SongScore
    private let profile: ListenerProfile
    private let tiers: [LanguageTier]
    private var heap: Heap<Entry>

    private struct Entry: HeapElement {
        var key: Double
        /// Cells before songs with the same score, songs by their numbers.
        var tieBreak: Int
        var content: Content

        func comes(before other: Entry) -> Bool {
            key != other.key ? key < other.key : tieBreak < other.tieBreak
        }
    }

    private enum Content {
        case column(tier: Int, kind: MoodGrid.Kind, number: Int, square: Double)
        case cell(tier: Int, number: Int)
        case crowd(SongCrowd)
        case song(Candidate)
    }

    /// - Parameter languages: ISO codes; any if empty.
    init(_ database: Database, _ score: SongScore, languages: [String], profile: ListenerProfile) throws {
        self.database = database
        self.score = score
        self.profile = profile
        tiers = LanguageTier.all(languages)
        var entries: [Entry] = []
        for kind in MoodGrid.Kind.all {
            // Most catalogues have songs in some of the grids only.
            let cells = MoodGrid.cells(of: kind)
            let isUsed = try database.integer(
                "SELECT EXISTS (SELECT 1 FROM songs WHERE cell >= ? AND cell < ?)", .integer(cells.lowerBound),
                .integer(cells.upperBound))
            if isUsed == 0 { continue }
            for column in 0..<MoodGrid.columns {
                let square = score.leastSquare(column: column, kind)
                for tier in tiers.indices {
                    entries.append(
                        Entry(
                            key: score.leastScore(square, kind, tier: tier), tieBreak: -1,
                            content: .column(tier: tier, kind: kind, number: column, square: square)))
                }
            }
        }
        heap = Heap(entries)
        // Songs that something is taken off for may lie anywhere.
        for id in profile.preferred { try pushPreferred(id, languages) }
    }

    /// The next song that is not to be left out; `nil` when there are no more. Throws `MusicError`.
    func next(leavingOut isLeftOut: (Candidate) throws -> Bool) throws -> Candidate? {
        while let candidate = try next() {
            if try !isLeftOut(candidate) { return candidate }
        }
        return nil
    }

    /// The next song; `nil` when there are no more. Throws `MusicError`.
    func next() throws -> Candidate? {
        while let entry = heap.popFirst() {
            switch entry.content {
            case .song(let candidate): return candidate
            case .column(let tier, let kind, let number, let square):
                for box in 0..<MoodGrid.boxesPerColumn {
                    let least = score.leastScore(square + score.leastSquare(box: box, kind), kind, tier: tier)
                    heap.push(
                        Entry(
                            key: least, tieBreak: -1,
                            content: .cell(
                                tier: tier, number: MoodGrid.number(kind: kind, column: number, box: box))))
                }
            case .cell(let tier, let number): try open(cell: number, tier: tier)
            case .crowd(let crowd): try open(crowd)
            }
        }
        return nil
    }

    private func open(cell: Int, tier: Int) throws {
        for var place in tiers[tier].starts {
            var isOpen = true
            while isOpen { isOpen = try read(cell: cell, tier: tier, from: &place) }
        }
    }

    /// Reads on behind a place until the end, or until it is worth to jump: over languages that are not meant, and over
    /// songs that are all alike, as those are of which nothing but the names is known. Gives whether there is more.
    private func read(cell: Int, tier: Int, from place: inout CellPlace) throws -> Bool {
        let statement = try database.prepare(NearestSongs.query)
        try statement.bind([.integer(cell)] + place.values)
        defer { statement.reset() }
        var alike = 0
        while try statement.step() {
            let next = CellPlace(statement)
            if next.language != place.language {
                switch tiers[tier].judge(next.language) {
                case .taken: break
                case .passedOver:
                    place = .end(of: next.language)
                    return true
                case .end: return false
                }
            }
            alike = next == place ? alike + 1 : 0
            place = next
            let id = statement.integer(0)
            if alike == SongCrowd.size {
                let first = candidate(statement, id: id, tier: tier, adjustment: 0)
                push(SongCrowd(cell: cell, place: place, example: first, last: id - 1))
                return true
            }
            pushUnlessExcluded(statement, id: id, tier: tier)
        }
        return false
    }

    private func pushUnlessExcluded(_ row: Statement, id: Int, tier: Int) {
        let adjustment = profile.adjustments[id]
        if adjustment?.isExcluded == true || adjustment?.isPreference == true { return }
        push(candidate(row, id: id, tier: tier, adjustment: adjustment?.amount ?? 0))
    }

    /// The next few of a crowd; the rest waits on. Nobody in it has a better score than the example.
    private func open(_ crowd: SongCrowd) throws {
        let statement = try database.prepare(NearestSongs.crowdQuery)
        try statement.bind([.integer(crowd.cell)] + crowd.place.values + [.integer(crowd.last)])
        defer { statement.reset() }
        var rest = crowd, count = 0
        while count < SongCrowd.size, try statement.step() {
            count += 1
            rest.last = statement.integer(0)
            pushUnlessExcluded(statement, id: rest.last, tier: crowd.example.languageTier)
        }
        if count == SongCrowd.size { push(rest) }
    }

    private func pushPreferred(_ id: Int, _ languages: [String]) throws {
        guard let adjustment = profile.adjustments[id] else { return }
        let found = try database.first(
            "SELECT \(NearestSongs.columns), language FROM songs WHERE id = ?", .integer(id)
        ) { row in
            let language = row.text(8)
            let tier = languages.isEmpty || languages.contains(language) ? 0 : language.isEmpty ? 1 : 2
            return candidate(row, id: id, tier: tier, adjustment: adjustment.amount)
        }
        if let found { push(found) }
    }

    private func push(_ crowd: SongCrowd) {
        heap.push(Entry(key: crowd.example.score, tieBreak: crowd.last, content: .crowd(crowd)))
    }

    private func push(_ candidate: Candidate) {
        heap.push(Entry(key: candidate.score, tieBreak: candidate.id, content: .song(candidate)))
    }

    private func candidate(_ row: Statement, id: Int, tier: Int, adjustment: Double) -> Candidate {
        let mood = MoodPoint(
            valence: MoodAxis.valence.value(stored: row.integer(1)),
            energy: MoodAxis.energy.value(stored: row.integer(2)),
            danceability: MoodAxis.danceability.value(stored: row.integer(3)),
            acousticness: MoodAxis.acousticness.value(stored: row.integer(4)),
            tempo: MoodAxis.tempo.value(stored: row.integer(5)))
        let distance = score.distance(to: mood, estimated: MoodAxes(rawValue: row.integer(6) & 31))
        let label = score.labelCost(EmotionSet(rawValue: row.integer(7)))
        return Candidate(
            id: id, distance: distance, score: distance + label + score.languageCost(tier: tier) + adjustment,
            languageTier: tier)
    }

    private static let columns =
        "id, valence, energy, danceability, acousticness, tempo, provenance, emotions"

    /// The songs of a cell behind a place, in the order of the index.
    private static let query = """
        SELECT \(columns), language FROM songs INDEXED BY songs_by_mood WHERE cell = ? \
        AND (\(CellPlace.columns)) > (?, ?, ?, ?, ?, ?, ?, ?) ORDER BY \(CellPlace.columns), id
        """

    /// The songs at one place with larger numbers.
    private static let crowdQuery = """
        SELECT \(columns) FROM songs INDEXED BY songs_by_mood WHERE cell = ? AND language = ? AND valence = ? \
        AND energy = ? AND danceability = ? AND acousticness = ? AND tempo = ? AND provenance = ? AND emotions = ? \
        AND id > ? ORDER BY id
        """
}
