import CSQLite
import Emotions
import MusicMatching
import Testing

/// Runs SQL on a file without this package's code.
func sql(_ path: String, _ text: String) {
    var handle: OpaquePointer?
    #expect(sqlite3_open(path, &handle) == SQLITE_OK)
    #expect(sqlite3_exec(handle, text, nil, nil, nil) == SQLITE_OK, "\(String(cString: sqlite3_errmsg(handle)))")
    sqlite3_close(handle)
}

@Suite struct MigrationTests {
    @Test(arguments: [1, 2, 3, 4, 5, 6])
    func olderSchemasKeepTheirSongs(_ version: Int) throws {
        try withTemporaryFolder { folder in
            let path = folder + "/old.db"
            try Catalogue.makeOldSchema(path, version: version)
            sql(
                path,
                """
                INSERT INTO songs (match_key, title, artist, album, year, language, genres, emotions, hints, valence,
                    energy, danceability, acousticness, tempo, provenance, cell, built_in, added)
                VALUES (1, 'Old song', 'The Old & Artist''s', '', 1970, 'en', 'pop', 8, '', 8000, 7000, 6500, 1000, 1200, 0, 0, 0, 1);
                INSERT INTO song_search (rowid, title, artist, album)
                VALUES (1, 'Old song', 'The Old & Artist''s', '');
                """)
            if version >= 6 { sql(path, "UPDATE songs SET own = 1") }
            if version >= 5 { sql(path, "INSERT INTO song_artists (artist, song) VALUES ('oldartists', 1)") }
            if version >= 2 {
                sql(path, "INSERT INTO feedback (song, opinion, plays, time) VALUES (1, 1, 2, 100)")
            }
            let catalogue = try Catalogue(path, builtIn: nil)
            #expect(try catalogue.statistics().schema == 8)
            #expect(try catalogue.song(1).title == "Old song")
            #expect(try catalogue.song(1).isOwn && catalogue.song(1).plays == 0 && catalogue.files(of: 1).isEmpty)
            #expect(try catalogue.song(named: "old").year == 1970)
            // What it is ranked by is made of what was known.
            var request = RecommendationRequest(EmotionVector(.happy))
            request.filter.isOwn = true
            request.filter.decades = [1970]
            request.filter.genres = ["pop"]
            #expect(try catalogue.recommend(request).map(\.song.id) == [1])
            // Older ones did not know who sings what.
            #expect(try catalogue.artist(named: "Old and Artists").meant == "Old and Artists")
            #expect(try catalogue.feedback().count == (version >= 2 ? 1 : 0))
            try catalogue.note(.like, of: 1)
            #expect(try catalogue.feedback().first?.plays == (version >= 2 ? 2 : 0))
            try catalogue.remember("/tmp/list.csv")
            #expect(try catalogue.sources().count == 1)
        }
    }

    @Test func newerAndForeignFilesAreRefused() throws {
        try withTemporaryFolder { folder in
            let newer = folder + "/newer.db"
            _ = try Catalogue(newer, builtIn: nil)
            sql(newer, "PRAGMA user_version = 99")
            #expect(throws: MusicError.newerSchema(path: newer, found: 99, known: 8)) {
                try Catalogue(newer, builtIn: nil)
            }
            let foreign = folder + "/foreign.db"
            sql(foreign, "CREATE TABLE other (x)")
            #expect { try Catalogue(foreign, builtIn: nil) } throws: { "\($0)".contains("another program") }
            let text = try write(String(repeating: "no database. ", count: 100), to: folder + "/text.db")
            #expect { try Catalogue(text, builtIn: nil) } throws: {
                "\($0)".contains("text.db: file is not a database")
            }
            #expect(throws: MusicError.self) { try Catalogue("/proc/nowhere/c.db", builtIn: nil) }
        }
    }
}
