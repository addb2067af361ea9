/// Finds the video of a song. Titles of videos are written freely ("Artist - Title (Official Video) [4K]"), so the
/// song's names must come in title and channel; official ones win.
package struct VideoMatcher {
    private let title: String
    private let artists: [String]
    private let kind: RecordingKind

    package init(_ song: Song) {
        title = NameKey.title(song.title)
        artists = NameKey.artists(song.artist)
        kind = RecordingKind([song.title, song.artist])
    }

    /// The best video, or `nil`. `artists` of a track holds its channel's name.
    package func best(_ videos: [ProviderTrack]) -> ProviderTrack? {
        let scored = videos.enumerated().map { ($0.element, score($0.element) - 0.01 * Double($0.offset)) }
        return scored.filter { $0.1 > 0.5 }.max { $0.1 < $1.1 }?.0
    }

    func score(_ video: ProviderTrack) -> Double {
        let name = NameKey.fold(video.title), channel = NameKey.fold(video.artists.first ?? "")
        let other = RecordingKind([video.title] + video.artists)
        guard other.imitations.subtracting(kind.imitations).isEmpty, NameSimilarity.holds(name, wordsOf: title) else {
            return 0
        }
        // Channels write names in one word: "ColdplayVEVO".
        let joined = String(channel.filter { $0 != " " })
        let isBy = artists.contains { artist in
            NameSimilarity.holds(name + " " + channel, wordsOf: artist)
                || joined.hasPrefix(String(artist.filter { $0 != " " }))
        }
        guard isBy else { return 0 }
        var score = 0.7
        if joined.hasSuffix("vevo") || channel.hasSuffix(" topic") { score += 0.1 }
        if NameSimilarity.holds(name, phrase: "official") { score += 0.1 }
        if artists.first.map({ NameSimilarity.ratio($0, channel) > 0.8 }) == true { score += 0.1 }
        if !other.versions.subtracting(kind.versions).isEmpty { score -= 0.3 }
        return score
    }
}
