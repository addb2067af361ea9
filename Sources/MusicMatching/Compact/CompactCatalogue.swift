import Emotions

/// A catalogue as one file, for programs that have no database, such as a page in a browser: songs and mood map, with all
/// that recommending and showing songs needs. The same question with the same seed gives the same list as the catalogue
/// that it was made of.
public struct CompactCatalogue: Sendable {
    /// In the order of their numbers.
    public let songs: [Song]
    package let map: MoodMap
    /// Other names of artists, by `ArtistKey`, and what their songs are filed under.
    let otherNames: [String: String]
    let store: MemorySongStore
    /// What can be played of songs, by their numbers.
    public let files: [Int: PlayableSong]
    /// Decibels that make songs without a file as loud as others, see `PlayableSong.gain`, by their numbers.
    public let gains: [Int: Double]

    /// More are a database's.
    public static let mostSongs = 100_000

    package init(
        songs: [Song], map: MoodMap, otherNames: [String: String], files: [Int: PlayableSong] = [:],
        gains: [Int: Double] = [:]
    ) {
        self.files = files
        self.gains = gains
        self.songs = songs
        self.map = map
        self.otherNames = otherNames
        store = MemorySongStore(songs.map { MemorySongStore.Record($0) })
    }

    /// Languages with so many songs, those with most first.
    public var languageCounts: [(code: String, songs: Int)] {
        var counts: [String: Int] = [:]
        for song in songs { counts[song.language, default: 0] += 1 }
        return counts.map { (code: $0.key, songs: $0.value) }.sorted {
            $0.songs != $1.songs ? $0.songs > $1.songs : $0.code < $1.code
        }
    }

    /// `nil` for a number that no song has.
    public func song(_ number: Int) -> Song? {
        var low = 0, high = songs.count
        while low < high {
            let middle = (low + high) / 2
            if songs[middle].id < number { low = middle + 1 } else { high = middle }
        }
        return low < songs.count && songs[low].id == number ? songs[low] : nil
    }

    /// The songs that suit a mood best, see `Catalogue.recommend`; without a listener nothing is known of who asks.
    public func recommend(_ request: RecommendationRequest) -> [Recommendation] {
        let favourites = request.artists.compactMap { name -> String? in
            let key = ArtistKey.key(name)
            return store.songs(by: key).isEmpty ? otherNames[key] : key
        }
        // Songs in memory do not fail.
        guard let memory = try? ListenerMemory(request.listener ?? Listener(), store),
            let chosen = try? Recommender(store: store, map: map).choose(
                request, memory: memory, favouriteArtists: Set(favourites))
        else { return [] }
        return chosen.explained(chosen.numbers.compactMap { song($0) }, liked: request.like.flatMap { song($0) })
    }

    /// See `Catalogue.artists(beginning:limit:)`.
    public func artists(beginning text: String, limit: Int) -> [(name: String, songs: Int)] {
        var search = ArtistSearch(text)
        for song in songs { search.look(at: song.artist) }
        return search.found(limit)
    }
}
