import Emotions
import TextCoding

/// What the catalogue knows of a song beside its names, as it is stored.
struct SongFacts: Equatable {
    var album: String
    var year: Int?
    var language: String
    var genres: [String]
    var emotions: EmotionSet
    var hints: [String]
    /// In `MoodAxis.stored` units, in the order of `MoodAxis`.
    var features: [Int]
    var estimated: MoodAxes
    var editorial: MoodAxes
    /// By this program, in the music itself.
    var heard: MoodAxes
    var builtIn: BuiltIn
    var isExplicit: Bool?
    var duration: Int?
    var plays: Int
    var isOwn: Bool
    var themes: [String]
    /// Only music files named the song so far, no list.
    var isOfFilesOnly: Bool

    /// Whether the built-in list has the song.
    enum BuiltIn: Int {
        case no
        case listed
        /// It had; the list is just being read again.
        case wasListed
    }

    init(_ draft: SongDraft) {
        album = draft.album
        year = draft.year
        language = draft.language
        genres = SongFacts.distinct(draft.genres)
        emotions = draft.emotions
        hints = SongFacts.distinct(draft.hints)
        features = MoodAxis.allCases.map { axis in draft.mood[axis].map { axis.stored($0) } ?? 0 }
        estimated = draft.mood.missing
        let given = MoodAxes.all.subtracting(estimated)
        editorial = draft.isEditorial && !draft.isHeard ? given : .none
        heard = draft.isHeard ? given : .none
        builtIn = draft.isBuiltIn ? .listed : .no
        isExplicit = draft.isExplicit
        duration = draft.duration
        plays = draft.plays
        isOwn = draft.isOwn && !draft.isBuiltIn
        themes = SongFacts.distinct(draft.themes)
        isOfFilesOnly = draft.isOfFile
    }

    /// What ranking looks at beside mood, labels and language.
    var traits: SongTraits {
        SongTraits(
            year: year, genres: genres, seconds: duration.map { $0 / 1000 }, isOwn: isOwn,
            isExplicit: isExplicit == true, isHeartening: SongTraits.isHeartening(themes))
    }

    var cell: Int {
        MoodGrid.cell(
            mood, kind: MoodGrid.Kind(isLabelled: !emotions.isEmpty, hasEstimates: !estimated.isEmpty, isOwn: isOwn))
    }

    var mood: MoodPoint {
        var point = MoodPoint(valence: 0, energy: 0, danceability: 0, acousticness: 0, tempo: 0)
        for axis in MoodAxis.allCases { point[axis] = axis.value(stored: features[axis.rawValue]) }
        return point
    }

    var provenance: Int { estimated.rawValue | editorial.rawValue << 5 | heard.rawValue << 10 }

    /// How much a feature's source is worth. An editor's word is worth most: tables with numbers that belong to other songs
    /// are common, and where both are known the editor is mostly right.
    private func worth(_ axis: MoodAxis) -> Int {
        estimated.contains(axis) ? 0 : heard.contains(axis) ? 1 : editorial.contains(axis) ? 3 : 2
    }

    /// Learns from another source. An editor's features replace measured ones, these replace what was heard, and that
    /// replaces estimates; otherwise what came first stays. Taking the same source over again changes nothing.
    mutating func merge(_ other: SongFacts) {
        if other.builtIn == .listed {
            if builtIn == .wasListed { giveWay(to: other) }
            builtIn = .listed
        }
        if album.isEmpty { album = other.album }
        if year == nil { year = other.year }
        if language.isEmpty { language = other.language }
        genres = SongFacts.distinct(genres + other.genres)
        emotions.formUnion(other.emotions)
        hints = SongFacts.distinct(hints + other.hints)
        themes = SongFacts.distinct(themes + other.themes)
        // Whoever knows that a song is explicit knows more than who says that it is not.
        if other.isExplicit == true || isExplicit == nil { isExplicit = other.isExplicit ?? isExplicit }
        if duration == nil { duration = other.duration }
        plays = max(plays, other.plays)
        isOwn = isOwn || other.isOwn
        isOfFilesOnly = isOfFilesOnly && other.isOfFilesOnly
        for axis in MoodAxis.allCases where other.worth(axis) > worth(axis) { take(axis, from: other) }
    }

    /// What this program hears now replaces what an older version heard.
    mutating func hearAgain(_ other: SongFacts) {
        for axis in MoodAxis.allCases where heard.contains(axis) && other.heard.contains(axis) {
            take(axis, from: other)
        }
    }

    private mutating func take(_ axis: MoodAxis, from other: SongFacts) {
        let bit = MoodAxes(axis)
        features[axis.rawValue] = other.features[axis.rawValue]
        estimated.remove(bit)
        if other.editorial.contains(axis) { editorial.insert(bit) } else { editorial.remove(bit) }
        if other.heard.contains(axis) { heard.insert(bit) } else { heard.remove(bit) }
    }

    /// Forgets what an earlier built-in list said, as far as the new one says it too.
    private mutating func giveWay(to list: SongFacts) {
        if !list.album.isEmpty { album = list.album }
        if list.year != nil { year = list.year }
        if !list.language.isEmpty { language = list.language }
        if !list.genres.isEmpty { genres = list.genres }
        if !list.emotions.isEmpty { emotions = list.emotions }
        if !list.themes.isEmpty { themes = list.themes }
        estimated.formUnion(editorial)
        editorial = .none
    }

    /// Fills what nobody gave from what is known otherwise. Labels and mood words tell valence and energy better than
    /// a genre does, a genre tells the lesser axes better.
    mutating func estimate(with map: MoodMap) {
        if estimated.isEmpty { return }
        var moods: [MoodPoint] = []
        if !emotions.isEmpty {
            var weights = Emotion.allCases.map { _ in 0.0 }
            for (place, emotion) in emotions.emotions.enumerated() { weights[emotion.rawValue] = 1 / Double(place + 1) }
            if let vector = EmotionVector(weights: weights) { moods.append(map.blend(map.match, vector)) }
        }
        if let hint = map.point(ofMoods: hints) { moods.append(hint) }
        let genre = map.point(ofWords: genres)
        let label = moods.first.map { first in
            moods.count > 1 ? first.moved(towards: moods[1], share: 0.5) : first
        }
        let neutral = map.feelings[Emotion.neutral.rawValue]
        for axis in MoodAxis.allCases where estimated.contains(axis) {
            let isMain = axis == .valence || axis == .energy
            let point = (isMain ? label ?? genre : genre ?? label) ?? neutral
            features[axis.rawValue] = axis.stored(point[axis])
        }
    }

    /// At most twelve, each once whatever its case, none with the separator.
    private static func distinct(_ words: [String]) -> [String] {
        if words.isEmpty || words.count == 1 && !words[0].utf8.contains(0x3B) { return words }
        var seen: Set<String> = [], result: [String] = []
        for word in words where result.count < 12 {
            let clean = String(trimmed(word[...])).split(separator: ";").joined(separator: " ")
            if !clean.isEmpty, seen.insert(clean.lowercased()).inserted { result.append(clean) }
        }
        return result
    }

    static func list(_ text: String) -> [String] { text.split(separator: ";").map(String.init) }
}
