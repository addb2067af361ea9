import Glibc

/// Tables beside the catalogue's own, for a transaction that brings many times the songs that there are. They are filled with
/// no more indexes than an import looks into, get the others at the end, and take the place of those that there were:
/// whoever reads songs or likes them meanwhile has all indexes and meets none of the new rows.
///
/// They lie in a schema that only the transaction sees, which is searched first, so that statements need not know.
struct TablesBeside {
    private static let schema = "fermusic_import"
    /// With the columns that rows are made of.
    private static let tables = CatalogueTable.all.filter {
        ["songs", "song_artists", "identifiers"].contains($0.name)
    }
    .map { (name: $0.name, columns: $0.columns.map(\.name) + ($0.name == "songs" ? ["words", "search"] : [])) }
    /// Tables whose rows belong to songs.
    private static let referring = ["feedback", "files", "history_songs", "playlist_songs", "sounds"]

    private var isDecided = false
    /// The schema of the catalogue's tables, quoted, if there are others beside.
    private var home: String?

    /// Makes them, with the songs that there are. Does nothing where somebody made more of the catalogue's tables than this
    /// program knows of (rights, views, triggers, indexes), or may not make schemas.
    mutating func make(_ database: PostgreSQLDatabase) throws {
        if isDecided { return }
        isDecided = true
        guard try TablesBeside.areOurs(database),
            let home = try database.first("SELECT quote_ident(current_schema())", read: { $0.text(0) })
        else { return }
        let schema = TablesBeside.schema
        var making = "CREATE SCHEMA \(schema);"
        for (name, columns) in TablesBeside.tables {
            let columns = columns.joined(separator: ", ")
            making += """
                CREATE TABLE \(schema).\(name) (LIKE \(home).\(name) INCLUDING DEFAULTS INCLUDING GENERATED);
                INSERT INTO \(schema).\(name) (\(columns)) SELECT \(columns) FROM \(home).\(name);
                """
        }
        making += "SET LOCAL search_path = \(schema), \(home); ALTER TABLE songs ADD PRIMARY KEY (id);"
        making += LateIndexes.makingNeeded
        try database.execute(text: "SAVEPOINT beside")
        do {
            try database.execute(text: making)
            try database.execute(text: "RELEASE SAVEPOINT beside")
            self.home = home
        } catch {
            try database.execute(text: "ROLLBACK TO SAVEPOINT beside")
        }
    }

    /// Whether all that hangs on the tables is what this program made.
    private static func areOurs(_ database: PostgreSQLDatabase) throws -> Bool {
        let names = tables.map { "'\($0.name)'" }.joined(separator: ", ")
        return try database.integer(
            """
            WITH ours AS (SELECT * FROM pg_class
                WHERE relname IN (\(names)) AND relnamespace = current_schema()::regnamespace)
            SELECT count(*) = 3 AND bool_and(relkind = 'r' AND relacl IS NULL AND reltablespace = 0
                    AND reloptions IS NULL AND relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user))
                AND NOT EXISTS (SELECT 1 FROM pg_depend JOIN ours ON refobjid = ours.oid
                    WHERE refclassid = 'pg_class'::regclass AND classid NOT IN ('pg_class'::regclass,
                        'pg_constraint'::regclass, 'pg_trigger'::regclass, 'pg_attrdef'::regclass, 'pg_type'::regclass))
                AND NOT EXISTS (SELECT 1 FROM pg_inherits JOIN ours ON oid IN (inhparent, inhrelid))
                AND NOT EXISTS (SELECT 1 FROM pg_attribute JOIN ours ON attrelid = ours.oid WHERE attacl IS NOT NULL)
                AND (SELECT count(*) FROM pg_trigger JOIN ours ON tgrelid = ours.oid WHERE NOT tgisinternal) = 1
                AND (SELECT count(*) FROM pg_index JOIN ours ON indrelid = ours.oid) = \(LateIndexes.count + 1)
                AND (SELECT count(*) FROM pg_constraint JOIN ours ON confrelid = ours.oid) = \(referring.count)
            FROM ours
            """) == 1
    }

    /// Lets them take the place of the catalogue's own. Where somebody uses those all the while, they get the rows.
    mutating func takePlace(_ database: PostgreSQLDatabase) throws {
        guard let home else { return }
        self.home = nil
        let schema = TablesBeside.schema
        try database.execute(text: LateIndexes.makingOthers)
        if try !replace(database, home) {
            for (name, columns) in TablesBeside.tables {
                let changes = columns.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
                let columns = columns.joined(separator: ", ")
                try database.execute(
                    text: """
                        INSERT INTO \(home).\(name) (\(columns)) SELECT \(columns) FROM \(schema).\(name)
                        ON CONFLICT \(name == "songs" ? "(id) DO UPDATE SET \(changes)" : "DO NOTHING");
                        DROP TABLE \(schema).\(name)
                        """)
            }
        }
        try database.execute(text: "SET LOCAL search_path = \(home); DROP SCHEMA \(schema)")
    }

    /// Whether nobody else had the tables: that is tried for short moments, as others wait behind who waits for it.
    private func replace(_ database: PostgreSQLDatabase, _ home: String) throws -> Bool {
        let all = (TablesBeside.tables.map(\.name) + TablesBeside.referring).map { "\(home).\($0)" }
        var replacing = "LOCK TABLE \(all.joined(separator: ", ")) IN ACCESS EXCLUSIVE MODE;"
        for name in TablesBeside.referring {
            replacing += "ALTER TABLE \(home).\(name) DROP CONSTRAINT \(name)_song_fkey;"
        }
        for (name, _) in TablesBeside.tables {
            replacing += "DROP TABLE \(home).\(name); ALTER TABLE \(TablesBeside.schema).\(name) SET SCHEMA \(home);"
        }
        replacing += "SET LOCAL search_path = \(home);"
        for name in TablesBeside.referring {
            replacing += """
                ALTER TABLE \(name) ADD CONSTRAINT \(name)_song_fkey FOREIGN KEY (song) REFERENCES songs
                ON DELETE CASCADE;
                """
        }
        replacing += PostgreSQLSchema.deletionTrigger + ";SET LOCAL lock_timeout = \(database.busyTimeout)"
        for _ in 0..<20 {
            try database.execute(text: "SAVEPOINT place; SET LOCAL lock_timeout = '50ms'")
            do {
                try database.execute(text: replacing)
                return true
            } catch MusicError.busy {
                try database.execute(text: "ROLLBACK TO SAVEPOINT place")
            } catch MusicError.database {
                try database.execute(text: "ROLLBACK TO SAVEPOINT place")
                return false
            }
            usleep(100_000)
        }
        return false
    }
}
