/// Places beside the catalogue where a listener's playlists can be saved: his music servers, and Spotify where he is logged
/// in. For any number of threads.
public final class PlaylistCopies: Sendable {
    public struct Place: Sendable, Equatable {
        /// For `save`.
        public var id: String
        /// For people.
        public var name: String
    }

    public struct Saved: Sendable {
        public var count: Int
        /// What the place does not have.
        public var missing: [Song]
        public var link: String?
    }

    private let services: MusicServices
    private static let spotify = Place(id: "spotify", name: "Spotify")

    init(_ services: MusicServices) { self.services = services }

    /// Those that could be used. Nobody is asked.
    ///
    /// - Parameter sources: places of the lists that were imported, `Catalogue.sources`.
    public func places(among sources: [String]) -> [Place] {
        sources.compactMap { source in
            guard ServerPlace.isOne(source), let server = try? services.server(at: source) else { return nil }
            return Place(id: source, name: "\(server.name) (\(server.place))")
        } + (services.spotifyLoginStatus?.hasEnded == false ? [PlaylistCopies.spotify] : [])
    }

    /// Saves songs as a playlist at one of the places. Throws `ProviderError`, `.notFound` if the place has none of them.
    public func save(
        _ songs: [Song], name: String, to place: Place, _ limit: CallLimit
    ) throws(ProviderError) -> Saved {
        if place == PlaylistCopies.spotify { return try saveAtSpotify(songs, name, limit) }
        guard let server = try services.server(at: place.id) else {
            throw ProviderError(named: place.name, .notFound, "such a server")
        }
        let numbers = songs.map { server.number(of: $0) }
        let known = numbers.compactMap { $0 }
        guard !known.isEmpty else { throw server.problem(.notFound, "any of these songs") }
        try server.save(known, name: name, limit)
        let missing = zip(songs, numbers).filter { $0.1 == nil }.map(\.0)
        return Saved(count: known.count, missing: missing, link: nil)
    }

    private func saveAtSpotify(
        _ songs: [Song], _ name: String, _ limit: CallLimit
    ) throws(ProviderError) -> Saved {
        let provider = services.provider(.spotify)
        var tracks: [String] = [], missing: [Song] = []
        for song in songs {
            let match = try provider.resolve(song, ProviderQuery(limit))
            if let id = match?.identifiers.first(where: { $0.kind == .spotify })?.value {
                tracks.append(id)
            } else {
                missing.append(song)
            }
        }
        guard !tracks.isEmpty else { throw ProviderError(.spotify, .notFound, "any of these songs") }
        let made = try services.spotifyListener.save(tracks, name: name, description: "Made by fermusic.", limit)
        return Saved(count: made.count, missing: missing, link: made.link)
    }
}
