extension Catalogue {
    /// A database as an older version of the program made it, for tests of what becomes of it.
    package static func makeOldSchema(_ place: String, version: Int) throws {
        if isAddress(place) {
            try PostgreSQLSchema.migrate(PostgreSQLDatabase(PostgreSQLAddress(place)), to: version)
        } else {
            try SQLiteSchema.migrate(SQLiteDatabase(place), to: version)
        }
    }
}
