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
    private let languages: LanguageChoice
    private var tiers: [LanguageTier]
    /// Most catalogues have songs in some of the grids only.
    private let kinds: [MoodGrid.Kind]
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
        case tier(Int)
        case column(tier: Int, kind: MoodGrid.Kind, number: Int, square: Double)
        case cell(tier: Int, number: Int)
        case crowd(SongCrowd)
        case song(Candidate)
    }

    init(_ database: Database, _ score: SongScore, languages: LanguageChoice, profile: ListenerProfile) throws {
        self.database = database
        self.score = score
        self.profile = profile
        self.languages = languages
        tiers = languages.tiers
        kinds = try MoodGrid.Kind.all.filter { kind in
            let cells = MoodGrid.cells(of: kind)
            return try database.integer(
                "SELECT EXISTS (SELECT 1 FROM songs WHERE cell >= ? AND cell < ?)", .integer(cells.lowerBound),
                .integer(cells.upperBound)) != 0
        }
        heap = Heap(
            tiers.indices.map { Entry(key: score.leastScore(tier: $0), tieBreak: -1, content: .tier($0)) })
        // Songs that something is taken off for may lie anywhere.
        for id in profile.preferred { try pushPreferred(id) }
    }

    /// The next song; `nil` when there are no more. Throws `MusicError`.
    func next() throws -> Candidate? {
        while let entry = heap.popFirst() {
            switch entry.content {
            case .song(let candidate): return candidate
            case .tier(let tier): try open(tier: tier)
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

    /// The columns of a tier; songs in languages that few sing in are taken by themselves, since most cells have none.
    private func open(tier: Int) throws {
        if case .only(let codes) = tiers[tier] {
            let common = try codes.filter { try !pushIfRare($0, tier: tier) }
            if common.isEmpty { return }
            tiers[tier] = .only(common)
        }
        var entries: [Entry] = []
        for kind in kinds {
            for column in 0..<MoodGrid.columns {
                let square = score.leastSquare(column: column, kind)
                entries.append(
                    Entry(
                        key: score.leastScore(square, kind, tier: tier), tieBreak: -1,
                        content: .column(tier: tier, kind: kind, number: column, square: square)))
            }
        }
        heap.push(entries)
    }

    /// A language with more songs than this is looked for in the cells.
    private static let rarity = 1000

    /// Takes all songs in a language if there are few; gives whether there are.
    private func pushIfRare(_ language: String, tier: Int) throws -> Bool {
        let count = try database.integer(
            "SELECT count(*) FROM (SELECT 1 FROM songs INDEXED BY songs_by_language WHERE language = ? LIMIT ?)",
            .text(language), .integer(NearestSongs.rarity + 1))
        if count > NearestSongs.rarity { return false }
        let statement = try database.prepare(NearestSongs.languageQuery).bind([.text(language)])
        defer { statement.reset() }
        while try statement.step() {
            pushUnlessExcluded(statement, id: statement.integer(0), language, tier: tier)
        }
        return true
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
                let first = candidate(statement, id: id, place.language, tier: tier, adjustment: 0)
                push(SongCrowd(cell: cell, place: place, example: first, last: id - 1))
                return true
            }
            pushUnlessExcluded(statement, id: id, place.language, tier: tier)
        }
        return false
    }

    private func pushUnlessExcluded(_ row: Statement, id: Int, _ language: String, tier: Int) {
        let adjustment = profile.adjustments[id]
        if adjustment?.isExcluded == true || adjustment?.isPreference == true { return }
        push(candidate(row, id: id, language, tier: tier, adjustment: adjustment?.amount ?? 0))
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
            pushUnlessExcluded(statement, id: rest.last, crowd.place.language, tier: crowd.example.languageTier)
        }
        if count == SongCrowd.size { push(rest) }
    }

    private func pushPreferred(_ id: Int) throws {
        guard let adjustment = profile.adjustments[id] else { return }
        let found = try database.first(
            "SELECT \(NearestSongs.columns), language FROM songs WHERE id = ?", .integer(id)
        ) { row -> Candidate? in
            let language = row.text(8)
            return languages.tier(of: language).map {
                candidate(row, id: id, language, tier: $0, adjustment: adjustment.amount)
            }
        }
        if let candidate = found ?? nil { push(candidate) }
    }

    private func push(_ crowd: SongCrowd) {
        heap.push(Entry(key: crowd.example.score, tieBreak: crowd.last, content: .crowd(crowd)))
    }

    private func push(_ candidate: Candidate) {
        heap.push(Entry(key: candidate.score, tieBreak: candidate.id, content: .song(candidate)))
    }

    private func candidate(
        _ row: Statement, id: Int, _ language: String, tier: Int, adjustment: Double
    ) -> Candidate {
        let mood = MoodPoint(
            valence: MoodAxis.valence.value(stored: row.integer(1)),
            energy: MoodAxis.energy.value(stored: row.integer(2)),
            danceability: MoodAxis.danceability.value(stored: row.integer(3)),
            acousticness: MoodAxis.acousticness.value(stored: row.integer(4)),
            tempo: MoodAxis.tempo.value(stored: row.integer(5)))
        let distance = score.distance(to: mood, estimated: MoodAxes(rawValue: row.integer(6) & 31))
        let label = score.labelCost(EmotionSet(rawValue: row.integer(7)))
        return Candidate(
            id: id, distance: distance,
            score: distance + label + score.languageCost(language, tier: tier) + adjustment, languageTier: tier)
    }

    private static let columns =
        "id, valence, energy, danceability, acousticness, tempo, provenance, emotions"

    /// The songs of a cell behind a place, in the order of the index.
    private static let query = """
        SELECT \(columns), language FROM songs INDEXED BY songs_by_mood WHERE cell = ? \
        AND (\(CellPlace.columns)) > (?, ?, ?, ?, ?, ?, ?, ?) ORDER BY \(CellPlace.columns), id
        """

    private static let languageQuery =
        "SELECT \(columns) FROM songs INDEXED BY songs_by_language WHERE language = ?"

    /// The songs at one place with larger numbers.
    private static let crowdQuery = """
        SELECT \(columns) FROM songs INDEXED BY songs_by_mood WHERE cell = ? AND language = ? AND valence = ? \
        AND energy = ? AND danceability = ? AND acousticness = ? AND tempo = ? AND provenance = ? AND emotions = ? \
        AND id > ? ORDER BY id
        """
}
