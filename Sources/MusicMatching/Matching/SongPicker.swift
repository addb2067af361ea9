import Randomness

/// Picks a list from ranked songs: the best ones, with variety and now and then a surprise.
struct SongPicker {
    /// Gives songs from the best to the worst.
    typealias Source = () throws -> Candidate?

    struct Pick {
        var candidate: Candidate
        var isSurprise: Bool
    }

    /// An artist does not come twice among this many songs in a row, as long as there are others.
    var artistGap: Int
    var surprisePool: Int
    var surpriseReach: Double
    /// The positions that are drawn by lot.
    var surprises: Set<Int>
    var generator: SplitMix64
    /// The artists credited on a song.
    var artists: (Int) throws -> [String]

    private(set) var picks: [Pick] = []
    private var taken: Set<Int> = []
    private var lastArtists: [[String]] = []

    init(
        count: Int, ranking: MoodMap.Ranking, surpriseShare: Double, seed: UInt64,
        artists: @escaping (Int) throws -> [String]
    ) {
        artistGap = ranking.artistGap
        surprisePool = ranking.surprisePool
        surpriseReach = ranking.surpriseReach
        generator = SplitMix64(seed: seed)
        self.artists = artists
        // The share on average: of 5 songs a fifth is one, a tenth is one in every second list.
        let exact = surpriseShare * Double(count)
        let extra = Double.random(in: 0..<1, using: &generator) < exact - exact.rounded(.down) ? 1 : 0
        surprises = Set((0..<count).shuffled(using: &generator).prefix(Int(exact) + extra))
    }

    /// Songs a source has given that were not picked yet, best first.
    struct Waiting {
        var source: Source
        var songs: [Candidate] = []
        var isExhausted = false

        init(_ source: @escaping Source) { self.source = source }

        mutating func pull() throws -> Bool {
            guard !isExhausted, let candidate = try source() else {
                isExhausted = true
                return false
            }
            songs.append(candidate)
            return true
        }
    }

    /// Picks one more song. Gives `false` when none is left.
    mutating func pick(from waiting: inout Waiting) throws -> Bool {
        let isSurprise = surprises.contains(picks.count)
        let wanted = isSurprise ? surprisePool : 1
        var admissible: [Int] = []
        var index = 0
        while admissible.count < wanted {
            if index == waiting.songs.count, try !waiting.pull() { break }
            if try isAdmissible(waiting.songs[index]) { admissible.append(index) }
            index += 1
        }
        // Neither languages that were not asked for nor the opposite mood are surprises anybody wants.
        if let best = admissible.first.map({ waiting.songs[$0] }) {
            admissible.removeAll {
                waiting.songs[$0].languageTier > best.languageTier
                    || waiting.songs[$0].score > best.score + surpriseReach
            }
        }
        var chosen = admissible.first
        if isSurprise { chosen = admissible.randomElement(using: &generator) }
        // With nobody else left, an artist comes again.
        chosen = chosen ?? waiting.songs.indices.first { !taken.contains(waiting.songs[$0].id) }
        guard let chosen else { return false }
        let candidate = waiting.songs.remove(at: chosen)
        taken.insert(candidate.id)
        lastArtists.append(try artists(candidate.id))
        if lastArtists.count >= artistGap { lastArtists.removeFirst(lastArtists.count - artistGap + 1) }
        picks.append(Pick(candidate: candidate, isSurprise: isSurprise && chosen != admissible.first))
        return true
    }

    private func isAdmissible(_ candidate: Candidate) throws -> Bool {
        guard !taken.contains(candidate.id) else { return false }
        if artistGap <= 1 || lastArtists.isEmpty { return true }
        let credited = try artists(candidate.id)
        return !lastArtists.contains { last in last.contains { credited.contains($0) } }
    }
}
