import Files

/// The list of songs that comes with the program.
extension Catalogue {
    /// Takes the built-in list over when the catalogue is new or the list has changed.
    func readBuiltIn(_ list: String) throws {
        let bytes: [UInt8]
        do {
            bytes = try FileBytes.read(list, limit: 64 << 20)
        } catch let failure as FileFailure {
            throw MusicError.badFile(path: list, reason: failure.reason)
        }
        var contents = Fingerprint()
        bytes.withUnsafeBytes { contents.add($0) }
        let fingerprint = "\(bytes.count)-\(contents.text)"
        if try setting("built-in") == fingerprint { return }
        try transaction {
            if try setting("built-in") == fingerprint { return }
            try takeOverBuiltIn(list)
            try set("built-in", fingerprint)
        }
    }

    /// Makes the built-in songs what the list says now: corrections replace what earlier lists said, and songs that are
    /// no longer listed go unless something is known of them that no list said.
    private func takeOverBuiltIn(_ list: String) throws {
        try database.run("UPDATE songs SET built_in = 2 WHERE built_in = 1")
        var options = ImportOptions()
        options.isEditorial = true
        options.isBuiltIn = true
        _ = try importSongs(list, options: options)
        try forgetMoods()
        // Mood words and measured features come from lists of the user's.
        let unlisted = try database.rows(
            """
            SELECT id, artist FROM songs WHERE built_in = 2 AND hints = '' AND own = 0 \
            AND ((provenance | (provenance >> 5)) & 31) = 31 AND id NOT IN (SELECT song FROM feedback) \
            AND id NOT IN (SELECT song FROM history_songs) AND id NOT IN (SELECT song FROM identifiers) \
            AND id NOT IN (SELECT song FROM playlist_songs)
            """
        ) { ($0.integer(0), $0.text(1)) }
        for (id, credit) in unlisted { try delete(id, by: credit) }
        // What stays is the user's.
        try database.run("UPDATE songs SET built_in = 0 WHERE built_in = 2")
    }

    /// Deletes songs that were imported, and what imports said of built-in ones; gives how many songs went.
    func deleteImports() throws -> Int {
        try database.run("DELETE FROM songs WHERE built_in = 0")
        let count = database.changes
        try database.run("DELETE FROM sources")
        try database.run("DELETE FROM identifiers")
        try database.run("DELETE FROM files")
        try database.run("DELETE FROM sounds")
        if let builtIn {
            try database.run(
                """
                UPDATE songs SET album = '', year = NULL, language = '', genres = '', emotions = 0, hints = '', \
                provenance = 31, explicit = NULL, duration = NULL, plays = 0, own = 0, themes = '', traits = 0
                """)
            try takeOverBuiltIn(builtIn)
        }
        try database.fileAllUnderArtists()
        try database.rebuildSearch()
        return count
    }
}
