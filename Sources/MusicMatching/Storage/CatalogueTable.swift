/// A table of the catalogue as it is copied: what both engines have of it.
struct CatalogueTable {
    enum Kind { case integer, real, text }

    var name: String
    var columns: [(name: String, kind: Kind)]
    /// What its rows are told apart by.
    var keys: [String]

    /// So many rows are read at once.
    static let page = 5000

    private init(_ name: String, keys: String, texts: String = "", integers: String = "", reals: String = "") {
        func names(_ list: String) -> [String] { list.split(separator: " ").map(String.init) }
        self.name = name
        self.keys = names(keys)
        columns =
            names(texts).map { ($0, .text) } + names(integers).map { ($0, .integer) } + names(reals).map { ($0, .real) }
    }

    /// Those that others refer to first.
    static let all = [
        CatalogueTable(
            "songs", keys: "id", texts: "title artist album language genres hints themes",
            integers:
                "id match_key year emotions valence energy danceability acousticness tempo provenance cell built_in "
                + "added explicit duration plays own traits"),
        CatalogueTable("song_artists", keys: "artist song", texts: "artist", integers: "song"),
        CatalogueTable("identifiers", keys: "kind value", texts: "kind value", integers: "song"),
        CatalogueTable("settings", keys: "name", texts: "name value"),
        CatalogueTable("history", keys: "id", texts: "mode emotions", integers: "id time"),
        CatalogueTable("history_songs", keys: "history position", integers: "history position song"),
        CatalogueTable("feedback", keys: "song", integers: "song opinion plays played time"),
        CatalogueTable("artist_opinions", keys: "artist", texts: "artist name", integers: "opinion time"),
        CatalogueTable("sources", keys: "place", texts: "place language emotion fingerprint", integers: "refreshed"),
        CatalogueTable(
            "provider_answers", keys: "provider request", texts: "provider request answer", integers: "fetched"),
        CatalogueTable(
            "service_states", keys: "endpoint", texts: "endpoint reason cause", integers: "failures open_until"),
        CatalogueTable(
            "files", keys: "id", texts: "path tail problem",
            integers: "id size modified content song duration track_gain album_gain has_cover gone"),
        CatalogueTable(
            "sounds", keys: "song", texts: "analyser", integers: "song content key mode",
            reals: "loudness dynamics tempo tempo_confidence onset_rate key_confidence brightness acousticness voice "
                + "valence energy danceability uncertainty"),
        CatalogueTable("playlists", keys: "id", texts: "name", integers: "id changed"),
        CatalogueTable("playlist_songs", keys: "playlist position", integers: "playlist position song"),
    ]
}
