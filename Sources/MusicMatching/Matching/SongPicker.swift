import Randomness

/// A song of a list.
struct SongPick {
    var candidate: Candidate
    var isSurprise: Bool
    var target: MoodTarget
}

/// Songs a search has given that were not picked yet, best first.
struct WaitingSongs<Store: SongStore> {
    private let search: NearestSongs<Store>
    var songs: [Candidate] = []
    private var isExhausted = false
    /// The score of the best song that was ever there: surprises are measured by it, not by the best that is left.
    private(set) var best: Double?

    init(_ search: NearestSongs<Store>) { self.search = search }

    /// The songs that will probably be looked at next.
    func ahead(_ count: Int) -> [Int] {
        songs.map { $0.id } + (isExhausted ? [] : search.ahead(count))
    }

    /// Asks for one more; gives whether there was one.
    mutating func pull() throws(Store.Failure) -> Bool {
        guard !isExhausted, let candidate = try search.next() else {
            isExhausted = true
            return false
        }
        if best == nil { best = candidate.score }
        songs.append(candidate)
        return true
    }
}

/// Picks a list from ranked songs: good ones, drawn by lot, with variety and now and then a surprise.
struct SongPicker<Store: SongStore> {
    /// An artist does not come twice among this many songs in a row, as long as there are others.
    var artistGap: Int
    /// Among how many songs is drawn, and how much worse than the best they may be.
    var drawPool: Int, drawReach: Double
    var surprisePool: Int, surpriseReach: Double
    /// The positions that are drawn from a wider choice.
    var surprises: Set<Int>
    var generator: SplitMix64
    private let store: Store

    private(set) var picks: [SongPick] = []
    /// By the songs' numbers, see `artists`.
    private var credits: [Int: [String]] = [:]
    /// Songs that the store was told of.
    private var asked: Set<Int> = []
    private var taken: Set<Int> = []
    private var lastArtists: [[String]] = []

    /// - Parameter surpriseShare: with 0 nothing is drawn by lot: each song is the best that is left.
    init(_ store: Store, count: Int, ranking: MoodMap.Ranking, surpriseShare: Double, seed: UInt64) {
        let count = max(count, 0), surpriseShare = min(1, max(0, surpriseShare))
        self.store = store
        artistGap = ranking.artistGap
        drawPool = surpriseShare > 0 && ranking.drawReach > 0 ? ranking.drawPool : 1
        drawReach = ranking.drawReach
        surprisePool = ranking.surprisePool
        surpriseReach = ranking.surpriseReach
        generator = SplitMix64(seed: seed)
        // The share on average: of 5 songs a fifth is one, a tenth is one in every second list.
        let exact = surpriseShare * Double(count)
        let extra = Double.random(in: 0..<1, using: &generator) < exact - exact.rounded(.down) ? 1 : 0
        surprises = Set(generator.shuffled(count).prefix(Int(exact) + extra))
    }

    /// Picks one more song. Gives `false` when none is left.
    ///
    /// - Parameters:
    ///   - worstTier: songs of worse tiers don't come.
    ///   - likeness: among those drawn from, the third that are most to this taste is preferred.
    mutating func pick(
        from waiting: inout WaitingSongs<Store>, for target: MoodTarget, worstTier: Int = .max, likeness: Taste? = nil
    ) throws(Store.Failure) -> Bool {
        let isSurprise = surprises.contains(picks.count)
        let wanted = isSurprise ? max(surprisePool, 1) : drawPool
        var admissible: [Int] = []
        // The best tier of which a song is left, by whatever artist: others come when it runs out.
        var tier = worstTier
        var index = 0
        while admissible.count < wanted {
            if index == waiting.songs.count, try !waiting.pull() { break }
            let candidate = waiting.songs[index]
            if candidate.languageTier > tier { break }
            if !taken.contains(candidate.id) { tier = candidate.languageTier }
            if let first = admissible.first {
                let best = waiting.songs[first]
                let limit = isSurprise ? (waiting.best ?? best.score) + surpriseReach : best.score + drawReach
                if candidate.score > limit { break }
            }
            // Nobody wants the opposite mood as a surprise.
            if try isAdmissible(candidate, waiting), admissible.isEmpty || !candidate.isOpposite {
                admissible.append(index)
            }
            index += 1
        }
        let best = admissible.first
        var chosen = best
        if let likeness, wanted > 1, admissible.count > 3 {
            if Store.isFar { try store.expect(admissible.map { waiting.songs[$0].id }) }
            var values: [Double] = []
            for index in admissible {
                values.append(try store.place(of: waiting.songs[index].id).map(likeness.bonus) ?? 0)
            }
            let order = admissible.indices.sorted { values[$0] != values[$1] ? values[$0] > values[$1] : $0 < $1 }
            admissible = order.prefix(admissible.count / 3).map { admissible[$0] }
        }
        if wanted > 1, !admissible.isEmpty { chosen = admissible[generator.number(below: admissible.count)] }
        if chosen == nil { chosen = try leastRecent(of: waiting, tier) }
        guard let chosen else { return false }
        let candidate = waiting.songs.remove(at: chosen)
        taken.insert(candidate.id)
        lastArtists.append(try artists(candidate.id, waiting))
        if lastArtists.count >= artistGap { lastArtists.removeFirst(lastArtists.count - artistGap + 1) }
        picks.append(SongPick(candidate: candidate, isSurprise: isSurprise && chosen != best, target: target))
        return true
    }

    /// With nobody else left in a tier, the artist who came longest ago comes again; the song, as a place in `waiting`.
    private mutating func leastRecent(of waiting: WaitingSongs<Store>, _ tier: Int) throws(Store.Failure) -> Int? {
        let left = waiting.songs.indices.filter {
            !taken.contains(waiting.songs[$0].id) && waiting.songs[$0].languageTier <= tier
        }
        for place in lastArtists.indices.dropFirst() {
            let last = Set(lastArtists[place...].joined())
            for index in left {
                if try last.isDisjoint(with: artists(waiting.songs[index].id, waiting)) { return index }
            }
        }
        return left.first
    }

    /// The best song left for a place in the list, without taking it.
    func best(of waiting: inout WaitingSongs<Store>) throws(Store.Failure) -> Candidate? {
        var index = 0
        while true {
            if index == waiting.songs.count, try !waiting.pull() { return nil }
            if !taken.contains(waiting.songs[index].id) { return waiting.songs[index] }
            index += 1
        }
    }

    private mutating func isAdmissible(
        _ candidate: Candidate, _ waiting: WaitingSongs<Store>
    ) throws(Store.Failure) -> Bool {
        guard !taken.contains(candidate.id) else { return false }
        if artistGap <= 1 || lastArtists.isEmpty { return true }
        let credited = try artists(candidate.id, waiting)
        return !lastArtists.contains { last in last.contains { credited.contains($0) } }
    }

    /// So many songs are asked for at once.
    private static var songsAhead: Int { 24 }

    /// The artists credited on a song, one of those that wait.
    private mutating func artists(
        _ song: Int, _ waiting: WaitingSongs<Store>
    ) throws(Store.Failure) -> [String] {
        if let known = credits[song] { return known }
        if Store.isFar, !asked.contains(song) {
            let songs = [song] + waiting.ahead(Self.songsAhead)
            try store.expect(songs)
            asked.formUnion(songs)
        }
        let found = try store.artists(of: song)
        credits[song] = found
        return found
    }
}
