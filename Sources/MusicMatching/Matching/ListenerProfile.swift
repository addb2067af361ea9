import Glibc

/// What is known of the listener, as far as it changes a ranking.
struct ListenerProfile {
    /// What is added to a song's score (taken off if negative).
    struct Adjustment: Equatable {
        var amount = 0.0
        var isExcluded = false
        static let excluded = Adjustment(amount: 0, isExcluded: true)
        /// Whether the song may come before nearer ones.
        var isPreference: Bool { !isExcluded && amount < 0 }
    }

    /// By the songs' numbers; songs that are not here are ranked as they are.
    var adjustments: [Int: Adjustment] = [:]
    var likedSongs: Set<Int> = []
    /// By `ArtistKey`.
    var likedArtists: Set<String> = []
    var favouriteArtists: Set<String> = []
    /// Those of liked songs, as far as they are known.
    var likedLanguages: Set<String> = []
    /// Played or recommended lately.
    var recent: Set<Int> = []
    /// What liked and played songs have in common; `nil` where nothing is known.
    var taste: Taste?

    /// The songs that something is taken off for.
    var preferred: [Int] { adjustments.filter { $0.value.isPreference }.map { $0.key }.sorted() }

    /// Only so many of the artists last liked or disliked count: each may have many songs.
    static let artistLimit = 200
    /// The songs last liked, disliked or played that make a taste.
    static let tasteLimit = 500
    /// So many likes make a taste count half.
    static let tasteDoubt = 4.0

    /// Judges what `memory` holds. Throws what the store does.
    init<Store: SongStore>(
        _ memory: ListenerMemory, store: Store, ranking: MoodMap.Ranking, favouriteArtists: Set<String>,
        like: Taste.Example?, time: Int
    ) throws(Store.Failure) {
        self.favouriteArtists = favouriteArtists
        var dislikedArtists: Set<String> = [], disliked: [Int] = []
        for opinion in memory.artists {
            if opinion.isLike { likedArtists.insert(opinion.key) } else { dislikedArtists.insert(opinion.key) }
        }
        // What was said of an artist counts more than what can be guessed from songs.
        let spoken = likedArtists.union(dislikedArtists)
        var guessed: (liked: Set<String>, disliked: Set<String>) = ([], [])
        for opinion in memory.songs {
            let key = ArtistKey.first(of: opinion.artist)
            if opinion.isLike {
                likedSongs.insert(opinion.song)
                if !opinion.language.isEmpty { likedLanguages.insert(opinion.language) }
                if guessed.liked.count < ListenerProfile.artistLimit { guessed.liked.insert(key) }
            } else {
                disliked.append(opinion.song)
                if guessed.disliked.count < ListenerProfile.artistLimit { guessed.disliked.insert(key) }
            }
        }
        // Who likes one song and dislikes another of an artist said nothing about the artist.
        let both = guessed.liked.intersection(guessed.disliked).union(spoken)
        likedArtists.formUnion(guessed.liked.subtracting(both))
        dislikedArtists.formUnion(guessed.disliked.subtracting(both))

        var amounts: [Int: Double] = [:]
        for id in try store.songs(byAnyOf: dislikedArtists) { amounts[id] = ranking.dislikedArtist }
        for id in try store.songs(byAnyOf: likedArtists) { amounts[id] = -ranking.likedArtist }
        if let like {
            var artists: Set<String> = []
            if let song = like.song { artists = Set(try store.artists(of: song)) }
            for id in try store.songs(byAnyOf: artists) { amounts[id] = min(amounts[id] ?? 0, -ranking.likeArtist) }
        }
        for id in try store.songs(byAnyOf: favouriteArtists) { amounts[id] = -ranking.favouriteArtist }
        for id in likedSongs { amounts[id, default: 0] -= ranking.likedSong }
        for (id, amount) in memory.lately(ranking, time) {
            amounts[id, default: 0] += amount
            recent.insert(id)
        }
        adjustments = amounts.mapValues { Adjustment(amount: $0) }
        for id in disliked { adjustments[id] = .excluded }
        if let song = like?.song { adjustments[song] = .excluded }
        taste = Taste(
            try examples(memory, store),
            weights: Taste.Weights(
                genre: ranking.tasteGenre, decade: ranking.tasteDecade, language: ranking.tasteLanguage,
                sound: ranking.tasteSound),
            doubt: ListenerProfile.tasteDoubt)
    }

    /// Liked, disliked and played songs; a play says less than a like, and many say no more than that.
    private func examples<Store: SongStore>(
        _ memory: ListenerMemory, _ store: Store
    ) throws(Store.Failure) -> [Taste.Example] {
        var weights: [Int: Double] = [:]
        for (song, plays) in memory.plays.prefix(ListenerProfile.tasteLimit) {
            weights[song] = 0.3 * Double(min(plays, 3))
        }
        for opinion in memory.songs.prefix(ListenerProfile.tasteLimit) {
            weights[opinion.song] = opinion.isLike ? 1 : -0.7
        }
        var examples: [Taste.Example] = []
        if Store.isFar { try store.expect(Array(weights.keys)) }
        for (song, weight) in weights.sorted(by: { $0.key < $1.key }) {
            guard let place = try store.place(of: song) else { continue }
            examples.append(Taste.Example(song: song, place: place, weight: weight))
        }
        return examples
    }
}
