import Glibc

extension Catalogue {
    /// Copies a whole catalogue to another place, with likes, history, playlists and all else, numbers of songs included:
    /// from a file to a server or the other way. All or nothing; gives how many songs it has. Throws `MusicError`, also
    /// where the other place has songs already.
    ///
    /// - Parameter target: a file or an address; made if it is not there.
    public func copy(to target: String, progress: (_ songs: Int) throws -> Void = { _ in }) throws -> Int {
        let isNewFile = !Catalogue.isAddress(target) && access(target.cPath, F_OK) != 0
        do {
            return try fill(target, progress)
        } catch {
            // A disk that is full leaves an empty database.
            if isNewFile { for end in ["", "-wal", "-shm"] { unlink((target + end).cPath) } }
            throw error
        }
    }

    private func fill(_ target: String, _ progress: (_ songs: Int) throws -> Void) throws -> Int {
        let other = try Databases.open(target)
        try other.migrate()
        return try database.snapshot {
            guard try database.isOfThisVersion, try other.isOfThisVersion else {
                throw MusicError.database(path: other.path, reason: "its tables are of another version")
            }
            return try other.loading {
                try other.transaction(.songs) {
                    guard try other.integer("SELECT EXISTS (SELECT 1 FROM songs)") == 0 else {
                        throw MusicError.database(
                            path: other.path, reason: "has songs already; only an empty one is filled")
                    }
                    for table in CatalogueTable.all { try copy(table, to: other, progress) }
                    try other.finishFilling()
                    return try other.integer("SELECT count(*) FROM songs")
                }
            }
        }
    }

    private func copy(
        _ table: CatalogueTable, to other: any CatalogueDatabase, _ progress: (Int) throws -> Void
    ) throws {
        // Settings and states of an empty catalogue, if it was opened before.
        try other.execute(text: "DELETE FROM \(table.name)")
        let names = table.columns.map(\.name).joined(separator: ", "), keys = table.keys.joined(separator: ", ")
        let places = table.keys.map { _ in "?" }.joined(separator: ", ")
        var last: [SQLValue]?, copied = 0
        while true {
            let condition = last == nil ? "" : "WHERE (\(keys)) > (\(places)) "
            let rows = try database.rows(
                "SELECT \(names) FROM \(table.name) \(condition)ORDER BY \(keys) LIMIT \(CatalogueTable.page)",
                last ?? []
            ) { row in
                table.columns.enumerated().map { index, column -> SQLValue in
                    let index = Int32(index)
                    if row.isNull(index) { return .null }
                    switch column.kind {
                    case .integer: return .integer(row.integer(index))
                    case .real: return .real(row.real(index))
                    case .text: return .text(row.text(index))
                    }
                }
            }
            guard let end = rows.last else { return }
            try other.fill(table, rows)
            copied += rows.count
            if table.name == "songs" { try progress(copied) }
            last = table.keys.map { key in end[table.columns.firstIndex { $0.name == key } ?? 0] }
        }
    }
}
