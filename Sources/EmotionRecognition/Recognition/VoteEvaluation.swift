import Glibc
import NeuralNet

/// How predictions compare with what ten people saw, and with the labels that the data had before.
public struct VoteEvaluation: Sendable, Codable, Equatable {
    /// Right answers among some pictures.
    public struct Share: Sendable, Codable, Equatable {
        public var correct = 0
        public var count = 0
        /// `correct` of `count`; 0 for none.
        public var accuracy: Double { Double(correct) / Double(max(count, 1)) }

        mutating func add(_ isCorrect: Bool) {
            count += 1
            if isCorrect { correct += 1 }
        }
    }

    /// Against the emotion with more than half of the votes, lone votes left out: the measure of Barsoum et al. (2016).
    public var majority = Share()
    /// Against the data's own labels, where these name a class of the model.
    public var firstLabels = Share()
    /// The data's own labels against what most people saw: what a perfect pupil of those labels would reach.
    public var labelsThemselves = Share()
    /// Answers that two or more of the ten gave too.
    public var seenByTwo = Share()
    /// Mean cross-entropy against the shares of the votes, nats, and the entropy of the votes, which no model undercuts.
    public var crossEntropy = 0.0
    /// Nats.
    public var voteEntropy = 0.0
    /// Mean share of the ten who saw what most saw: how often one of them would be right.
    public var oneVoter = 0.0

    /// Right answers where so many tenths of the people agree; by the picture's emotion, the first that most saw.
    public var byAgreement = [Share](repeating: Share(), count: 11)
    /// For each of the model's classes, the mean share of the ten who saw it where most did: how sure people are of it.
    public var agreement: [Double]

    /// Nil if the data set has no votes.
    init?(_ predictions: Predictions, on dataset: FaceDataset) {
        guard let votes = dataset.votes, predictions.count > 0 else { return nil }
        let names = ModelLabels.standard(predictions.classNames)
        let classes = FaceVotes.classNames.map { names.firstIndex(of: $0) }
        agreement = [Double](repeating: 0, count: names.count)
        var seen = [Int](repeating: 0, count: names.count)
        for picture in 0..<predictions.count {
            let index = predictions.indices[picture], counts = votes.counts(index)
            let row = predictions.row(picture), answer = predictions.predicted(picture)
            if let shares = VoteTargets.majority.shares(counts) {
                majority.add(classes[shares.firstIndex(of: 1)!] == answer)
            }
            if let first = names.firstIndex(of: votes.firstClassNames[Int(votes.firstLabels[index])]) {
                firstLabels.add(first == answer)
                labelsThemselves.add(first == predictions.labels[picture])
            }
            if let column = classes.firstIndex(of: answer) {
                seenByTwo.add(counts[FaceVotes.places[column]] >= 2)
            }
            if let winner = VoteTargets.winner(counts) {
                oneVoter += Double(winner.agreement)
                if let label = classes[winner.label] {
                    byAgreement[Int((winner.agreement * 10).rounded())].add(label == answer)
                    agreement[label] += Double(winner.agreement)
                    seen[label] += 1
                }
            }
            for (label, share) in (VoteTargets.distribution.shares(counts) ?? []).enumerated() where share > 0 {
                let p = classes[label].map { row[row.startIndex + $0] } ?? 0
                crossEntropy -= Double(share) * log(Double(max(p, 1e-7)))
                voteEntropy -= Double(share) * log(Double(share))
            }
        }
        for label in seen.indices { agreement[label] /= Double(max(seen[label], 1)) }
        let count = Double(predictions.count)
        crossEntropy /= count
        voteEntropy /= count
        oneVoter /= count
    }
}
