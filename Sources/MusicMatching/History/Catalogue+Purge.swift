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
        try database.execute("PRAGMA secure_delete = ON")
        defer { try? database.execute("PRAGMA secure_delete = OFF") }
        let unused = try database.first("PRAGMA freelist_count") { $0.integer(0) } ?? 0
        let limit = SQLValue.integer(before ?? Int.max)
        let result = try transaction {
            var deleted: [Purgeable: Int] = [:]
            if what.contains(.history) {
                try database.run("DELETE FROM history WHERE time < ?", limit)
                deleted[.history] = database.changes
            }
            if what.contains(.feedback) {
                try database.run("DELETE FROM feedback WHERE max(time, ifnull(played, 0)) < ?", limit)
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
        // What an import moved about left copies in pages that nobody uses.
        if what.contains(.songs), unused > 0 || (result[.songs] ?? 0) > 0 { try database.execute("VACUUM") }
        // What was deleted must not live on in the log.
        _ = try database.rows("PRAGMA wal_checkpoint(TRUNCATE)", []) { _ in }
        return result
    }
}
