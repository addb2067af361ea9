extension Catalogue {
    /// The whole catalogue for programs without a database. What the listener said and heard is not in it, nor which files
    /// are whose. Throws `MusicError`, and for more than `CompactCatalogue.mostSongs` songs.
    public func compact() throws -> CompactCatalogue {
        let count = try count
        guard count <= CompactCatalogue.mostSongs else {
            throw MusicError.badFile(
                path: path, reason: "\(count) songs are too many for a page, which takes \(CompactCatalogue.mostSongs)")
        }
        var songs = try songs(where: "true ORDER BY id", [])
        // Whose songs they are is nobody else's business.
        for index in songs.indices {
            songs[index].isOwn = false
            songs[index].plays = 0
        }
        let plain = CompactCatalogue(songs: songs, map: moodMap, otherNames: [:])
        return CompactCatalogue(songs: songs, map: moodMap, otherNames: try otherNames(in: plain.store))
    }

    /// What artists with songs are also called.
    private func otherNames(in store: MemorySongStore) throws -> [String: String] {
        var names: [String: String] = [:]
        func add(_ key: String, _ meant: String) {
            if names[key] == nil, store.songs(by: key).isEmpty, !store.songs(by: meant).isEmpty { names[key] = meant }
        }
        for (latin, own) in ArtistNames.all { for name in own { add(ArtistKey.key(name), ArtistKey.key(latin)) } }
        let table = try artistTable
        for key in table.keys { for other in table.names(of: key) { add(key, other) } }
        return names
    }
}
