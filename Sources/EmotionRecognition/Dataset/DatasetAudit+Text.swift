extension DatasetAudit {
    /// The findings as lines of text: a table of classes and splits, then each kind of finding with at most
    /// `examples` of its cases.
    public func lines(examples: Int = 5) -> [String] {
        var lines = ["\(count) pictures of \(size) x \(size), fingerprint \(fingerprint)", ""]
        lines += table
        lines.append("")
        lines += describe("exact duplicates", exactDuplicates, examples)
        lines += describe("near duplicates", nearDuplicates, examples)
        if let votes, votes.count > 0 {
            func tenth(_ value: Double) -> Double { (value * 10).rounded() / 10 }
            lines.append(
                "votes: the data's own label is what most people saw in "
                    + "\(tenth(Double(votes.same) / Double(votes.count) * 100)) % of \(votes.count) pictures; "
                    + "of ten people \(tenth(votes.meanMajority * 10)) see that on average")
        }
        lines.append("blank pictures: \(blank.count)")
        lines += shortened(blank.map(text), examples)
        lines.append("unreadable: \(unreadable.count)")
        lines += shortened(unreadable, examples)
        return lines
    }

    private var table: [String] {
        let splits = FaceDataset.Split.allCases.map(\.rawValue).filter { classCounts[$0] != nil }
        let first = max(5, classNames.map(\.count).max() ?? 0)
        func row(_ name: String, _ cells: [String]) -> String {
            let padded = zip(cells, splits + ["all"]).map { cell, head in
                String(repeating: " ", count: max(0, max(head.count, 8) - cell.count)) + cell
            }
            return ([name + String(repeating: " ", count: max(0, first - name.count))] + padded).joined(separator: "  ")
        }
        var lines = [row("class", splits + ["all"])]
        for (label, name) in classNames.enumerated() {
            let counts = splits.map { classCounts[$0]![label] }
            lines.append(row(name, (counts + [counts.reduce(0, +)]).map(String.init)))
        }
        let totals = splits.map { classCounts[$0]!.reduce(0, +) }
        lines.append(row("all", (totals + [totals.reduce(0, +)]).map(String.init)))
        return lines
    }

    private func describe(_ title: String, _ groups: [Group], _ examples: Int) -> [String] {
        guard !groups.isEmpty else { return ["\(title): 0"] }
        let surplus = groups.reduce(0) { $0 + $1.items.count - 1 }
        let across = groups.count { $0.acrossSplits }, conflicting = groups.count { $0.conflictingLabels }
        let head =
            "\(title): \(surplus) in \(groups.count) \(groups.count == 1 ? "group" : "groups"); "
            + "\(across) across splits, \(conflicting) with different labels"
        // The worst first.
        let worst =
            groups.filter { $0.acrossSplits && $0.conflictingLabels }
            + groups.filter { $0.acrossSplits != $0.conflictingLabels }
            + groups.filter { !$0.acrossSplits && !$0.conflictingLabels }
        return [head] + shortened(worst.map(text), examples)
    }

    private func text(_ group: Group) -> String {
        let shown = group.items.prefix(3).map(text).joined(separator: " = ")
        return group.items.count > 3 ? "\(shown) = \(group.items.count - 3) more" : shown
    }

    private func text(_ item: Item) -> String { "\(item.name) (\(item.label), \(item.split.rawValue))" }

    private func shortened(_ lines: [String], _ limit: Int) -> [String] {
        let shown = lines.prefix(limit).map { "  \($0)" }
        return lines.count > limit ? shown + ["  ... and \(lines.count - limit) more"] : shown
    }
}
