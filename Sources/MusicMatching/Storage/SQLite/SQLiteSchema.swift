/// The tables of an SQLite database and how older ones become newer ones.
///
/// `PRAGMA user_version` counts the steps a file has gone through. Steps are never changed once they were released;
/// new ones are added behind.
enum SQLiteSchema {
    static let steps: [String] = [songs, history, sources, services, artists, library, playlists, ranking]
    static var version: Int { steps.count }

    /// Features are whole numbers: ten-thousandths, and tenths of a beat per minute. `provenance` holds a bit per axis
    /// for estimates (1 to 16) and one for editorial judgement (32 to 512). `cell` is `MoodGrid`'s; the index on it
    /// holds all that ranking needs, so that rows of the table are only read for songs that are shown. New songs are put
    /// into the search index by the program: with a trigger SQLite would keep undo information for each row.
    private static let songs = """
        CREATE TABLE songs (
            id INTEGER PRIMARY KEY,
            match_key INTEGER NOT NULL,
            title TEXT NOT NULL,
            artist TEXT NOT NULL,
            album TEXT NOT NULL,
            year INTEGER,
            language TEXT NOT NULL,
            genres TEXT NOT NULL,
            emotions INTEGER NOT NULL,
            hints TEXT NOT NULL,
            valence INTEGER NOT NULL,
            energy INTEGER NOT NULL,
            danceability INTEGER NOT NULL,
            acousticness INTEGER NOT NULL,
            tempo INTEGER NOT NULL,
            provenance INTEGER NOT NULL,
            cell INTEGER NOT NULL,
            built_in INTEGER NOT NULL,
            added INTEGER NOT NULL
        );
        CREATE INDEX songs_by_name ON songs (match_key);
        CREATE INDEX songs_by_mood ON songs (
            cell, language, valence, energy, danceability, acousticness, tempo, provenance, emotions);
        CREATE TABLE identifiers (
            kind TEXT NOT NULL,
            value TEXT NOT NULL,
            song INTEGER NOT NULL REFERENCES songs ON DELETE CASCADE,
            PRIMARY KEY (kind, value)
        ) WITHOUT ROWID;
        CREATE INDEX identifiers_by_song ON identifiers (song);
        CREATE VIRTUAL TABLE song_search USING fts5(
            title, artist, album, content = 'songs', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2');
        CREATE TRIGGER song_search_delete AFTER DELETE ON songs BEGIN
            INSERT INTO song_search (song_search, rowid, title, artist, album)
            VALUES ('delete', old.id, old.title, old.artist, old.album);
        END;
        CREATE TRIGGER song_search_update AFTER UPDATE OF title, artist, album ON songs BEGIN
            INSERT INTO song_search (song_search, rowid, title, artist, album)
            VALUES ('delete', old.id, old.title, old.artist, old.album);
            INSERT INTO song_search (rowid, title, artist, album) VALUES (new.id, new.title, new.artist, new.album);
        END;
        CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        """

    /// Times are seconds since 1970. `opinion` is 1, -1 or 0.
    private static let history = """
        CREATE TABLE history (
            id INTEGER PRIMARY KEY,
            time INTEGER NOT NULL,
            mode TEXT NOT NULL,
            emotions TEXT NOT NULL
        );
        CREATE INDEX history_by_time ON history (time);
        CREATE TABLE history_songs (
            history INTEGER NOT NULL REFERENCES history ON DELETE CASCADE,
            position INTEGER NOT NULL,
            song INTEGER NOT NULL REFERENCES songs ON DELETE CASCADE,
            PRIMARY KEY (history, position)
        ) WITHOUT ROWID;
        CREATE INDEX history_by_song ON history_songs (song);
        CREATE TABLE feedback (
            song INTEGER PRIMARY KEY REFERENCES songs ON DELETE CASCADE,
            opinion INTEGER NOT NULL,
            plays INTEGER NOT NULL,
            played INTEGER,
            time INTEGER NOT NULL
        );
        """

    /// Lists that `refresh` reads again, and answers of providers with their age.
    private static let sources = """
        CREATE TABLE sources (
            place TEXT PRIMARY KEY,
            language TEXT NOT NULL,
            emotion TEXT NOT NULL,
            fingerprint TEXT NOT NULL,
            refreshed INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE provider_answers (
            provider TEXT NOT NULL,
            request TEXT NOT NULL,
            answer TEXT NOT NULL,
            fetched INTEGER NOT NULL,
            PRIMARY KEY (provider, request)
        ) WITHOUT ROWID;
        """

    /// Endpoints of services that failed lately, and when those with an allowance were called.
    private static let services = """
        CREATE TABLE service_states (
            endpoint TEXT PRIMARY KEY,
            failures INTEGER NOT NULL,
            open_until INTEGER NOT NULL,
            reason TEXT NOT NULL,
            cause TEXT NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE service_calls (endpoint TEXT NOT NULL, time INTEGER NOT NULL);
        CREATE INDEX service_calls_by_endpoint ON service_calls (endpoint, time);
        """

    /// Who is credited on which song, by `ArtistKey`; and songs by language, for languages that few sing in.
    private static let artists = """
        CREATE TABLE song_artists (
            artist TEXT NOT NULL,
            song INTEGER NOT NULL,
            PRIMARY KEY (artist, song)
        ) WITHOUT ROWID;
        CREATE INDEX songs_by_language ON songs (language);
        """
    private static let artistsStep = 4

    /// What belongs to the listener (`own`), and the files of his songs.
    ///
    /// A file is known by its path (`tail` is its last part), unchanged while size and time (nanoseconds) are, and the same file elsewhere by
    /// `content`. `song` is missing where it could not be read; then `problem` says why. `gone` is when it was missed.
    /// Gains are hundredths of a decibel. `sounds` holds what was measured in a song's file, by `analyser`, a name with
    /// a version; `valence` and `energy` with `uncertainty`, 0 to 1; loudness in LUFS, `key` 0 (C) to 11, `mode` 1 for major.
    private static let library = """
        ALTER TABLE songs ADD COLUMN explicit INTEGER;
        ALTER TABLE songs ADD COLUMN duration INTEGER;
        ALTER TABLE songs ADD COLUMN plays INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE songs ADD COLUMN own INTEGER NOT NULL DEFAULT 0;
        UPDATE songs SET own = 1 WHERE built_in = 0 OR hints <> '' OR ((provenance | (provenance >> 5)) & 31) <> 31;
        CREATE TABLE files (
            id INTEGER PRIMARY KEY,
            path TEXT NOT NULL UNIQUE,
            tail TEXT NOT NULL,
            size INTEGER NOT NULL,
            modified INTEGER NOT NULL,
            content INTEGER NOT NULL,
            song INTEGER REFERENCES songs ON DELETE CASCADE,
            duration INTEGER,
            track_gain INTEGER,
            album_gain INTEGER,
            has_cover INTEGER NOT NULL,
            problem TEXT NOT NULL,
            gone INTEGER
        );
        CREATE INDEX files_by_song ON files (song);
        CREATE INDEX files_by_name ON files (tail);
        CREATE INDEX files_by_content ON files (size, content);
        CREATE TABLE sounds (
            song INTEGER PRIMARY KEY REFERENCES songs ON DELETE CASCADE,
            content INTEGER NOT NULL,
            analyser TEXT NOT NULL,
            loudness REAL,
            dynamics REAL,
            tempo REAL,
            tempo_confidence REAL,
            onset_rate REAL,
            key INTEGER,
            mode INTEGER,
            key_confidence REAL,
            brightness REAL,
            acousticness REAL,
            voice REAL,
            valence REAL,
            energy REAL,
            danceability REAL,
            uncertainty REAL
        );
        """

    /// Playlists of the listener's.
    private static let playlists = """
        CREATE TABLE playlists (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, changed INTEGER NOT NULL);
        CREATE TABLE playlist_songs (
            playlist INTEGER NOT NULL REFERENCES playlists ON DELETE CASCADE,
            position INTEGER NOT NULL,
            song INTEGER NOT NULL REFERENCES songs ON DELETE CASCADE,
            PRIMARY KEY (playlist, position)
        ) WITHOUT ROWID;
        CREATE INDEX playlist_songs_by_song ON playlist_songs (song);
        """

    /// What songs are about; what ranking looks at beside the mood, see `SongTraits`; what is thought of artists, by
    /// `ArtistKey`. The built-in list is read again, since neither themes nor the order of emotions were kept before.
    private static let ranking = """
        ALTER TABLE songs ADD COLUMN themes TEXT NOT NULL DEFAULT '';
        ALTER TABLE songs ADD COLUMN traits INTEGER NOT NULL DEFAULT 0;
        DROP INDEX songs_by_mood;
        CREATE INDEX songs_by_mood ON songs (
            cell, language, valence, energy, danceability, acousticness, tempo, provenance, emotions, traits);
        CREATE TABLE artist_opinions (
            artist TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            opinion INTEGER NOT NULL,
            time INTEGER NOT NULL
        ) WITHOUT ROWID;
        DELETE FROM settings WHERE name = 'built-in';
        """
    private static let rankingStep = 7

    /// Computes traits and cells of all songs anew. Cost: some seconds for a million songs.
    private static func writeAllTraits(_ database: SQLiteDatabase) throws {
        let songs = try database.statement("SELECT id, \(SongFacts.columns) FROM songs")
        defer { songs.reset() }
        while try songs.step() {
            let facts = SongFacts(reading: songs, from: 1)
            try database.run(
                "UPDATE songs SET emotions = ?, traits = ?, cell = ? WHERE id = ?", .integer(facts.emotions.rawValue),
                .integer(facts.traits.rawValue), .integer(facts.cell), .integer(songs.integer(0)))
        }
    }

    /// Brings a database to the newest version, all steps at once or none. Safe when several processes start at once.
    static func migrate(_ database: SQLiteDatabase, to target: Int = version) throws {
        let found = try database.integer("PRAGMA user_version")
        guard found <= version else {
            throw MusicError.newerSchema(path: database.path, found: found, known: version)
        }
        if found >= target { return }
        try database.transaction(.songs) {
            // Another process may have been faster.
            let found = try database.integer("PRAGMA user_version")
            if found == 0, try database.integer("SELECT count(*) FROM sqlite_schema") > 0 {
                throw MusicError.database(path: database.path, reason: "is a database of another program")
            }
            guard found < target else { return }
            for step in found..<target {
                try database.execute(text: steps[step])
                if step == artistsStep { try database.fileAllUnderArtists() }
                if step == rankingStep { try writeAllTraits(database) }
            }
            try database.execute(text: "PRAGMA user_version = \(target)")
        }
    }
}
