/// What a place in a list is searched for.
private struct SongSearch: Hashable {
    var target: MoodTarget
    var isOwn: Bool
    /// On a path each song also suits the one before it.
    var position: Int
}

/// How a list comes about: for each place a mood that is looked for, a search for it, and a draw among what is good.
struct RankedList<Store: SongStore> {
    private let request: RecommendationRequest
    private let store: Store
    private let map: MoodMap
    private let profile: ListenerProfile
    private let languages: LanguageChoice
    private let languageCosts: [String: Double]?
    /// The mood of a song that others like it are asked for, and likeness to it in everything else.
    private let likedMood: MoodPoint?
    private let likeness: Taste?
    private let kinds: [MoodGrid.Kind]
    /// The share of the list that is the listener's own songs.
    private let ownShare: Double
    private var picker: SongPicker<Store>
    private var searches: [SongSearch: WaitingSongs<Store>] = [:]

    init(
        _ request: RecommendationRequest, store: Store, map: MoodMap, profile: ListenerProfile, like: Taste.Example?
    ) throws(Store.Failure) {
        var request = request
        request.count = max(request.count, 0)
        self.request = request
        self.store = store
        self.map = map
        self.profile = profile
        languages = LanguageChoice(asked: request.languages, excluded: request.excludedLanguages)
        languageCosts =
            languages.asked.isEmpty && like == nil
            ? LanguageChoice.costs(request.usualLanguages, liked: profile.likedLanguages, map.ranking) : nil
        likedMood = like?.place.mood
        likeness = like.flatMap { Taste([$0], weights: Self.likeness(map.ranking), doubt: 0) }
        var kinds: [MoodGrid.Kind] = []
        for kind in MoodGrid.Kind.all where !request.filter.isOwn || kind.isOwn {
            if try store.hasSongs(kind) { kinds.append(kind) }
        }
        self.kinds = kinds
        let own = like != nil || !kinds.contains(where: { $0.isOwn }) ? 0 : Double(try store.ownSongs(limit: 100_000))
        ownShare = own > 0 ? map.ranking.ownShare * own / (own + map.ranking.ownHalf) : 0
        picker = SongPicker(
            store, count: request.count, ranking: map.ranking,
            surpriseShare: request.surpriseShare ?? map.ranking.surpriseShare, seed: request.seed)
    }

    private static func likeness(_ ranking: MoodMap.Ranking) -> Taste.Weights {
        Taste.Weights(
            genre: ranking.likeGenre, decade: ranking.likeDecade, language: ranking.likeLanguage, sound: 0)
    }

    /// The songs of the list, in order. Throws what the store does.
    mutating func picks() throws(Store.Failure) -> [SongPick] {
        for (position, target) in targets.enumerated() {
            if try isOwnPlace(position), try pickOwn(target, position) { continue }
            let search = SongSearch(target: target, isOwn: false, position: request.mode == .path ? position : 0)
            guard try pick(search) else { break }
        }
        return picker.picks
    }

    private var targets: [MoodTarget] {
        if let song = likedMood { return Array(repeating: .like(song), count: request.count) }
        return MoodPlan(request.emotions, mode: request.mode, count: request.count, map: map).targets
    }

    private func isOwnPlace(_ position: Int) throws(Store.Failure) -> Bool {
        // Evenly over the list, so that its beginning is like the whole.
        let before = (Double(position) * ownShare + 0.5).rounded(.down)
        return (Double(position + 1) * ownShare + 0.5).rounded(.down) > before
    }

    /// Picks one of the listener's own songs, unless others are in languages that were rather asked for.
    private mutating func pickOwn(_ target: MoodTarget, _ position: Int) throws(Store.Failure) -> Bool {
        let place = request.mode == .path ? position : 0
        let all = SongSearch(target: target, isOwn: false, position: place)
        var waiting = try waiting(all)
        let best = try picker.best(of: &waiting)
        searches[all] = waiting
        guard let best else { return false }
        return try pick(SongSearch(target: target, isOwn: true, position: place), worstTier: best.languageTier)
    }

    private mutating func pick(_ search: SongSearch, worstTier: Int = .max) throws(Store.Failure) -> Bool {
        var waiting = try waiting(search)
        let likeness = try likenessToLast
        let found = try picker.pick(
            from: &waiting, for: search.target, worstTier: worstTier, likeness: likeness)
        searches[search] = waiting
        return found
    }

    /// Where a path has come to: its steps are alike in genre, decade and language. Nothing that the search knows of: it
    /// would have to look much further for a song that is alike.
    private var likenessToLast: Taste? {
        get throws(Store.Failure) {
            guard request.mode == .path, likedMood == nil, let last = picker.picks.last,
                let place = try store.place(of: last.candidate.id)
            else { return nil }
            return Taste(
                [Taste.Example(song: nil, place: place, weight: 1)], weights: Self.likeness(map.ranking), doubt: 0
            )
        }
    }

    /// What was found so far, taken out of `searches` so that it has one owner.
    private mutating func waiting(_ search: SongSearch) throws(Store.Failure) -> WaitingSongs<Store> {
        if let known = searches.removeValue(forKey: search) { return known }
        return try start(search)
    }

    private func start(_ search: SongSearch) throws(Store.Failure) -> WaitingSongs<Store> {
        let tastes = [profile.taste, likeness].compactMap { $0 }
        let nearest = try NearestSongs(
            store, SongScore(search.target, map: map, languages: languageCosts, tastes: tastes),
            kinds: search.isOwn ? kinds.filter { $0.isOwn } : kinds, languages: languages, filter: request.filter,
            profile: profile)
        return WaitingSongs(nearest)
    }
}
