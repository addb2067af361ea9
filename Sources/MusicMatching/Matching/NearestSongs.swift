/// What waits in the search's heap.
private struct SearchEntry: HeapElement {
    enum Content {
        case tier(Int)
        case column(tier: Int, kind: MoodGrid.Kind, number: Int)
        case cell(tier: Int, number: Int)
        /// A place in the search's list of them: heaps move their elements about, and a crowd is large.
        case crowd(Int)
        case song(Candidate)
    }

    var key: Double
    /// Cells before songs with the same score, songs by their numbers.
    var tieBreak: Int
    var content: Content

    func comes(before other: SearchEntry) -> Bool {
        key != other.key ? key < other.key : tieBreak < other.tieBreak
    }
}

/// Songs from the best score to the worst, each found only when it is asked for.
///
/// Best-first search: cells of mood space wait in a heap with a score that none of their songs undercuts, songs with
/// their own. What comes first is opened if it is a cell and given if it is a song, so the order is exact, and only
/// cells nearer than the last song given are ever read (G. Hjaltason, H. Samet, "Distance browsing in spatial
/// databases", 1999).
final class NearestSongs<Store: SongStore> {
    private let store: Store
    private let score: SongScore
    private let profile: ListenerProfile
    private let languages: LanguageChoice
    private let filter: SongFilter
    private var tiers: [LanguageTier]
    private let kinds: [MoodGrid.Kind]
    private var heap: Heap<SearchEntry>
    private var crowds: [SongCrowd] = []
    /// Cells that the store was told of, and how many it is told of next.
    private var announced: Set<Int> = [], announcement = 16
    private var announcedTier = 0

    /// - Parameters:
    ///   - kinds: the grids that are looked at.
    ///   - filter: which songs are passed over.
    init(
        _ store: Store, _ score: SongScore, kinds: [MoodGrid.Kind], languages: LanguageChoice, filter: SongFilter,
        profile: ListenerProfile
    ) throws(Store.Failure) {
        self.store = store
        self.score = score
        self.kinds = kinds
        self.profile = profile
        self.languages = languages
        self.filter = filter
        tiers = languages.tiers
        heap = Heap(
            tiers.indices.map { SearchEntry(key: score.leastScore(tier: $0), tieBreak: -1, content: .tier($0)) })
        // Songs that something is taken off for may lie anywhere.
        if Store.isFar { try store.expect(profile.preferred) }
        for id in profile.preferred { try pushPreferred(id) }
    }

    /// The next song; `nil` when there are no more. Throws what the store does.
    func next() throws(Store.Failure) -> Candidate? {
        while let entry = heap.popFirst() {
            switch entry.content {
            case .song(let candidate): return candidate
            case .tier(let tier): try open(tier: tier)
            case .column(let tier, let kind, let number):
                for cell in cells(of: number, kind, tier: tier) { heap.push(cell) }
            case .cell(let tier, let number):
                if Store.isFar, !announced.contains(number) { try announce(number, tier: tier) }
                try open(cell: number, tier: tier)
            case .crowd(let number): try open(crowd: number)
            }
        }
        return nil
    }

    private func cells(of column: Int, _ kind: MoodGrid.Kind, tier: Int) -> [SearchEntry] {
        (0..<MoodGrid.boxesPerColumn).map { box in
            let least = score.leastScore(column: column, box: box, kind, tier: tier)
            let cell = MoodGrid.number(kind: kind, column: column, box: box)
            return SearchEntry(key: least, tieBreak: -1, content: .cell(tier: tier, number: cell))
        }
    }

    /// Tells the store which cells will be read when it is not found any nearer: this one, and those before the next few
    /// songs.
    private func announce(_ cell: Int, tier: Int) throws(Store.Failure) {
        // Another tier reads cells anew.
        if tier != announcedTier { announced = [] }
        announcedTier = tier
        var next = [cell], songs = 0, rest = heap
        while next.count < announcement, songs < Self.songsAhead, let entry = rest.popFirst() {
            switch entry.content {
            case .song, .crowd: songs += 1
            case .tier: songs = Self.songsAhead
            case .column(tier, let kind, let number):
                for cell in cells(of: number, kind, tier: tier) { rest.push(cell) }
            case .cell(tier, let number): if !announced.contains(number) { next.append(number) }
            case .column, .cell: break
            }
        }
        announcement = min(announcement * 2, 256)
        try store.expect(next, in: tiers[tier])
        announced.formUnion(next)
    }

    /// Cells behind so many songs are not read soon.
    private static var songsAhead: Int { 12 }

    /// The songs that come next unless others come before them.
    func ahead(_ count: Int) -> [Int] {
        var songs: [Int] = [], rest = heap, looked = 0
        while songs.count < count, looked < 4 * count, let entry = rest.popFirst() {
            looked += 1
            if case .song(let candidate) = entry.content { songs.append(candidate.id) }
        }
        return songs
    }

    /// The columns of a tier; songs in languages that few sing in are taken by themselves, since most cells have none.
    private func open(tier: Int) throws(Store.Failure) {
        if case .only(let codes) = tiers[tier] {
            var common: [String] = []
            for code in codes where try !pushIfRare(code, tier: tier) { common.append(code) }
            if common.isEmpty { return }
            tiers[tier] = .only(common)
        }
        var entries: [SearchEntry] = []
        for kind in kinds {
            for column in 0..<MoodGrid.columns {
                entries.append(
                    SearchEntry(
                        key: score.leastScore(column: column, kind, tier: tier), tieBreak: -1,
                        content: .column(tier: tier, kind: kind, number: column)))
            }
        }
        heap.push(entries)
    }

    /// A language with more songs than this is looked for in the cells.
    private static var rarity: Int { 1000 }

    /// Takes all songs in a language if there are few; gives whether there are.
    private func pushIfRare(_ language: String, tier: Int) throws(Store.Failure) -> Bool {
        if try store.hasMore(than: Self.rarity, in: language) { return false }
        let wantsOthers = kinds.contains { !$0.isOwn }
        try store.songs(in: language) { (id, place) throws(Store.Failure) in
            if wantsOthers || place.traits.isOwn { try pushUnlessExcluded(id, place, tier: tier) }
        }
        return true
    }

    private func open(cell: Int, tier: Int) throws(Store.Failure) {
        for var place in tiers[tier].starts {
            var isOpen = true
            while isOpen { isOpen = try read(cell: cell, tier: tier, from: &place) }
        }
    }

    /// Reads on behind a place until the end, or until it is worth to jump: over languages that are not meant, and over
    /// songs that are all alike, as those are of which nothing but the names is known. Gives whether there is more.
    private func read(cell: Int, tier: Int, from place: inout CellPlace) throws(Store.Failure) -> Bool {
        var alike = 0, isAtEnd = false
        let stopped = try store.songs(in: cell, behind: place) { (id, next) throws(Store.Failure) in
            if next.language != place.language {
                switch tiers[tier].judge(next.language) {
                case .taken: break
                case .passedOver:
                    place = .end(of: next.language)
                    return false
                case .end:
                    isAtEnd = true
                    return false
                }
            }
            alike = next == place ? alike + 1 : 0
            place = next
            if alike == SongCrowd.size {
                let first = score.candidate(id, place, tier: tier, adjustment: 0)
                crowds.append(SongCrowd(cell: cell, place: place, example: first, last: id - 1))
                push(crowd: crowds.count - 1)
                return false
            }
            try pushUnlessExcluded(id, place, tier: tier)
            return true
        }
        return stopped && !isAtEnd
    }

    private func pushUnlessExcluded(_ id: Int, _ place: CellPlace, tier: Int) throws(Store.Failure) {
        let adjustment = profile.adjustments[id]
        if adjustment?.isExcluded == true || adjustment?.isPreference == true { return }
        guard try isAdmitted(id, place) else { return }
        push(score.candidate(id, place, tier: tier, adjustment: adjustment?.amount ?? 0))
    }

    private func isAdmitted(_ id: Int, _ place: CellPlace) throws(Store.Failure) -> Bool {
        if let answer = filter.admits(place.traits) { return answer }
        return filter.admits(genres: try store.genres(of: id))
    }

    /// The next few of a crowd; the rest waits on. Nobody in it has a better score than the example.
    private func open(crowd number: Int) throws(Store.Failure) {
        let crowd = crowds[number]
        let next = try store.crowd(in: crowd.cell, at: crowd.place, behind: crowd.last, limit: SongCrowd.size)
        for id in next {
            crowds[number].last = id
            try pushUnlessExcluded(id, crowd.place, tier: crowd.example.languageTier)
        }
        if next.count == SongCrowd.size { push(crowd: number) }
    }

    private func pushPreferred(_ id: Int) throws(Store.Failure) {
        guard let adjustment = profile.adjustments[id], let place = try store.place(of: id),
            let tier = languages.tier(of: place.language), try isAdmitted(id, place),
            place.traits.isOwn || kinds.contains(where: { !$0.isOwn })
        else { return }
        push(score.candidate(id, place, tier: tier, adjustment: adjustment.amount))
    }

    private func push(crowd number: Int) {
        let crowd = crowds[number]
        heap.push(SearchEntry(key: crowd.example.score, tieBreak: crowd.last, content: .crowd(number)))
    }

    private func push(_ candidate: Candidate) {
        heap.push(SearchEntry(key: candidate.score, tieBreak: candidate.id, content: .song(candidate)))
    }
}
