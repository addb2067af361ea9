/// Songs in arrays, sorted as a database's index on cells is: some 90 bytes a song, and no waiting.
///
/// It never changes; a change makes a new one.
struct MemorySongStore: SongStore, Sendable {
    /// Nothing fails. `Never` would say so too, but Swift 6.3's compiler crashes on functions that pass its closures on.
    enum Failure: Error {}

    /// What a store holds of a song.
    struct Record: Sendable {
        var id: Int
        var cell: Int
        var place: CellPlace
        /// Everybody credited, as it is written.
        var credit: String
        var genres: [String]
    }

    /// A record with its words as numbers: of 64 bytes.
    fileprivate struct Entry: Sendable {
        /// Valence, energy, danceability, acousticness, tempo, provenance.
        var numbers: SIMD8<UInt16>
        var emotions: StoredInt
        var traits: StoredInt
        var id: Int
        var cell: Int32
        var genres: UInt32
        var credit: UInt32
        var language: UInt16
    }

    private let entries: [Entry]
    /// Where each cell's entries begin, and the last one's end.
    private let starts: [Int32]
    /// Entries in the order of their songs' numbers.
    private let byNumber: [Int32]
    /// Sorted by their bytes, so that their numbers are in the order of the languages.
    private let languages: [String]
    /// Entries by language, in the order of their songs' numbers.
    private let byLanguage: [[Int32]]
    private let genres: [[String]]
    private let credits: [String]
    private let byArtist: [String: [Int]]

    private static let cells = MoodGrid.cells(of: MoodGrid.Kind.all[MoodGrid.Kind.all.count - 1]).upperBound

    /// Cost: O(n) for records in the order of cells, places and numbers, as databases give them, and some hundred
    /// nanoseconds each; O(n log n) for others. Records outside of all cells are left out.
    init(_ records: some Sequence<Record>) {
        var builder = Builder()
        for record in records { builder.add(record) }
        self.init(builder)
    }

    /// Takes records one after the other.
    struct Builder {
        fileprivate var entries: [Entry] = []
        fileprivate var languages = Table<String>(), credits = Table<String>(), genres = Table<[String]>()

        mutating func add(_ record: Record) {
            guard (0..<MemorySongStore.cells).contains(record.cell) else { return }
            let numbers = record.place.numbers
            var small = SIMD8<UInt16>()
            for index in 0..<6 { small[index] = UInt16(clamping: numbers[index]) }
            entries.append(
                Entry(
                    numbers: small, emotions: numbers[6], traits: numbers[7], id: record.id, cell: Int32(record.cell),
                    genres: UInt32(clamping: genres.number(of: record.genres)),
                    credit: UInt32(clamping: credits.number(of: record.credit)),
                    language: UInt16(clamping: languages.number(of: record.place.language))))
        }
    }

    /// Values, each kept once.
    fileprivate struct Table<Value: Hashable> {
        var values: [Value] = []
        private var numbers: [Value: Int] = [:]

        init() {}

        mutating func number(of value: Value) -> Int {
            if let known = numbers[value] { return known }
            numbers[value] = values.count
            values.append(value)
            return values.count - 1
        }
    }

    init(_ builder: Builder) {
        var entries = builder.entries
        let order = builder.languages.values.indices.sorted {
            builder.languages.values[$0].utf8.lexicographicallyPrecedes(builder.languages.values[$1].utf8)
        }
        var ranks = [UInt16](repeating: 0, count: order.count)
        for (rank, number) in order.enumerated() { ranks[number] = UInt16(clamping: rank) }
        for index in entries.indices { entries[index].language = ranks[Int(entries[index].language)] }
        let isSorted = entries.indices.dropFirst().allSatisfy { !MemorySongStore.comes(entries[$0], entries[$0 - 1]) }
        if !isSorted { entries.sort(by: MemorySongStore.comes) }
        var starts = [Int32](repeating: 0, count: MemorySongStore.cells + 1)
        for entry in entries { starts[Int(entry.cell) + 1] += 1 }
        for cell in 0..<MemorySongStore.cells { starts[cell + 1] += starts[cell] }
        var byNumber = entries.indices.map { Int32($0) }
        byNumber.sort { entries[Int($0)].id < entries[Int($1)].id }
        var byLanguage = [[Int32]](repeating: [], count: order.count)
        var byCredit = [[Int]](repeating: [], count: builder.credits.values.count)
        for index in byNumber {
            let entry = entries[Int(index)]
            byLanguage[Int(entry.language)].append(index)
            byCredit[Int(entry.credit)].append(entry.id)
        }
        var byArtist: [String: [Int]] = [:]
        for (number, songs) in byCredit.enumerated() {
            for artist in ArtistKey.keys(of: builder.credits.values[number]) {
                byArtist[artist, default: []] += songs
            }
        }
        languages = order.map { builder.languages.values[$0] }
        genres = builder.genres.values
        credits = builder.credits.values
        self.entries = entries
        self.starts = starts
        self.byNumber = byNumber
        self.byLanguage = byLanguage
        self.byArtist = byArtist
    }

    var count: Int { entries.count }

    // MARK: Order

    /// Cell, language, the numbers, and the song's: the order of the index.
    private static func comes(_ a: Entry, _ b: Entry) -> Bool {
        if a.cell != b.cell { return a.cell < b.cell }
        if a.language != b.language { return a.language < b.language }
        for index in 0..<6 where a.numbers[index] != b.numbers[index] { return a.numbers[index] < b.numbers[index] }
        if a.emotions != b.emotions { return a.emotions < b.emotions }
        if a.traits != b.traits { return a.traits < b.traits }
        return a.id < b.id
    }

    /// The first of a range of entries for which `isBehind` holds; it holds for all behind that.
    private func first(in range: Range<Int>, _ isBehind: (Entry) -> Bool) -> Int {
        var low = range.lowerBound, high = range.upperBound
        while low < high {
            let middle = (low + high) / 2
            if isBehind(entries[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    private func range(of cell: Int) -> Range<Int> {
        guard (0..<MemorySongStore.cells).contains(cell) else { return 0..<0 }
        return Int(starts[cell])..<Int(starts[cell + 1])
    }

    /// Where a language is, or would be.
    private func rank(of language: String) -> (rank: Int, isKnown: Bool) {
        let rank = languages.firstIndex { !$0.utf8.lexicographicallyPrecedes(language.utf8) } ?? languages.count
        return (rank, rank < languages.count && languages[rank] == language)
    }

    /// Below zero if an entry's place comes before another, above if behind it.
    private func order(_ entry: Entry, _ place: CellPlace, _ rank: (rank: Int, isKnown: Bool)) -> Int {
        if Int(entry.language) != rank.rank { return Int(entry.language) < rank.rank ? -1 : 1 }
        guard rank.isKnown else { return 1 }
        for index in 0..<6 {
            let number = StoredInt(entry.numbers[index])
            if number != place.numbers[index] { return number < place.numbers[index] ? -1 : 1 }
        }
        if entry.emotions != place.numbers[6] { return entry.emotions < place.numbers[6] ? -1 : 1 }
        if entry.traits != place.numbers[7] { return entry.traits < place.numbers[7] ? -1 : 1 }
        return 0
    }

    private func place(of entry: Entry) -> CellPlace {
        var numbers = SIMD8<StoredInt>()
        for index in 0..<6 { numbers[index] = StoredInt(entry.numbers[index]) }
        numbers[6] = entry.emotions
        numbers[7] = entry.traits
        return CellPlace(language: languages[Int(entry.language)], numbers: numbers)
    }

    private func entry(_ song: Int) -> Entry? {
        var low = 0, high = byNumber.count
        while low < high {
            let middle = (low + high) / 2
            if entries[Int(byNumber[middle])].id < song { low = middle + 1 } else { high = middle }
        }
        guard low < byNumber.count else { return nil }
        let found = entries[Int(byNumber[low])]
        return found.id == song ? found : nil
    }

    // MARK: What ranking asks

    func hasSongs(_ kind: MoodGrid.Kind) -> Bool {
        let cells = MoodGrid.cells(of: kind)
        return starts[cells.lowerBound] < starts[cells.upperBound]
    }

    func hasMore(than limit: Int, in language: String) -> Bool {
        let (rank, isKnown) = rank(of: language)
        return isKnown && byLanguage[rank].count > limit
    }

    func ownSongs(limit: Int) -> Int {
        var count = 0
        for kind in MoodGrid.Kind.all where kind.isOwn {
            let cells = MoodGrid.cells(of: kind)
            count += Int(starts[cells.upperBound] - starts[cells.lowerBound])
        }
        return min(count, limit)
    }

    func place(of song: Int) -> CellPlace? { entry(song).map { place(of: $0) } }

    func songs(in language: String, _ body: (Int, CellPlace) throws(Failure) -> Void) throws(Failure) {
        let (rank, isKnown) = rank(of: language)
        guard isKnown else { return }
        for index in byLanguage[rank] {
            let entry = entries[Int(index)]
            try body(entry.id, place(of: entry))
        }
    }

    func songs(
        in cell: Int, behind place: CellPlace, _ body: (Int, CellPlace) throws(Failure) -> Bool
    ) throws(Failure) -> Bool {
        let cell = range(of: cell)
        if cell.isEmpty { return false }
        let rank = rank(of: place.language)
        for index in first(in: cell, { order($0, place, rank) > 0 })..<cell.upperBound {
            if try !body(entries[index].id, self.place(of: entries[index])) { return true }
        }
        return false
    }

    func crowd(in cell: Int, at place: CellPlace, behind last: Int, limit: Int) -> [Int] {
        let cell = range(of: cell), rank = rank(of: place.language)
        let start = first(in: cell) { entry in
            let order = order(entry, place, rank)
            return order > 0 || order == 0 && entry.id > last
        }
        var songs: [Int] = []
        for index in start..<cell.upperBound {
            guard songs.count < limit, order(entries[index], place, rank) == 0 else { break }
            songs.append(entries[index].id)
        }
        return songs
    }

    func credit(of song: Int) -> String? { entry(song).map { credits[Int($0.credit)] } }

    func genres(of song: Int) -> [String] { entry(song).map { genres[Int($0.genres)] } ?? [] }

    func songs(by artist: String) -> [Int] { byArtist[artist] ?? [] }
}

extension MemorySongStore.Record {
    /// What ranking needs to know of a song.
    init(_ song: Song) {
        let kind = MoodGrid.Kind(
            isLabelled: !song.emotions.isEmpty, hasEstimates: !song.estimated.isEmpty, isOwn: song.isOwn)
        let traits = SongTraits(
            year: song.year, genres: song.genres, seconds: song.duration.map { $0 / 1000 }, isOwn: song.isOwn,
            isExplicit: song.isExplicit == true, isHeartening: SongTraits.isHeartening(song.themes))
        var numbers = SIMD8<StoredInt>()
        for axis in MoodAxis.allCases { numbers[axis.rawValue] = StoredInt(axis.stored(song.mood[axis])) }
        numbers[5] = StoredInt(song.estimated.rawValue)
        numbers[6] = song.emotions.rawValue
        numbers[7] = traits.rawValue
        self.init(
            id: song.id, cell: MoodGrid.cell(song.mood, kind: kind),
            place: CellPlace(language: song.language, numbers: numbers), credit: song.artist, genres: song.genres)
    }
}
