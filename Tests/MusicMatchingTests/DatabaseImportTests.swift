import DatabaseServer
import Emotions
import Glibc
import MusicMatching
import Testing

/// Many songs into a PostgreSQL database, while others use it.
@Suite(.serialized, .enabled(if: PostgreSQLServer.shared != nil, "PostgreSQL 15 is not installed"))
struct DatabaseImportTests {
    private var server: PostgreSQLServer { PostgreSQLServer.shared! }

    /// A table in which a song in ten has neither features nor genre, and one in twenty comes twice, the second time
    /// with another album and identifier.
    private static func list(_ count: Int) -> String {
        var generator = TestGenerator(3)
        var text = "title,artist,album,language,valence,energy,danceability,acousticness,tempo,isrc\n"
        for number in 0..<count {
            let isAgain = number % 20 == 19, song = isAgain ? number / 2 : number
            text += "Song \(song) of words,Artist \(song % 311) & Nobody,"
            text += isAgain ? "Another album," : number % 7 == 0 ? "," : "Album \(number % 97),"
            text += ["en", "en", "hi", "ko", ""][song % 5]
            if number % 10 == 0 {
                text += ",,,,,"
            } else {
                for _ in 0..<4 { text += ",0.\(String(1000 + Int.random(in: 0...999, using: &generator)).dropFirst())" }
                text += ",\(Int.random(in: 60...190, using: &generator))"
            }
            text += ",QMABC\(1_000_000 + number)\n"
        }
        return text
    }

    private func count(_ table: String, _ condition: String = "true", in name: String) throws -> Int {
        let text = try server.sql("SELECT count(*) FROM \(table) WHERE \(condition)", in: name)
        return Int(text.split(separator: "\n").first ?? "") ?? -1
    }

    /// The tables are as they are made at first, and nothing is left of an import.
    private func expectWhole(_ name: String) throws {
        let new = try server.newDatabase()
        _ = try Catalogue(server.address(new), builtIn: nil)
        #expect(try tables(name) == tables(new))
        #expect(try count("pg_namespace", "nspname = 'fermusic_import'", in: name) == 0)
        try expectNoOrphans(name)
    }

    private func expectNoOrphans(_ name: String) throws {
        for table in ["identifiers", "song_artists"] {
            #expect(try count(table, "song NOT IN (SELECT id FROM songs)", in: name) == 0, "\(table)")
        }
    }

    private func export(_ catalogue: Catalogue) throws -> String {
        var text = ""
        try catalogue.export { text += $0 }
        return text
    }

    /// More songs than are kept back at once, some of them known before; and again, which changes nothing.
    @Test func manySongsAreThoseOfAFile() throws {
        try withTemporaryFolder { folder in
            let list = try write(Self.list(30_000), to: folder + "/list.csv"), name = try server.newDatabase()
            let first = try write(Self.list(900), to: folder + "/first.csv")
            let file = try Catalogue(folder + "/c.db", builtIn: builtInSongs)
            let database = try Catalogue(server.address(name), builtIn: builtInSongs)
            for catalogue in [file, database] {
                _ = try catalogue.importSongs(first)
                let report = try catalogue.importSongs(list)
                #expect(report.added > 25_000 && report.merged > 500 && report.songs == 30_000)
                #expect(try catalogue.importSongs(list).unchanged == 30_000)
            }
            #expect(try export(file) == export(database))
            for search in ["another", "words 123", "artist 77", "nobody album"] {
                var filter = Catalogue.Filter()
                filter.search = search
                filter.limit = 500
                #expect(try file.songs(filter) == database.songs(filter), "\(search)")
            }
            for mode in MoodMode.allCases {
                var request = RecommendationRequest(EmotionVector(.sad))
                request.mode = mode
                request.count = 9
                #expect(
                    try file.recommend(request).map(\.song.id) == database.recommendSongBySong(request).map(\.song.id))
            }
            try expectWhole(name)
        }
    }

    /// Whoever reads the tables all the while keeps them.
    @Test func tablesInUseGetTheRows() throws {
        try withTemporaryFolder { folder in
            let list = try write(Self.list(30_000), to: folder + "/list.csv"), name = try server.newDatabase()
            let file = try Catalogue(folder + "/c.db", builtIn: builtInSongs)
            let catalogue = try Catalogue(server.address(name), builtIn: builtInSongs)
            let other = try Catalogue(server.address(name), builtIn: nil)
            let before = try file.count
            _ = try file.importSongs(list)
            let table = try server.sql("SELECT 'songs'::regclass::oid", in: name)
            var imports = 0
            let copied = try other.copy(to: folder + "/copy.db") { _ in
                imports += 1
                _ = try catalogue.importSongs(list)
            }
            #expect(imports == 1 && copied == before)
            #expect(try server.sql("SELECT 'songs'::regclass::oid", in: name) == table)
            #expect(try export(catalogue) == export(file))
            try expectWhole(name)
            // Rights that somebody gave stay.
            let given = try server.newDatabase(), third = try Catalogue(server.address(given), builtIn: builtInSongs)
            try server.sql("GRANT SELECT ON songs TO guest", in: given)
            _ = try third.importSongs(list)
            #expect(try export(third) == export(file))
            #expect(try server.sql("SELECT has_table_privilege('guest', 'songs', 'SELECT')", in: given) == "t\n")
        }
    }

    /// Others find what was there before, can say what they think of it, and see all of an import or nothing.
    @Test func othersReadAndWriteMeanwhile() throws {
        struct Stop: Error {}
        try withTemporaryFolder { folder in
            let list = try write(Self.list(30_000), to: folder + "/list.csv"), name = try server.newDatabase()
            let catalogue = try Catalogue(server.address(name), builtIn: builtInSongs)
            let other = try Catalogue(server.address(name), builtIn: builtInSongs)
            other.setBusyTimeout(.milliseconds(200))
            let before = try catalogue.count
            var rounds = 0
            func useIt() throws {
                rounds += 1
                #expect(try other.count == before)
                #expect(try other.recommendSongBySong(RecommendationRequest(EmotionVector(.happy))).count == 5)
                var filter = Catalogue.Filter()
                filter.search = "love"
                #expect(try other.songs(filter).count > 10)
                try other.note(.like, of: rounds)
                _ = try other.savePlaylist("Meanwhile", songs: [rounds, 3])
                // Songs wait for songs.
                #expect(throws: MusicError.self) { try other.add(SongDraft(title: "One", artist: "Nobody")) }
            }
            #expect(throws: Stop.self) {
                _ = try catalogue.importSongs(list) { _, songs in
                    if songs == 10_000 || songs == 24_000 { try useIt() }
                    if songs > 26_000 { throw Stop() }
                }
            }
            #expect(try rounds == 2 && catalogue.count == before && other.count == before)
            for table in ["identifiers", "song_artists"] {
                #expect(try count(table, "song > \(before)", in: name) == 0, "\(table)")
            }
            let report = try catalogue.importSongs(list) { _, songs in if songs == 26_000 { try useIt() } }
            #expect(try rounds == 3 && other.count == before + report.added)
            #expect(try other.feedback().map(\.song.id).sorted() == [1, 2, 3])
            try expectWhole(name)
            #expect(try other.purge([.songs])[.songs] == report.added)
            #expect(try other.feedback().count == 3 && count("identifiers", in: name) == 0)
            try expectNoOrphans(name)
        }
    }

    /// All that tells databases apart: what the tables have beside their rows.
    private func tables(_ name: String) throws -> String {
        try server.sql(
            """
            SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1;
            SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint
            WHERE connamespace = 'public'::regnamespace ORDER BY conrelid::regclass::text, conname;
            SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgrelid::regclass::text, tgname
            """, in: name)
    }

    /// An empty catalogue is filled without indexes, which are there when it is done, and when it was not.
    @Test func emptyCataloguesGetTheirIndexesLate() throws {
        struct Stop: Error {}
        try withTemporaryFolder { folder in
            let list = try write(Self.list(12_000), to: folder + "/list.csv"), expected = try server.newDatabase()
            _ = try Catalogue(server.address(expected), builtIn: nil)
            let shape = try tables(expected)
            #expect(shape.contains("songs_by_mood") && shape.contains("song_artists_pkey"))
            let file = try Catalogue(folder + "/c.db", builtIn: nil), name = try server.newDatabase()
            _ = try file.importSongs(list)
            let catalogue = try Catalogue(server.address(name), builtIn: nil)
            #expect(throws: Stop.self) { _ = try catalogue.importSongs(list) { if $1 > 9000 { throw Stop() } } }
            #expect(try tables(name) == shape && catalogue.count == 0)
            // The connection breaks, as when the program is killed.
            #expect(throws: MusicError.self) {
                _ = try catalogue.importSongs(list) {
                    if $1 == 8000 {
                        try server.sql(
                            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '\(name)' "
                                + "AND pid <> pg_backend_pid()")
                    }
                }
            }
            #expect(try tables(name) == shape && catalogue.count == 0 && count("song_artists", in: name) == 0)
            _ = try catalogue.importSongs(list)
            #expect(try tables(name) == shape && export(catalogue) == export(file))
            let copied = try server.newDatabase()
            #expect(try catalogue.copy(to: server.address(copied)) == file.count)
            #expect(try tables(copied) == shape)
            #expect(try export(Catalogue(server.address(copied), builtIn: nil)) == export(file))
        }
    }

    /// Version 8 looked for the song of each identifier.
    @Test func tablesOfVersion8BecomeNewer() throws {
        let name = try server.newDatabase()
        try Catalogue.makeOldSchema(server.address(name), version: 8)
        #expect(try count("fermusic_schema", "version = 8", in: name) == 1)
        #expect(try count("pg_constraint", "conname = 'identifiers_song_fkey'", in: name) == 1)
        try server.sql(
            """
            INSERT INTO songs (id, match_key, title, artist, album, language, genres, emotions, hints, valence, energy,
                danceability, acousticness, tempo, provenance, cell, built_in, added, plays, own, themes, traits, words,
                search)
            SELECT id, id, 'Song', 'Artist', '', '', '', 0, '', 1, 1, 1, 1, 600, 0, 0, 0, 1, 0, 1, '', 0, 2, '''song'':1A'
            FROM generate_series(1, 3) AS id;
            INSERT INTO identifiers (kind, value, song) SELECT 'isrc', 'QMABC000000' || id, id FROM songs;
            INSERT INTO feedback (song, opinion, plays, time) VALUES (2, 1, 0, 7)
            """, in: name)
        let catalogue = try Catalogue(server.address(name), builtIn: nil)
        #expect(try catalogue.statistics().schema > 8 && catalogue.count == 3)
        #expect(try catalogue.song(2).identifiers == [SongIdentifier(.isrc, "QMABC0000002")])
        #expect(try count("pg_constraint", "conname = 'identifiers_song_fkey'", in: name) == 0)
        // They go with their songs nevertheless, whoever deletes these.
        try server.sql("DELETE FROM songs WHERE id <> 2", in: name)
        #expect(try count("identifiers", in: name) == 1)
        _ = try catalogue.purge([.songs])
        #expect(try count("identifiers", in: name) == 0 && count("feedback", in: name) == 0)
    }

    /// A song that only a file named, under another name before: its identifier is free for another.
    @Test func identifiersGoWithTheirSongs() throws {
        try withTemporaryFolder { folder in
            let name = try server.newDatabase(), catalogue = try Catalogue(server.address(name), builtIn: nil)
            let code = "GBAYE9300123"
            func tags(_ title: String, _ rest: [(name: String, text: String)]) -> [UInt8] {
                MusicFiles.id3v2(4, [("TIT2", title), ("TPE1", "Björk")] + rest, .utf8)
            }
            try write(MusicFiles.mp3(frames: 30, id3v2: tags("Jogga", [("TSRC", code)])), to: folder + "/a.mp3")
            _ = try catalogue.importMusic(folder)
            #expect(try catalogue.song(named: "Jogga").identifiers == [SongIdentifier(.isrc, code)])
            try write(MusicFiles.mp3(frames: 31, id3v2: tags("Joga", [])), to: folder + "/a.mp3")
            _ = try catalogue.importMusic(folder)
            try expectNoOrphans(name)
            let list = try write("title,artist,isrc\nOther,Nobody,\(code)\n", to: folder + "/list.csv")
            _ = try catalogue.importSongs(list)
            #expect(try catalogue.songs(Catalogue.Filter()).map(\.title) == ["Joga", "Other"])
            #expect(try catalogue.song(named: "Other").identifiers == [SongIdentifier(.isrc, code)])
        }
    }
}
