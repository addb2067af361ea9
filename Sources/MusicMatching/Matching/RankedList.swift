/// How a list comes about: for each place a mood that is looked for, a search for it, and a draw among what is good.
struct RankedList {
    private let request: RecommendationRequest
    private let index: SongIndex
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
    private var picker: SongPicker
    private var searches: [Search: SongPicker.Waiting] = [:]

    private struct Search: Hashable {
        var target: MoodTarget
        var isOwn: Bool
        /// On a path each song also suits the one before it.
        var position: Int
    }

    init(
        _ request: RecommendationRequest, index: SongIndex, map: MoodMap, profile: ListenerProfile,
        like: Taste.Example?
    ) throws {
        self.request = request
        self.index = index
        self.map = map
        self.profile = profile
        languages = LanguageChoice(asked: request.languages, excluded: request.excludedLanguages)
        languageCosts =
            languages.asked.isEmpty && like == nil
            ? LanguageChoice.costs(request.usualLanguages, liked: profile.likedLanguages, map.ranking) : nil
        likedMood = like?.place.mood
        likeness = like.flatMap { Taste([$0], weights: RankedList.likeness(map.ranking), doubt: 0) }
        kinds = try MoodGrid.Kind.all.filter { try (!request.filter.isOwn || $0.isOwn) && index.hasSongs($0) }
        let own = like != nil || !kinds.contains(where: \.isOwn) ? 0 : Double(try index.ownSongs(limit: 100_000))
        ownShare = own > 0 ? map.ranking.ownShare * own / (own + map.ranking.ownHalf) : 0
        var credits: [Int: [String]] = [:]
        picker = SongPicker(
            count: request.count, ranking: map.ranking,
            surpriseShare: request.surpriseShare ?? map.ranking.surpriseShare, seed: request.seed
        ) { id in
            if let known = credits[id] { return known }
            let found = try index.artists(of: id)
            credits[id] = found
            return found
        }
    }

    private static func likeness(_ ranking: MoodMap.Ranking) -> Taste.Weights {
        Taste.Weights(
            genre: ranking.likeGenre, decade: ranking.likeDecade, language: ranking.likeLanguage, sound: 0)
    }

    /// The songs of the list, in order. Throws `MusicError`.
    mutating func picks() throws -> [SongPicker.Pick] {
        for (position, target) in targets.enumerated() {
            if try isOwnPlace(position), try pickOwn(target, position) { continue }
            let search = Search(target: target, isOwn: false, position: request.mode == .path ? position : 0)
            guard try pick(search) else { break }
        }
        return picker.picks
    }

    private var targets: [MoodTarget] {
        if let song = likedMood { return Array(repeating: .like(song), count: request.count) }
        return MoodPlan(request.emotions, mode: request.mode, count: request.count, map: map).targets
    }

    private func isOwnPlace(_ position: Int) throws -> Bool {
        // Evenly over the list, so that its beginning is like the whole.
        let before = (Double(position) * ownShare + 0.5).rounded(.down)
        return (Double(position + 1) * ownShare + 0.5).rounded(.down) > before
    }

    /// Picks one of the listener's own songs, unless others are in languages that were rather asked for.
    private mutating func pickOwn(_ target: MoodTarget, _ position: Int) throws -> Bool {
        let place = request.mode == .path ? position : 0
        let all = Search(target: target, isOwn: false, position: place)
        var waiting = try searches[all] ?? start(all)
        let best = try picker.best(of: &waiting)
        searches[all] = waiting
        guard let best else { return false }
        return try pick(Search(target: target, isOwn: true, position: place), worstTier: best.languageTier)
    }

    private mutating func pick(_ search: Search, worstTier: Int = .max) throws -> Bool {
        var waiting = try searches.removeValue(forKey: search) ?? start(search)
        let index = index
        let likeness = try likenessToLast.map { taste in
            { (song: Int) in try index.place(of: song).map(taste.bonus) ?? 0 }
        }
        let found = try picker.pick(
            from: &waiting, for: search.target, worstTier: worstTier, likeness: likeness)
        searches[search] = waiting
        return found
    }

    /// Where a path has come to: its steps are alike in genre, decade and language. Nothing that the search knows of: it
    /// would have to look much further for a song that is alike.
    private var likenessToLast: Taste? {
        get throws {
            guard request.mode == .path, likedMood == nil, let last = picker.picks.last,
                let place = try index.place(of: last.candidate.id)
            else { return nil }
            return Taste(
                [Taste.Example(song: nil, place: place, weight: 1)], weights: RankedList.likeness(map.ranking), doubt: 0
            )
        }
    }

    private func start(_ search: Search) throws -> SongPicker.Waiting {
        let tastes = [profile.taste, likeness].compactMap { $0 }
        let nearest = try NearestSongs(
            index, SongScore(search.target, map: map, languages: languageCosts, tastes: tastes),
            kinds: search.isOwn ? kinds.filter(\.isOwn) : kinds, languages: languages, filter: request.filter,
            profile: profile)
        return SongPicker.Waiting { try nearest.next() }
    }
}
