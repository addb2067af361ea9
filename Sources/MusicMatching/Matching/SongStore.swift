/// What ranking asks of whoever keeps the songs: a database, or arrays in memory (`MemorySongStore`).
///
/// All stores give the same answers: songs of a cell in the order of `CellPlace` and then of their numbers, with languages
/// ordered by their bytes. A store need not stay as it is between two lists, but should within one.
protocol SongStore {
    /// Without a case for songs in memory.
    associatedtype Failure: Error

    /// Whether many questions are better asked at once, as of a server: then it is told what will probably come next.
    static var isFar: Bool { get }

    /// Tells which cells will probably be read next, those first that come first, from where the tier's languages begin.
    func expect(_ cells: [Int], in tier: LanguageTier) throws(Failure)

    /// Tells which songs will probably be asked for next, by their numbers.
    func expect(_ songs: [Int]) throws(Failure)

    /// Whether there are songs in a grid; most catalogues have some in a few only.
    func hasSongs(_ kind: MoodGrid.Kind) throws(Failure) -> Bool

    /// Whether more songs than `limit` are in a language.
    func hasMore(than limit: Int, in language: String) throws(Failure) -> Bool

    /// How many songs are the listener's own, up to `limit`.
    func ownSongs(limit: Int) throws(Failure) -> Int

    /// One song; `nil` if it is gone.
    func place(of song: Int) throws(Failure) -> CellPlace?

    /// All songs in a language, by their numbers.
    func songs(in language: String, _ body: (Int, CellPlace) throws(Failure) -> Void) throws(Failure)

    /// The songs of a cell behind a place, in order, until `body` gives `false`. Gives whether it did. `body` may ask for
    /// other things meanwhile.
    func songs(
        in cell: Int, behind place: CellPlace, _ body: (Int, CellPlace) throws(Failure) -> Bool
    ) throws(Failure) -> Bool

    /// The next songs at one place, with numbers larger than `last`.
    func crowd(in cell: Int, at place: CellPlace, behind last: Int, limit: Int) throws(Failure) -> [Int]

    /// Everybody credited on a song, as it is written; `nil` if it is gone.
    func credit(of song: Int) throws(Failure) -> String?

    func genres(of song: Int) throws(Failure) -> [String]

    /// The songs on which an artist is credited, by `ArtistKey`, in any order.
    func songs(by artist: String) throws(Failure) -> [Int]

    /// The songs on which one of these artists is credited, in any order.
    func songs(byAnyOf artists: Set<String>) throws(Failure) -> [Int]
}

extension SongStore {
    static var isFar: Bool { false }
    func expect(_ cells: [Int], in tier: LanguageTier) throws(Failure) {}
    func expect(_ songs: [Int]) throws(Failure) {}

    /// What a song's artists are filed under.
    func artists(of song: Int) throws(Failure) -> [String] {
        guard let credit = try credit(of: song) else { return [] }
        return ArtistKey.keys(of: credit)
    }

    func songs(byAnyOf artists: Set<String>) throws(Failure) -> [Int] {
        var songs: [Int] = []
        for artist in artists.sorted() { songs += try self.songs(by: artist) }
        return songs
    }
}
