import Emotions

/// Which column of a table holds what, recognised by the names in its header.
struct SongColumns {
    /// The kinds of lists that are told apart, for messages.
    enum Format: String, Sendable {
        case moodSet = "mood-labelled feature table"
        case features = "feature table"
        case percentFeatures = "feature table in percent"
        case numberedPlaylist = "numbered playlist"
        case spotifyExport = "Spotify export"
        case catalogue = "fermusic catalogue"
        case plain = "list of titles and artists"
        case scrobbles = "list of what was heard"
        case combined = "list of artists with titles"
    }

    /// How a field that holds artist and title is to be cut.
    enum Order {
        case artistFirst, titleFirst
    }

    var format = Format.plain
    var count: Int
    var title = 0
    /// All columns that are called like titles, the most telling first.
    private var titles: [Int] = []
    /// The same as `title` where one column holds both.
    var artist = 0
    /// More artists, as YouTube Music writes them.
    var otherArtists: [Int] = []
    /// Where a row has no artist of its own.
    var albumArtist: Int?
    /// The order of names in titles without an artist, as in "Artist - Title".
    var order = Order.artistFirst
    var album: Int?
    var date: Int?
    var language: Int?
    var genres: [Int] = []
    var emotions: Int?
    var mood: Int?
    var seeds: Int?
    var playlist: Int?
    var spotify: Int?
    var isrc: Int?
    var youtube: Int?
    var estimated: Int?
    var editorial: Int?
    var explicit: Int?
    var duration: Int?
    var own: Int?
    var themes: Int?
    /// In the order of `MoodAxis`.
    var features: [Int?] = Array(repeating: nil, count: MoodAxis.allCases.count)
    /// How their numbers are to be read.
    var scales: [FeatureScale] = Array(repeating: .unit, count: MoodAxis.allCases.count)
    /// Whether features come from people's tags.
    var areTagged = false
    private let keys: [String]

    /// - Parameter names: a header. `nil` if it shows no columns for title and artist.
    init?(_ names: [String]) {
        count = names.count
        keys = names.map(ColumnWords.key)
        // Some exports have columns without a name, and most names unknown; a row of songs has none that is known.
        func column(_ meaning: ColumnWords.Meaning) -> Int? { SongColumns.column(meaning, keys) }
        guard let place = SongColumns.names(keys) else { return nil }
        (title, artist, order) = place
        titles = title == artist ? [] : SongColumns.columns(.title, keys).filter { $0 != artist }
        albumArtist = column(.albumArtist)
        otherArtists = keys.indices.filter { index in
            index != artist && keys[artist].hasSuffix("1")
                && keys[index].dropLast() == keys[artist].dropLast() && keys[index].last?.isNumber == true
        }
        album = column(.album)
        date = column(.date)
        language = column(.language)
        genres = ColumnWords.names(.genres).compactMap { keys.firstIndex(of: $0) }
        emotions = column(.emotions)
        mood = column(.mood)
        seeds = column(.seeds)
        playlist = column(.playlist)
        spotify = column(.spotify)
        isrc = column(.isrc)
        youtube = column(.youtube)
        estimated = column(.estimated)
        editorial = column(.editorial)
        explicit = column(.explicit)
        duration = column(.duration)
        own = column(.own)
        themes = column(.themes)
        findFeatures(names)
        format = recognised
    }

    private mutating func findFeatures(_ names: [String]) {
        let meanings: [ColumnWords.Meaning] = [.valence, .energy, .danceability, .acousticness, .tempo]
        for (axis, meaning) in zip(MoodAxis.allCases, meanings) {
            features[axis.rawValue] = SongColumns.column(meaning, keys)
            if let index = features[axis.rawValue], axis != .tempo, names[index].contains("%") {
                scales[axis.rawValue] = .percent
            }
        }
        guard features[MoodAxis.valence.rawValue] == nil, features[MoodAxis.energy.rawValue] == nil,
            let valence = SongColumns.column(.valenceTags, keys), let arousal = SongColumns.column(.arousalTags, keys)
        else { return }
        for (axis, index) in [(MoodAxis.valence, valence), (.energy, arousal)] {
            features[axis.rawValue] = index
            scales[axis.rawValue] = .nine
        }
        areTagged = true
    }

    private static func column(_ meaning: ColumnWords.Meaning, _ keys: [String]) -> Int? {
        for name in ColumnWords.names(meaning) {
            if let index = keys.firstIndex(of: name) { return index }
        }
        return nil
    }

    private static func columns(_ meaning: ColumnWords.Meaning, _ keys: [String]) -> [Int] {
        ColumnWords.names(meaning).compactMap { keys.firstIndex(of: $0) }
    }

    /// "Track" and "Nummer" are titles to some and numbers to others, who have the titles in another column.
    mutating func chooseTitle(_ rows: [TableRow]) {
        func areNumbers(_ column: Int) -> Bool {
            let texts = rows.map { $0.text(column) }.filter { !$0.isEmpty }
            return texts.allSatisfy { $0.utf8.allSatisfy { (0x2E...0x39).contains($0) } }
        }
        guard titles.count > 1, areNumbers(title) else { return }
        title = titles.first { !areNumbers($0) } ?? title
    }

    /// Where title and artist are: in columns of their own, or in one.
    private static func names(_ keys: [String]) -> (title: Int, artist: Int, order: Order)? {
        if let both = column(.artistAndTitle, keys) { return (both, both, .artistFirst) }
        if let both = column(.titleAndArtist, keys) { return (both, both, .titleFirst) }
        guard let artist = column(.artist, keys) ?? column(.albumArtist, keys) else { return nil }
        var others = keys
        // "Interpret" and "artista" stand for one thing only, but a column has one meaning.
        others[artist] = ""
        guard let title = column(.title, others) else { return nil }
        return (title, artist, .artistFirst)
    }

    /// The column for titles in a header without artists: its fields may hold both.
    static func lonelyTitle(_ names: [String]) -> Int? {
        let keys = names.map(ColumnWords.key)
        return column(.artist, keys) == nil ? column(.title, keys) : nil
    }

    /// Whether words look like a header, of whatever table.
    static func looksLikeHeader(_ names: [String]) -> Bool {
        names.contains { name in
            let key = ColumnWords.key(name)
            return !key.isEmpty && ColumnWords.isKnown(key)
        }
    }

    /// Whether it is what somebody listens to, and not a table of all kinds of songs.
    var isCollection: Bool {
        switch format {
        case .moodSet, .features, .percentFeatures, .catalogue: false
        case .spotifyExport, .numberedPlaylist, .plain, .scrobbles, .combined: true
        }
    }

    private var recognised: Format {
        let hasFeatures = features[MoodAxis.valence.rawValue] != nil && features[MoodAxis.energy.rawValue] != nil
        if keys.contains("trackuri") || keys.contains("addedat") { return .spotifyExport }
        if estimated != nil || keys.contains("emotions") && hasFeatures { return .catalogue }
        if hasFeatures { return scales.contains(.percent) ? .percentFeatures : mood != nil ? .moodSet : .features }
        if title == artist { return .combined }
        return keys.first == "" ? .numberedPlaylist : .plain
    }

    /// Looks at rows to tell how features are written where the header does not say. Columns whose numbers make no sense
    /// as features are not read: giving their songs' names is worth more than a wrong mood.
    mutating func judge(_ rows: [TableRow]) -> [String] {
        var dropped: [String] = []
        let axes = MoodAxis.allCases.filter { $0 != .tempo && features[$0.rawValue] != nil }
        guard scales == Array(repeating: .unit, count: scales.count) else { return [] }
        let texts = axes.map { axis in rows.map { $0.text(features[axis.rawValue] ?? 0) } }
        let found = texts.map(FeatureScale.of)
        let isPercent = found.contains(.percent)
        for (axis, (scale, texts)) in zip(axes, zip(found, texts)) {
            switch scale {
            case nil where isPercent && FeatureScale.mayBePercent(texts): scales[axis.rawValue] = .percent
            case nil:
                dropped.append("\(axis.name) is written in an unknown way")
                features[axis.rawValue] = nil
            // A column of few small numbers is written as the others are.
            case .unit where isPercent: scales[axis.rawValue] = .percent
            case let scale?: scales[axis.rawValue] = scale
            }
        }
        if isPercent, format == .features || format == .moodSet { format = .percentFeatures }
        if let tempo = features[MoodAxis.tempo.rawValue] {
            let numbers = rows.compactMap { FeatureScale.number($0.text(tempo)) }
            // Tempo made to run from 0 to 1 cannot be made beats again.
            if !numbers.isEmpty, numbers.allSatisfy({ $0 <= 1 }), numbers.contains(where: { $0 > 0 }) {
                dropped.append("tempo is not in beats per minute")
                features[MoodAxis.tempo.rawValue] = nil
            }
        }
        return dropped
    }
}
