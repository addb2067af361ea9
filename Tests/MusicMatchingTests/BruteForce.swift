import Emotions
import MusicMatching

/// The ranking written down plainly from its description: every song is scored and all are sorted.
struct BruteForce {
    var songs: [Song]
    var request: RecommendationRequest
    var feedback: [Int: Opinion]
    private let map = MoodMap.standard
    private let liked: Set<String>
    private let disliked: Set<String>

    init(songs: [Song], request: RecommendationRequest, feedback: [Int: Opinion]) {
        self.songs = songs
        self.request = request
        self.feedback = feedback
        liked = Set(songs.filter { feedback[$0.id] == .like }.map(\.artist))
        disliked = Set(songs.filter { feedback[$0.id] == .dislike }.map(\.artist))
    }

    func list() -> [Int] {
        var chosen: [Song] = []
        for position in 0..<request.count {
            var scored: [(score: Double, song: Song)] = []
            for song in songs where feedback[song.id] != .dislike && !chosen.contains(where: { $0.id == song.id }) {
                scored.append((score(of: song, position), song))
            }
            scored.sort { $0.score != $1.score ? $0.score < $1.score : $0.song.id < $1.song.id }
            let ranked = scored.map(\.song)
            let last = chosen.suffix(4).map(\.artist)
            guard let next = ranked.first(where: { !last.contains($0.artist) }) ?? ranked.first else { break }
            chosen.append(next)
        }
        return chosen.map(\.id)
    }

    private func target(_ position: Int, _ axis: MoodAxis) -> Double {
        func blend(_ points: [MoodPoint]) -> Double {
            Emotion.allCases.map { request.emotions[$0] * points[$0.rawValue][axis] }.reduce(0, +)
        }
        let match = blend(map.match), lift = blend(map.lift), neutral = map.match[6][axis]
        switch request.mode {
        case .match: return match
        case .lift: return lift
        case .amplify: return min(max(neutral + 1.6 * (match - neutral), axis.range.lowerBound), axis.range.upperBound)
        case .path: return match + Double(position) / Double(request.count - 1) * (lift - match)
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
        let labelShare: Double
        switch request.mode {
        case .match, .amplify: labelShare = 1
        case .lift: labelShare = 0
        case .path: labelShare = 1 - Double(position) / Double(request.count - 1)
        }
        let suits = song.emotions.emotions.map { request.emotions[$0] }.reduce(0, +)
        var score = square.squareRoot() + labelShare * (song.emotions.isEmpty ? 0.02 : 0.06 * max(0, 1 - suits))
        let languages = request.languages.map(\.code)
        if !languages.isEmpty, !languages.contains(song.language) { score += song.language.isEmpty ? 0.15 : 10 }
        return score + adjustment(song)
    }

    private func adjustment(_ song: Song) -> Double {
        var amount = 0.0
        if disliked.contains(song.artist), !liked.contains(song.artist) { amount = 0.1 }
        if liked.contains(song.artist), !disliked.contains(song.artist) { amount = -0.08 }
        if request.artists.contains(song.artist.lowercased()) { amount = -0.25 }
        if feedback[song.id] == .like { amount -= 0.06 }
        return amount
    }
}
