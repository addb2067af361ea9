/// Makes lists of songs for a mood out of a store.
struct Recommender<Store: SongStore> {
    let store: Store
    let map: MoodMap

    /// Chooses the songs that suit a mood best. Fewer than asked for only if the store has no more.
    ///
    /// Ranked exactly as comparing with every song would. Throws what the store does.
    ///
    /// - Parameters:
    ///   - memory: what the listener said and heard.
    ///   - favouriteArtists: those that `request.artists` names, by `ArtistKey`.
    func choose(
        _ request: RecommendationRequest, memory: ListenerMemory, favouriteArtists: Set<String>
    ) throws(Store.Failure) -> ChosenSongs {
        var example: Taste.Example?
        if let like = request.like, let place = try store.place(of: like) {
            example = Taste.Example(song: like, place: place, weight: 1)
        }
        let profile = try ListenerProfile(
            memory, store: store, ranking: map.ranking, favouriteArtists: favouriteArtists, like: example,
            time: request.time)
        var list = try RankedList(request, store: store, map: map, profile: profile, like: example)
        return ChosenSongs(picks: try list.picks(), request: request, map: map, profile: profile)
    }
}

/// The songs of a list, as numbers.
struct ChosenSongs {
    let picks: [SongPick]
    let request: RecommendationRequest
    let map: MoodMap
    let profile: ListenerProfile

    var numbers: [Int] { picks.map { $0.candidate.id } }

    /// The list with its reasons.
    ///
    /// - Parameters:
    ///   - songs: those with `numbers`; one that is not among them is left out.
    ///   - liked: the song that `request.like` names.
    func explained(_ songs: [Song], liked: Song?) -> [Recommendation] {
        var shown: [Int: Song] = [:]
        for song in songs { shown[song.id] = song }
        let change = MoodChange(request, map: map)
        var result: [Recommendation] = []
        for (position, pick) in picks.enumerated() {
            guard let song = shown[pick.candidate.id] else { continue }
            let reason = Reason(
                song: song, pick: pick, request: request, position: position, change: change, liked: liked,
                profile: profile)
            let score = SongScore(pick.target, map: map, languages: nil, tastes: [])
            result.append(
                Recommendation(
                    song: song, distance: pick.candidate.distance,
                    target: score.distance(to: song.mood, estimated: song.estimated).1, isSurprise: pick.isSurprise,
                    reason: reason.text, reasons: reason.parts))
        }
        return result
    }
}
