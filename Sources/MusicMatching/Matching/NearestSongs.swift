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
    private let queries: [(sql: String, languages: [SQLValue])]
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
        case song(Candidate)
    }

    /// - Parameter languages: ISO codes; any if empty.
    init(_ database: Database, _ score: SongScore, languages: [String], profile: ListenerProfile) throws {
        self.database = database
        self.score = score
        self.profile = profile
        queries = NearestSongs.queries(languages)
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
                for tier in queries.indices {
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
            }
        }
        return nil
    }

    private func open(cell: Int, tier: Int) throws {
        let query = queries[tier]
        let statement = try database.prepare(query.sql)
        try statement.bind([.integer(cell)] + query.languages)
        defer { statement.reset() }
        while try statement.step() {
            let id = statement.integer(0)
            let adjustment = profile.adjustments[id]
            if adjustment == .excluded || adjustment?.isPreference == true { continue }
            push(candidate(statement, id: id, tier: tier, adjustment: adjustment?.amount ?? 0))
        }
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

    /// One per tier: languages asked for, unknown, others; or a single one for all.
    private static func queries(_ languages: [String]) -> [(sql: String, languages: [SQLValue])] {
        let base = "SELECT \(columns) FROM songs INDEXED BY songs_by_mood WHERE cell = ?"
        if languages.isEmpty { return [(base, [])] }
        let marks = languages.map { _ in "?" }.joined(separator: ", ")
        let values = languages.map { SQLValue.text($0) }
        return [
            ("\(base) AND language IN (\(marks))", values), ("\(base) AND language = ''", []),
            ("\(base) AND language <> '' AND language NOT IN (\(marks))", values),
        ]
    }
}
