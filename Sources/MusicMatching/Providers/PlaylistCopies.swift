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
    ///
    /// - Parameter note: see `MusicServices.spotifyTracks`.
    public func save(
        _ songs: [Song], name: String, to place: Place, _ limit: CallLimit, note: (ProviderMatch, Song) -> Void
    ) throws(ProviderError) -> Saved {
        if place == PlaylistCopies.spotify {
            let found = try services.spotifyTracks(of: songs, limit, note: note)
            let made = try services.spotifyListener.save(
                found.ids, name: name, description: "Made by fermusic.", limit)
            return Saved(count: made.count, missing: found.missing, link: made.link)
        }
        guard let server = try services.server(at: place.id) else {
            throw ProviderError(named: place.name, .notFound, "such a server")
        }
        let numbers = songs.map { server.number(of: $0) }
        let known = numbers.compactMap { $0 }
        guard !known.isEmpty else { throw server.problem(.notFound, "any of these songs") }
        let gone = Set(try server.save(known, name: name, limit))
        let missing = zip(songs, numbers).filter { $0.1.map(gone.contains) ?? true }.map(\.0)
        return Saved(count: songs.count - missing.count, missing: missing, link: nil)
    }
}
