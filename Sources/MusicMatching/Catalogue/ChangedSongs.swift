/// Songs that were added or are known better, as far as it matters which.
struct ChangedSongs {
    /// By their numbers; `nil` for more than `most`.
    private(set) var songs: Set<Int>? = []

    /// After more, moods are guessed anew for all songs.
    static let most = 200

    var isEmpty: Bool { songs?.isEmpty ?? false }

    mutating func note(_ song: Int) {
        songs?.insert(song)
        if let count = songs?.count, count > ChangedSongs.most { songs = nil }
    }
}
