import Emotions
import MusicMatching

/// The ranking written down plainly from its description: every song is scored and all are sorted.
struct BruteForce {
    var songs: [Song]
    var request: RecommendationRequest
    var feedback: [Int: Opinion]
    private let people: [String: [String]]
    private let wanted: Set<String>
    private let map = MoodMap.standard
    private let liked: Set<String>
    private let disliked: Set<String>
    private let usual: Set<String>

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
        let likedLanguages = songs.filter { feedback[$0.id] == .like }.map(\.language)
        usual = request.usualLanguages.isEmpty ? [] : Set(request.usualLanguages.map(\.code) + likedLanguages)
    }

    private func artists(_ song: Song) -> Set<String> { Set(people[song.artist] ?? [song.artist.lowercased()]) }

    func list() -> [Int] {
        let excluded = request.excludedLanguages.map(\.code)
        let admitted = songs.filter { feedback[$0.id] != .dislike && !excluded.contains($0.language) }
        var chosen: [Song] = []
        for position in 0..<request.count {
            var scored: [(score: Double, song: Song)] = []
            for song in admitted where !chosen.contains(where: { $0.id == song.id }) {
                scored.append((score(of: song, position), song))
            }
            scored.sort { $0.score != $1.score ? $0.score < $1.score : $0.song.id < $1.song.id }
            let ranked = scored.map(\.song)
            let last = chosen.suffix(4).reduce(into: Set<String>()) { $0.formUnion(artists($1)) }
            guard let next = ranked.first(where: { last.isDisjoint(with: artists($0)) }) ?? ranked.first else { break }
            chosen.append(next)
        }
        return chosen.map(\.id)
    }

    private func target(_ position: Int, _ axis: MoodAxis) -> Double {
        func blend(_ points: [MoodPoint]) -> Double {
            Emotion.allCases.map { request.emotions[$0] * points[$0.rawValue][axis] }.reduce(0, +)
        }
        let match = blend(map.match), lift = blend(map.lift), neutral = map.match[Emotion.neutral.rawValue][axis]
        switch request.mode {
        case .match: return match
        case .lift: return lift
        case .amplify: return min(max(neutral + 1.6 * (match - neutral), axis.range.lowerBound), axis.range.upperBound)
        case .path: return match + progress(position) * (lift - match)
        }
    }

    /// How far a path has come.
    private func progress(_ position: Int) -> Double { Double(position) / Double(request.count - 1) }

    /// How much it counts that a song is said to suit an emotion.
    private func labelWeight(_ emotion: Emotion, _ position: Int) -> Double {
        let own = request.emotions[emotion]
        let lifting = emotion == .happy || emotion == .neutral || emotion == .surprise ? 1.0 : 0
        switch request.mode {
        case .match, .amplify: return own
        case .lift: return lifting
        case .path: return (1 - progress(position)) * own + progress(position) * lifting
        }
    }

    private func score(of song: Song, _ position: Int) -> Double {
        var square = 0.0
        for (axis, weight) in zip(MoodAxis.allCases, [0.40, 0.35, 0.10, 0.10, 0.05]) {
            let wanted = target(position, axis), value = song.mood[axis]
            var difference = abs(value - wanted)
            if axis == .tempo {
                difference = min(1, min(difference, abs(value / 2 - wanted), abs(value * 2 - wanted)) / 100)
            }
            let isEstimate = song.estimated.contains(axis)
            square += weight * (isEstimate ? 0.5 * difference * difference + 0.5 * 0.0625 : difference * difference)
        }
        let suits = song.emotions.emotions.map { labelWeight($0, position) }.reduce(0, +)
        let label = song.emotions.isEmpty ? 0.02 : 0.06 * max(0, 1 - suits)
        return square.squareRoot() + label + language(song) + adjustment(song)
    }

    private func language(_ song: Song) -> Double {
        let asked = Set(request.languages.map(\.code)).subtracting(request.excludedLanguages.map(\.code))
        if asked.isEmpty {
            return usual.isEmpty || song.language.isEmpty || usual.contains(song.language) ? 0 : 0.06
        }
        return asked.contains(song.language) ? 0 : song.language.isEmpty ? 10 : 20
    }

    private func adjustment(_ song: Song) -> Double {
        if liked.isEmpty, disliked.isEmpty, wanted.isEmpty { return feedback[song.id] == .like ? -0.06 : 0 }
        let artists = artists(song)
        var amount = 0.0
        if !artists.isDisjoint(with: disliked) { amount = 0.1 }
        if !artists.isDisjoint(with: liked) { amount = -0.08 }
        if !artists.isDisjoint(with: wanted) { amount = -0.25 }
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
