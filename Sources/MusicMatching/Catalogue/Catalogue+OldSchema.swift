extension Catalogue {
    /// A database as an older version of the program made it, for tests of what becomes of it.
    package static func makeOldSchema(_ path: String, version: Int) throws {
        try SQLiteSchema.migrate(SQLiteDatabase(path), to: version)
    }
}
