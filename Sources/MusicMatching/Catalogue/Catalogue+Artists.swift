extension Catalogue {
    /// Artists whose names have words that begin like those of `text`, those with most songs first. Throws
    /// `MusicError`.
    ///
    /// Looks at 2,000 songs at most: enough for a list to choose from while somebody types.
    public func artists(beginning text: String, limit: Int) throws -> [(name: String, songs: Int)] {
        let query = Catalogue.searchQuery(text)
        guard !query.isEmpty else { return [] }
        let credits = try database.rows(
            "SELECT artist FROM song_search WHERE song_search MATCH ? LIMIT 2000",
            [.text("artist : (\(query))")]
        ) { $0.text(0) }
        let wanted = NameKey.fold(text).split(separator: " ")
        var counts: [String: (name: String, songs: Int)] = [:]
        for credit in credits {
            for part in credit.split(separator: ",") {
                let name = String(trimmed(part))
                let key = NameKey.fold(name)
                let words = key.split(separator: " ")
                guard wanted.allSatisfy({ beginning in words.contains { $0.hasPrefix(beginning) } }) else { continue }
                counts[key, default: (name, 0)].songs += 1
            }
        }
        let ordered = counts.values.sorted { $0.songs != $1.songs ? $0.songs > $1.songs : $0.name < $1.name }
        return Array(ordered.prefix(limit))
    }
}
