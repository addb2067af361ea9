/// Finds the track that surely is a song: titles and artists alike, the same kind of recording. Covers and karaoke,
/// which search results are full of, don't win.
package struct SongMatcher {
    private let song: Song
    private let title: String
    private let bareTitle: String
    private let artists: [String]
    private let kind: RecordingKind
    private let isrcs: Set<String>

    /// Both title and artist must be this much alike.
    static let threshold = 0.8

    package init(_ song: Song) {
        self.song = song
        title = NameKey.title(song.title)
        bareTitle = SongMatcher.bare(song.title)
        artists = NameKey.artists(song.artist).map(SongMatcher.withoutArticle)
        kind = RecordingKind([song.title, song.artist, song.album])
        isrcs = Set(song.identifiers.filter { $0.kind == .isrc }.map { $0.value.uppercased() })
    }

    /// The best of the tracks, or `nil` if none is good enough. Earlier ones win among equals. If none is, what was found
    /// first may be the song with its title in another script.
    package func best(_ tracks: [ProviderTrack]) -> ProviderTrack? {
        let scored = tracks.enumerated().map { ($0.element, score($0.element) - 0.002 * Double($0.offset)) }
        let good = scored.filter { $0.1 >= SongMatcher.threshold }.max { $0.1 < $1.1 }?.0
        return good ?? tracks.first.flatMap { isSurely(inAnotherScript: $0) ? $0 : nil }
    }

    /// Whether it is the song although the titles cannot be compared, one being in Latin letters ("Spring Day") and the
    /// other in none: the very artist, and the same album or recording code.
    private func isSurely(inAnotherScript track: ProviderTrack) -> Bool {
        let theirs = SongMatcher.bare(track.title)
        guard let isLatin = SongMatcher.isLatin(bareTitle), let isTheirsLatin = SongMatcher.isLatin(theirs),
            isLatin != isTheirsLatin, artistLikeness(track.artists) >= 0.95
        else { return false }
        let other = RecordingKind([track.title, track.album] + track.artists)
        guard other.imitations.subtracting(kind.imitations).isEmpty,
            other.versions.subtracting(kind.versions).isEmpty
        else { return false }
        let album = SongMatcher.bare(song.album)
        let isSameAlbum = !album.isEmpty && album == SongMatcher.bare(track.album)
        return isSameAlbum || track.isrc.map { isrcs.contains($0.uppercased()) } == true
    }

    /// Whether all letters of a folded text are Latin, or none; `nil` if they are mixed or there are none.
    private static func isLatin(_ text: String) -> Bool? {
        let hasLatin = text.utf8.contains { (0x61...0x7A).contains($0) }
        let hasOthers = text.unicodeScalars.contains { $0.value >= 0x80 && $0.properties.isAlphabetic }
        return hasLatin == hasOthers ? nil : hasLatin
    }

    /// 0 to 1 and a little more; below `threshold` it is another song.
    package func score(_ track: ProviderTrack) -> Double {
        let other = RecordingKind([track.title, track.album] + track.artists)
        guard other.imitations.subtracting(kind.imitations).isEmpty else { return 0 }
        let titleScore = titleLikeness(track.title)
        if let isrc = track.isrc, isrcs.contains(isrc.uppercased()), titleScore > 0.3 { return 1.1 }
        let artistScore = artistLikeness(track.artists)
        guard titleScore >= SongMatcher.threshold, artistScore >= SongMatcher.threshold else { return 0 }
        var score = 0.5 * titleScore + 0.5 * artistScore
        // The album's name may say "live" of songs that are not, but what only one of the titles says counts.
        let titleKind = RecordingKind([track.title]).versions
        let wanted = RecordingKind([song.title]).versions
        if titleKind != wanted { score -= 0.3 }
        if other.versions.contains("live"), !kind.versions.contains("live") { score -= 0.15 }
        if !song.album.isEmpty, NameKey.fold(song.album) == NameKey.fold(track.album) { score += 0.02 }
        if !track.isPlayable { score -= 0.1 }
        return score
    }

    private func titleLikeness(_ text: String) -> Double {
        let whole = NameSimilarity.ratio(title, NameKey.title(text))
        let bare = SongMatcher.bare(text)
        guard !bareTitle.isEmpty, !bare.isEmpty else { return whole }
        // What is in brackets on one side only is mostly a note.
        return max(whole, NameSimilarity.ratio(bareTitle, bare) - 0.04)
    }

    private func artistLikeness(_ names: [String]) -> Double {
        let others = names.flatMap { NameKey.artists($0) }.map(SongMatcher.withoutArticle)
        // Names with "and" are cut up by one source and left whole by the other.
        let wholes = names.map { SongMatcher.withoutArticle(NameKey.fold($0)) }
        let whole = SongMatcher.withoutArticle(NameKey.fold(song.artist))
        func likeness(_ name: String) -> Double {
            (others + wholes).map { NameSimilarity.ratio(name, $0) }.max() ?? 0
        }
        let first = max(artists.first.map(likeness) ?? 0, likeness(whole))
        // Film songs are credited to composer or singer first, as it pleases.
        return max(first, 0.95 * (artists.dropFirst().map(likeness).max() ?? 0))
    }

    /// What comes before the first bracket or dash.
    private static func bare(_ text: String) -> String {
        var end = text.startIndex, previous: Character = "x"
        while end < text.endIndex {
            let character = text[end]
            if "([{（【".contains(character) { break }
            let next = text.index(after: end)
            if "-–—".contains(character), previous == " ", next < text.endIndex, text[next] == " " { break }
            previous = character
            end = next
        }
        return NameKey.fold(String(text[..<end]))
    }

    private static func withoutArticle(_ name: String) -> String {
        name.hasPrefix("the ") && name.utf8.count > 6 ? String(name.dropFirst(4)) : name
    }
}
