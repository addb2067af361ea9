import Files

/// Votes for the pictures of a data set, and what it said of them before.
public struct VotedLabels: Sendable {
    /// Shares of the classes, a row per picture.
    var shares: [Float]
    /// The votes themselves, a row of `FaceVotes.width` per picture.
    var counts: [UInt8]
    /// The labels that the data set had, and their classes.
    var firstLabels: [UInt8]
    var firstClassNames: [String]
    let targets: VoteTargets

    func selecting(_ indices: [Int]) -> VotedLabels {
        var result = self
        let classes = shares.count / max(firstLabels.count, 1), width = FaceVotes.width
        result.shares = indices.flatMap { shares[$0 * classes..<($0 + 1) * classes] }
        result.counts = indices.flatMap { counts[$0 * width..<($0 + 1) * width] }
        result.firstLabels = indices.map { firstLabels[$0] }
        return result
    }

    /// With classes put together or left out: `map` says for each what it becomes. What is left sums to 1.
    func relabelled(_ classes: Int, map: [Int?]) -> VotedLabels {
        var result = self
        result.shares = []
        for row in firstLabels.indices {
            var merged = [Float](repeating: 0, count: classes)
            for (label, place) in map.enumerated() {
                if let place { merged[place] += shares[row * map.count + label] }
            }
            let sum = merged.reduce(0, +)
            result.shares += sum > 0 ? merged.map { $0 / sum } : merged
        }
        return result
    }
}

extension FaceDataset {
    /// The same pictures with the classes of `FaceVotes` and the votes as targets. Left out are those for which `targets`
    /// knows none, and of the parts to test on those without one emotion that most people saw.
    ///
    /// Throws `DatasetError` if a picture has no row, or if the rows are those of other pictures.
    public func voted(_ votes: FaceVotes, targets: VoteTargets) throws -> (dataset: FaceDataset, leftOut: Int) {
        var kept: [Int] = [], labels: [UInt8] = []
        var voted = VotedLabels(
            shares: [], counts: [], firstLabels: [], firstClassNames: classNames, targets: targets)
        for place in 0..<count {
            guard let row = votes.row(of: names[place]) else {
                throw DatasetError.cannotRead(
                    path: votes.path, reason: "no votes for \(names[place]); a table of files and rows may be missing")
            }
            try requireSamePart(place, as: row, of: votes)
            let counts = votes.rows[row], winner = VoteTargets.winner(counts)
            var shares = targets.shares(counts)
            if splits[place] != .training {
                // Judged by what most people saw, whatever is learnt from.
                shares = winner.map { winner in FaceVotes.classNames.indices.map { $0 == winner.label ? 1 : 0 } }
            }
            guard let shares else { continue }
            kept.append(place)
            labels.append(UInt8(winner?.label ?? shares.firstIndex(of: shares.max()!)!))
            voted.shares += shares
            voted.counts += counts
            voted.firstLabels.append(self.labels[place])
        }
        guard !kept.isEmpty else { throw DatasetError.empty(path: votes.path, reason: "no picture with an emotion") }
        let dataset = selecting(kept).relabelled(FaceVotes.classNames, labels: labels, votes: voted)
        try dataset.requireLikeness(votes)
        return (dataset, count - kept.count)
    }

    /// Rows in Kaggle's order know the part that a picture is in, unless the data have but one.
    private func requireSamePart(_ place: Int, as row: Int, of votes: FaceVotes) throws {
        guard names[place].hasPrefix("row "), votes.splits.indices.contains(row), let theirs = votes.splits[row],
            theirs != splits[place], splits.contains(where: { $0 != splits[0] })
        else { return }
        throw DatasetError.cannotRead(
            path: votes.path,
            reason: "the votes for \(names[place]) are for a picture of \(theirs.rawValue), and it is one of "
                + "\(splits[place].rawValue): other pictures, or another order")
    }

    /// Of so many pictures with emotions' names as labels fewer than a third are never what most people saw, unless they
    /// are other pictures: FER2013's own labels are in 65 %, labels at random in 20 %.
    private static let fewestToTell = 100, leastLikeness = 1.0 / 3

    private func requireLikeness(_ votes: FaceVotes) throws {
        guard let first = self.votes?.firstClassNames, first.allSatisfy(FaceVotes.classNames.contains),
            let agreement = labelAgreement(of: Array(0..<count)), agreement.count >= FaceDataset.fewestToTell
        else { return }
        let share = Double(agreement.same) / Double(agreement.count)
        guard share < FaceDataset.leastLikeness else { return }
        throw DatasetError.cannotRead(
            path: votes.path,
            reason:
                "only \(Int((100 * share).rounded())) % of the pictures are labelled as most people voted: the votes are "
                + "for other pictures, or in another order")
    }

    /// What two sets of labels say of the same pictures.
    public struct LabelAgreement: Sendable, Codable, Equatable {
        /// Pictures, and how many have the same class in both.
        public var count: Int
        /// Those with the same class in both.
        public var same: Int
        /// The mean share of the ten who saw what most saw.
        public var meanMajority: Double
    }

    /// How often the data's own labels are what most people saw, over pictures with one such emotion; nil without votes.
    public func labelAgreement(of indices: [Int]) -> LabelAgreement? {
        guard let votes else { return nil }
        var result = LabelAgreement(count: 0, same: 0, meanMajority: 0)
        for index in indices {
            guard let winner = VoteTargets.winner(votes.counts(index)) else { continue }
            result.count += 1
            result.meanMajority += Double(winner.agreement)
            if FaceVotes.classNames[winner.label] == votes.firstClassNames[Int(votes.firstLabels[index])] {
                result.same += 1
            }
        }
        result.meanMajority /= Double(max(result.count, 1))
        return result
    }
}

extension VotedLabels {
    /// The shares of the classes of a picture.
    func shares(_ index: Int) -> ArraySlice<Float> {
        let classes = shares.count / firstLabels.count
        return shares[index * classes..<(index + 1) * classes]
    }

    /// The votes for a picture.
    func counts(_ index: Int) -> FaceVotes.Counts {
        Array(counts[index * FaceVotes.width..<(index + 1) * FaceVotes.width])
    }
}
