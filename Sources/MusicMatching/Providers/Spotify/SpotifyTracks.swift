/// Songs as Spotify has them, for a playlist there or to be played.
public struct SpotifyTracks: Sendable {
    /// Spotify's identifiers, in the songs' order.
    public var ids: [String] = []
    /// What Spotify does not have.
    public var missing: [Song] = []
}

extension MusicServices {
    /// Finds songs at Spotify for the listener who has logged in. Throws `ProviderError`: `.loginNeeded` if nobody has,
    /// `.notFound` if Spotify has none of them.
    ///
    /// - Parameter note: is told at once what was learnt of a song, to be kept (`Catalogue.note(_:of:)`): asking for a
    ///   long list may be ended in the middle.
    public func spotifyTracks(
        of songs: [Song], _ limit: CallLimit, note: (ProviderMatch, Song) -> Void
    ) throws(ProviderError) -> SpotifyTracks {
        guard spotifyLoginStatus != nil else { throw ProviderError(.spotify, .loginNeeded) }
        let provider = provider(.spotify)
        var found = SpotifyTracks()
        for song in songs {
            let match = try provider.resolve(song, ProviderQuery(limit))
            guard let match, let id = match.identifiers.first(where: { $0.kind == .spotify })?.value else {
                found.missing.append(song)
                continue
            }
            if match.age == nil { note(match, song) }
            found.ids.append(id)
        }
        guard !found.ids.isEmpty else { throw ProviderError(.spotify, .notFound, "any of these songs") }
        return found
    }
}
