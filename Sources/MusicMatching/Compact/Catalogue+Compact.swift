extension Catalogue {
    /// The whole catalogue for programs without a database. What the listener said and heard is not in it.
    ///
    /// - Parameters:
    ///   - keepsOwner: whether it says which songs are the listener's own: lists depend on that, and whose songs they are
    ///     is not everybody's business.
    ///   - namesFiles: whether it has the numbers of files that can be played, what the listener's servers call songs, and
    ///     how loud those are.
    ///   - mostSongs: at most `CompactCatalogue.mostSongs`.
    /// Throws `MusicError`, and for a catalogue with more songs.
    public func compact(
        keepsOwner: Bool = false, namesFiles: Bool = false, mostSongs: Int = CompactCatalogue.mostSongs
    ) throws -> CompactCatalogue {
        let count = try count
        guard count <= mostSongs else {
            throw MusicError.badFile(
                path: path, reason: "\(count) songs are too many for a page, which takes \(mostSongs)")
        }
        var songs = try songs(where: "true ORDER BY id", [])
        for index in songs.indices {
            songs[index].isOwn = keepsOwner && songs[index].isOwn
            songs[index].plays = 0
            if !namesFiles { songs[index].identifiers.removeAll { !$0.kind.isCommon } }
        }
        let files = namesFiles ? try knownFiles() : [:]
        let gains = namesFiles ? try knownGains().filter { files[$0.key] == nil } : [:]
        let plain = CompactCatalogue(songs: songs, map: moodMap, otherNames: [:])
        return CompactCatalogue(
            songs: songs, map: moodMap, otherNames: try otherNames(in: plain.store), files: files,
            gains: gains)
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
