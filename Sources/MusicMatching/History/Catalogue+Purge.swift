/// What can be deleted of what the program remembers.
public enum Purgeable: String, CaseIterable, Sendable {
    /// What was recommended.
    case history
    /// Likes, dislikes and plays.
    case feedback
    /// Answers of music services.
    case answers
    /// Songs that were imported, with what was said about them, and what imports said of the built-in songs; those stay.
    case songs
}

extension Catalogue {
    /// Deletes, and overwrites what was deleted; gives how many entries went.
    ///
    /// - Parameter before: seconds since 1970; only what is older goes. Songs are deleted whatever their age.
    /// Throws `MusicError`.
    public func purge(_ what: Set<Purgeable>, before: Int? = nil) throws -> [Purgeable: Int] {
        let limit = SQLValue.integer(before ?? Int.max)
        return try database.erasing({ try delete(what, limit) }) { what.contains(.songs) ? $0[.songs] ?? 0 > 0 : nil }
    }

    private func delete(_ what: Set<Purgeable>, _ limit: SQLValue) throws -> [Purgeable: Int] {
        try transaction {
            var deleted: [Purgeable: Int] = [:]
            if what.contains(.history) {
                try database.run("DELETE FROM history WHERE time < ?", limit)
                deleted[.history] = database.changes
            }
            if what.contains(.feedback) {
                try database.run("DELETE FROM feedback WHERE time < ?1 AND coalesce(played, 0) < ?1", limit)
                deleted[.feedback] = database.changes
                try database.run("DELETE FROM artist_opinions WHERE time < ?", limit)
                deleted[.feedback, default: 0] += database.changes
            }
            if what.contains(.answers) {
                try database.run("DELETE FROM provider_answers WHERE fetched < ?", limit)
                deleted[.answers] = database.changes
            }
            if what.contains(.songs) { deleted[.songs] = try deleteImports() }
            return deleted
        }
    }
}
