import Files
import Glibc

/// What is to be done with each file: nothing, where it is known as it is, or was moved.
extension LibraryImport {
    struct Known {
        var id: Int
        var state: (size: Int, modified: Int)
        var content: Int
        var song: Int?
        var isGone: Bool
        var path: String
        var problem: String
        var duration: Int?
    }

    func known(_ condition: String, _ values: SQLValue...) throws -> [Known] {
        try database.rows(
            "SELECT id, size, modified, content, song, gone, path, problem, duration FROM files WHERE \(condition) ORDER BY id",
            values
        ) { row in
            Known(
                id: row.integer(0), state: (row.integer(1), row.integer(2)), content: row.integer(3),
                song: row.optionalInteger(4), isGone: !row.isNull(5), path: row.text(6), problem: row.text(7),
                duration: row.optionalInteger(8))
        }
    }

    /// What is to be done with a file; `nil` if that is nothing, or was done at once.
    mutating func task(_ path: String) throws -> FileReading.Task? {
        guard let state = FileReading.State(path) else {
            report.note(path, "went away, or cannot be looked at")
            return nil
        }
        var file = try known("path = ?", .text(path)).first, content = 0
        // Only a file of the same size can be this one, moved.
        if file == nil,
            try database.integer("SELECT EXISTS (SELECT 1 FROM files WHERE size = ?)", .integer(state.size)) != 0
        {
            content = FileReading.content(path, state.size)
            file = try movedHere(path, state, content)
        }
        guard let file else { return FileReading.Task(path: path, state: state, content: content) }
        seen.insert(file.id)
        guard file.state.size == state.size, file.state.modified == state.modified else {
            return FileReading.Task(path: path, state: state)
        }
        if file.isGone { try database.run("UPDATE files SET gone = NULL WHERE id = ?", .integer(file.id)) }
        // More may be known of who sings; files that older versions gave no song have one of somebody unknown now.
        if file.problem == FileSong.nobody,
            file.song == nil
                || FileSong.isNamed(
                    byPath: path, root: root, isArtist: { (try? catalogue.hasSongs(by: ArtistKey.key($0))) ?? false })
        {
            return FileReading.Task(path: path, state: state, content: file.content)
        }
        guard let song = file.song else {
            // It gave none, and would give none now.
            report.failed += 1
            return nil
        }
        if try !isHeard(song) {
            return FileReading.Task(path: path, state: state, song: song, content: file.content)
        }
        if file.path == path { report.skipped += 1 }
        return nil
    }

    private func isHeard(_ song: Int) throws -> Bool {
        guard let analyser else { return true }
        return try database.integer(
            "SELECT count(*) FROM sounds WHERE song = ? AND analyser = ?", .integer(song), .text(analyser.name)) > 0
    }

    /// The file that lay elsewhere, if this is it: same contents, and nothing at the old place.
    private mutating func movedHere(_ path: String, _ state: FileReading.State, _ content: Int) throws -> Known? {
        let same = try known("size = ? AND content = ?", .integer(state.size), .integer(content))
        guard content != 0, state.size > 0, var file = same.first(where: { access($0.path.cPath, F_OK) != 0 }) else {
            return nil
        }
        try database.run(
            "UPDATE files SET path = ?, tail = ?, modified = ?, gone = NULL WHERE id = ?", .text(path),
            .text(path.lastPathPart), .integer(state.modified), .integer(file.id))
        report.moved += 1
        // The path stays the old one: it was counted.
        file.state.modified = state.modified
        file.isGone = false
        return file
    }
}
