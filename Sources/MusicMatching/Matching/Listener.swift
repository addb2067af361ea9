/// Somebody who listens, as far as it changes what suits: for programs whose listeners keep this themselves.
public struct Listener: Sendable, Equatable {
    /// A song and when it was heard or recommended, in seconds since 1970.
    public struct Event: Sendable, Equatable {
        public var song: Int
        public var time: Int

        public init(song: Int, time: Int) {
            self.song = song
            self.time = time
        }
    }

    /// Numbers of songs, the last liked first. Numbers that no song has are ignored.
    public var liked: [Int] = []
    public var disliked: [Int] = []
    /// Names of artists; spelling does not matter.
    public var likedArtists: [String] = []
    public var dislikedArtists: [String] = []
    public var played: [Event] = []
    public var offered: [Event] = []

    public init() {}

    /// Adds what another one thinks of songs and artists of which this one says nothing.
    public mutating func add(opinionsOf other: Listener) {
        let songs = Set(liked + disliked), artists = Set((likedArtists + dislikedArtists).map(ArtistKey.key))
        liked += other.liked.filter { !songs.contains($0) }
        disliked += other.disliked.filter { !songs.contains($0) }
        likedArtists += other.likedArtists.filter { !artists.contains(ArtistKey.key($0)) }
        dislikedArtists += other.dislikedArtists.filter { !artists.contains(ArtistKey.key($0)) }
    }
}
