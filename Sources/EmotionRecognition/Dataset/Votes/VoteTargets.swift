/// What becomes of the votes for a picture: the ways of Barsoum et al. (2016), section 3.
///
/// Votes that stand alone are taken for mistakes and left out in all of them, as the authors do. A picture in which most
/// saw no emotion or no face is none.
public enum VoteTargets: String, Sendable, Codable, CaseIterable {
    /// The emotion with more than half of the votes; pictures without one are left out.
    case majority
    /// All emotions, each with its share of the votes for emotions.
    case distribution
    /// The strongest emotions, up to three, until they have three quarters of the votes, each with its share of theirs:
    /// what the authors train with cross-entropy on.
    case crossentropy
    /// One emotion, drawn anew in each epoch with the shares of `distribution`.
    case drawn

    /// Shares of `FaceVotes.classNames`, in order, sum 1; nil if the picture is none.
    package func shares(_ counts: FaceVotes.Counts) -> [Float]? {
        var votes = counts.map { Float($0 <= 1 ? 0 : $0) }
        // Ten people with ten answers: nothing is left to leave out.
        if votes.allSatisfy({ $0 == 0 }) { votes = counts.map(Float.init) }
        let total = votes.reduce(0, +)
        guard total > 0, let most = votes.max() else { return nil }
        let emotions = FaceVotes.columns.count
        var kept = [Float](repeating: 0, count: emotions)
        switch self {
        case .majority:
            guard most > total / 2, let winner = votes.firstIndex(of: most), winner < emotions else { return nil }
            kept[winner] = 1
        case .distribution, .drawn:
            guard votes[..<emotions].contains(most) else { return nil }
            kept = Array(votes[..<emotions])
        case .crossentropy:
            var sum: Float = 0, number = 0
            strongest: while sum < 0.75 * total, number < 3, let next = votes.max(), next > 0 {
                for place in votes.indices where votes[place] == next {
                    if place >= emotions {
                        // Nobody's emotion leads: the picture is none; behind emotions it ends the list.
                        if sum == 0 { return nil }
                        break strongest
                    }
                    kept[place] = next
                    votes[place] = 0
                    sum += next
                    number += 1
                }
            }
            guard sum > total / 2, number <= 3 else { return nil }
        }
        let sum = kept.reduce(0, +)
        return FaceVotes.places.map { kept[$0] / sum }
    }

    /// The class that most people saw, an index into `FaceVotes.classNames`; nil for ties, and if most saw no emotion or no
    /// face. The share of all votes is `agreement`.
    static func winner(_ counts: FaceVotes.Counts) -> (label: Int, agreement: Float)? {
        guard let most = counts.max(), most > 0, counts.count(where: { $0 == most }) == 1,
            let label = FaceVotes.places.firstIndex(of: counts.firstIndex(of: most)!)
        else { return nil }
        return (label, Float(most) / Float(counts.reduce(0) { $0 + Int($1) }))
    }
}
