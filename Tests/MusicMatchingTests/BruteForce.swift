import Emotions
import MusicMatching

/// The ranking written down plainly from its description: every song is scored and all are sorted. Without taste for
/// genres and the like, see `withoutTaste`.
struct BruteForce {
    var songs: [Song]
    var request: RecommendationRequest
    var feedback: [Int: Opinion]
    private let people: [String: [String]]
    private let wanted: Set<String>
    private let map = MoodMap.standard
    private let liked: Set<String>
    private let disliked: Set<String>
    private let likedLanguages: Set<String>

    /// - Parameters:
    ///   - people: who is meant by a credit, the first one first; without an entry its text is one artist.
    ///   - wanted: who is meant by the request's artists.
    init(
        songs: [Song], request: RecommendationRequest, feedback: [Int: Opinion], people: [String: [String]] = [:],
        wanted: Set<String> = []
    ) {
        self.songs = songs
        self.request = request
        self.feedback = feedback
        self.people = people
        self.wanted = wanted
        func artists(_ opinion: Opinion) -> Set<String> {
            Set(songs.filter { feedback[$0.id] == opinion }.map { people[$0.artist]?[0] ?? $0.artist.lowercased() })
        }
        liked = artists(.like).subtracting(artists(.dislike))
        disliked = artists(.dislike).subtracting(artists(.like))
        likedLanguages = Set(songs.filter { feedback[$0.id] == .like }.map(\.language))
    }

    /// Lines of a mood map in which only moods, labels, languages and artists count.
    static let withoutTaste = """
        [ranking]
        taste-genre = 0
        taste-decade = 0
        taste-language = 0
        taste-sound = 0
        like-genre = 0
        like-decade = 0
        like-language = 0
        """

    private func artists(_ song: Song) -> Set<String> { Set(people[song.artist] ?? [song.artist.lowercased()]) }

    func list() -> [Int] {
        let excluded = request.excludedLanguages.map(\.code)
        let admitted = songs.filter { feedback[$0.id] != .dislike && !excluded.contains($0.language) }
        var chosen: [Song] = []
        let emotions = emotions()
        for position in 0..<request.count {
            var scored: [(score: Double, song: Song)] = []
            for song in admitted where !chosen.contains(where: { $0.id == song.id }) {
                scored.append((score(of: song, emotions[position], position), song))
            }
            scored.sort { $0.score != $1.score ? $0.score < $1.score : $0.song.id < $1.song.id }
            let ranked = scored.map(\.song)
            guard let best = ranked.first else { break }
            // Languages come before variety: an artist comes again rather than a language that was not asked for.
            let alike = ranked.filter { tier($0) == tier(best) }
            let next =
                (0...4).reversed().lazy.compactMap { gap in
                    let last = chosen.suffix(gap).reduce(into: Set<String>()) { $0.formUnion(artists($1)) }
                    return alike.first { last.isDisjoint(with: artists($0)) }
                }.first ?? best
            chosen.append(next)
        }
        return chosen.map(\.id)
    }

    /// The emotion that a place in the list is for: always the one that is furthest behind its share.
    private func emotions() -> [Emotion] {
        let strongest = request.emotions.strongest
        let felt = Emotion.allCases.filter { request.emotions[$0] >= 0.08 || $0 == strongest }
            .sorted { request.emotions[$0] > request.emotions[$1] }
        let sum = felt.map { request.emotions[$0] }.reduce(0, +)
        var given: [Emotion: Double] = [:]
        return (1...request.count).map { place in
            func behind(_ emotion: Emotion) -> Double {
                request.emotions[emotion] / sum * Double(place) - given[emotion, default: 0]
            }
            var next = felt[0]
            for emotion in felt where behind(emotion) > behind(next) + 1e-9 { next = emotion }
            given[next, default: 0] += 1
            return next
        }
    }

    private func mean(_ points: [MoodPoint], _ axis: MoodAxis) -> Double {
        points.map { $0[axis] }.reduce(0, +) / Double(points.count)
    }

    private func blend(_ lists: [[MoodPoint]], _ axis: MoodAxis) -> Double {
        Emotion.allCases.map { request.emotions[$0] * mean(lists[$0.rawValue], axis) }.reduce(0, +)
    }

    /// The moods that would do at a place.
    private func targets(_ emotion: Emotion, _ position: Int) -> [MoodPoint] {
        switch request.mode {
        case .match: return map.match[emotion.rawValue]
        case .lift: return map.lift[emotion.rawValue]
        case .company: return map.match[emotion.rawValue] + map.lift[emotion.rawValue]
        case .amplify:
            if emotion == .neutral { return map.match[emotion.rawValue] }
            return map.match[emotion.rawValue].map { point in
                var result = point
                for axis in MoodAxis.allCases {
                    let neutral = mean(map.match[Emotion.neutral.rawValue], axis)
                    let value = neutral + 1.6 * (point[axis] - neutral)
                    result[axis] = min(max(value, axis.range.lowerBound), axis.range.upperBound)
                }
                return result
            }
        case .path:
            var result = map.match[0][0]
            for axis in MoodAxis.allCases {
                let match = blend(map.match, axis)
                result[axis] = match + progress(position) * (blend(map.lift, axis) - match)
            }
            return [result]
        }
    }

    /// How far a path has come.
    private func progress(_ position: Int) -> Double { Double(position) / Double(request.count - 1) }

    /// How much it counts that a song is said to suit an emotion.
    private func labelWeight(_ label: Emotion, _ emotion: Emotion, _ position: Int) -> Double {
        func lifts(_ own: Emotion) -> Double {
            [.happy, .neutral, .surprise].contains(label) ? 1 : label == own ? 0.9 : 0
        }
        switch request.mode {
        case .match, .amplify, .company:
            return label == emotion || emotion == .contempt && label == .disgust ? 1 : 0.3 * request.emotions[label]
        case .lift: return lifts(emotion)
        case .path:
            let strongest = request.emotions.strongest
            let start = request.emotions[label] / request.emotions[strongest]
            return (1 - progress(position)) * start + progress(position) * lifts(strongest)
        }
    }

    private func labelCost(_ song: Song, _ emotion: Emotion, _ position: Int) -> Double {
        let share = request.mode == .path ? 0.5 : 1
        if song.emotions.isEmpty { return share * 0.15 }
        let values = song.emotions.emotions.enumerated().map { place, label in
            labelWeight(label, emotion, position) * (1 - 0.1 * Double(min(place, 3)))
        }
        let sorted = values.sorted(by: >)
        let also = sorted.count > 1 && sorted[0] < 1 ? 0.1 * sorted[1] : 0
        return share * 0.3 * max(0, 1 - sorted[0] - also)
    }

    private func score(of song: Song, _ emotion: Emotion, _ position: Int) -> Double {
        let distances = targets(emotion, position).map { distance(song, $0) }
        return distances.min()! + labelCost(song, emotion, position) + themeCost(song, emotion) + language(song)
            + adjustment(song)
    }

    private func themeCost(_ song: Song, _ emotion: Emotion) -> Double {
        if !song.emotions.isEmpty, !Set(song.themes).isDisjoint(with: ["courage", "comfort", "hope"]) { return 0 }
        return request.mode == .company ? 0.3 : request.mode == .lift && emotion == .fear ? 0.1 : 0
    }

    private func distance(_ song: Song, _ wanted: MoodPoint) -> Double {
        var square = 0.0
        for (axis, weight) in zip(MoodAxis.allCases, [0.40, 0.35, 0.10, 0.10, 0.05]) {
            let value = song.mood[axis]
            var difference = abs(value - wanted[axis])
            if axis == .tempo {
                difference = min(
                    1, min(difference, abs(value / 2 - wanted[axis]), abs(value * 2 - wanted[axis])) / 100)
            }
            let isEstimate = song.estimated.contains(axis)
            square += weight * (isEstimate ? 0.5 * difference * difference + 0.5 * 0.0625 : difference * difference)
        }
        return square.squareRoot()
    }

    /// 0 for languages that were asked for, 1 for unknown ones, 2 for others.
    private func tier(_ song: Song) -> Int { Int(language(song) / 10) }

    private func language(_ song: Song) -> Double {
        let asked = Set(request.languages.map(\.code)).subtracting(request.excludedLanguages.map(\.code))
        if !asked.isEmpty { return asked.contains(song.language) ? 0 : song.language.isEmpty ? 10 : 20 }
        guard let first = request.usualLanguages.first, !song.language.isEmpty else { return 0 }
        if song.language == first.code || likedLanguages.contains(song.language) { return 0 }
        return request.usualLanguages.map(\.code).contains(song.language) ? 0.15 : 0.2
    }

    private func adjustment(_ song: Song) -> Double {
        if liked.isEmpty, disliked.isEmpty, wanted.isEmpty { return feedback[song.id] == .like ? -0.06 : 0 }
        let artists = artists(song)
        var amount = 0.0
        if !artists.isDisjoint(with: disliked) { amount = 0.1 }
        if !artists.isDisjoint(with: liked) { amount = -0.08 }
        if !artists.isDisjoint(with: wanted) { amount = -0.45 }
        if feedback[song.id] == .like { amount -= 0.06 }
        return amount
    }
}

/// Credits as catalogues have them, and who that is.
enum TestCredits {
    static let people: [String: [String]] = [
        "Simon & Garfunkel": ["simon", "garfunkel", "simon+garfunkel"], "Simon": ["simon"],
        "Destiny's Child": ["destiny"], "DESTINY\u{2019}S CHILD": ["destiny"], "Beyoncé": ["beyonce"],
        "Beyonce feat. JAY-Z": ["beyonce", "jay", "beyonce+jay"], "Jay-Z": ["jay"], "The Beatles": ["beatles"],
        "Beatles": ["beatles"], "MØ": ["mo"], "Barış Manço": ["baris"], "Baris Manco": ["baris"],
        "AC/DC": ["ac", "dc", "acdc"], "ACDC": ["acdc"], "Earth, Wind & Fire": ["earth", "wind", "fire", "ewf"],
        "Bob Marley & The Wailers": ["bob", "wailers", "bob+wailers"], "Bob Marley": ["bob"],
        "Sinéad O'Connor": ["sinead"], "L'Arc-en-Ciel": ["larc"], "D'MASIV": ["masiv"], "Ben&Ben": ["ben", "ben+ben"],
        "!!!": ["chk"], "宇多田ヒカル": ["utada"],
    ]

    /// Ways to ask for some of them.
    static let asked: [(name: String, who: String)] = [
        ("simon and garfunkel", "simon+garfunkel"), ("Destinys Child", "destiny"), ("BEATLES", "beatles"),
        ("Mo", "mo"), ("baris manço", "baris"), ("AC DC", "acdc"), ("Earth Wind and Fire", "ewf"),
        ("Bob Marley and the Wailers", "bob+wailers"), ("Sinead O\u{2019}Connor", "sinead"), ("Larc en Ciel", "larc"),
        ("D Masiv", "masiv"), ("Ben & Ben", "ben+ben"), ("!!!", "chk"), ("the simon", "simon"),
    ]
}
