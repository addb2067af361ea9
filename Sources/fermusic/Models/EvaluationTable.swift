import EmotionRecognition
import Terminal

/// What `fermusic evaluate` prints.
enum EvaluationTable {
    /// Everything about one model.
    static func details(_ subject: MeasuredModels.Subject) -> String {
        let evaluation = subject.evaluation, metrics = evaluation.metrics, interval = metrics.accuracyInterval
        let looks = evaluation.augmentation == .none ? "" : " with \(evaluation.augmentation.rawValue)"
        var text =
            "accuracy   \(percent(metrics.accuracy, decimals: 2)) of \(metrics.count)\(looks) "
            + "(95 % interval \(percent(interval.lowerBound)) to \(percent(interval.upperBound)))\n"
        if evaluation.augmentation != .none {
            text += "one look   \(percent(evaluation.singleLookMetrics.accuracy, decimals: 2))\n"
        }
        text += "balanced   \(percent(metrics.balancedAccuracy, decimals: 2))\n"
        text += "macro-F1   \(fixed(metrics.macroF1, 4))\n"
        text += "top-2      \(percent(metrics.topAccuracy(2), decimals: 2))\n"
        text += "loss       \(fixed(evaluation.loss, 4))\n"
        text += "ECE        \(percent(evaluation.calibration.expectedError, decimals: 2))\n"
        let certain = evaluation.certain
        text +=
            "certain    \(percent(certain.coverage)) of the answers, from \(percent(Double(certain.threshold))) on; "
            + "\(percent(certain.accuracy)) of them right\n"
        if let votes = evaluation.votes { text += lines(votes) }
        text += "size       \(subject.facts.parameters) parameters, \(fileSize(subject.facts))\n"
        text +=
            "speed      \(fixed(subject.facts.milliseconds, 2)) ms per face, "
            + "\(fixed(Double(metrics.count) / max(evaluation.seconds, 1e-9), 0)) images/s\n"
        if let seconds = subject.facts.trainingSeconds { text += "training   \(timeText(.seconds(seconds)))\n" }
        return text + "\n" + classes(evaluation) + "\n" + confusion(evaluation)
    }

    private static func lines(_ votes: VoteEvaluation) -> String {
        func share(_ share: VoteEvaluation.Share) -> String {
            "\(percent(share.accuracy, decimals: 2)) of \(share.count)"
        }
        return """
            votes      \(share(votes.majority)) whose emotion has more than half of the votes
                       \(share(votes.seenByTwo)) answers that two or more of the ten people gave too
                       cross-entropy \(fixed(votes.crossEntropy, 4)), of which \(fixed(votes.voteEntropy, 4)) is people's own \
            disagreement; one of them is right in \(percent(votes.oneVoter))
            labels     \(share(votes.firstLabels)) by the data's own labels, which say what most people saw in \
            \(percent(votes.labelsThemselves.accuracy))

            """
    }

    private static func classes(_ evaluation: Evaluation) -> String {
        let metrics = evaluation.metrics
        var table = TextTable([.left("class"), .right("images"), .right("precision"), .right("recall"), .right("F1")])
        for (label, name) in evaluation.classNames.enumerated() {
            table.add(
                name, "\(metrics.support(label))", percent(metrics.precision(label)), percent(metrics.recall(label)),
                fixed(metrics.f1(label), 3))
        }
        return table.render()
    }

    private static func confusion(_ evaluation: Evaluation) -> String {
        var table = TextTable([.left("true \\ predicted")] + evaluation.classNames.map { .right($0) })
        for (label, name) in evaluation.classNames.enumerated() {
            table.add([name] + evaluation.metrics.confusion[label].map { "\($0)" })
        }
        return table.render()
    }

    /// A line per model, and one for all together.
    static func text(_ subjects: [MeasuredModels.Subject], _ together: Evaluation?) -> String {
        let cells = rows(subjects, together, link: { $0.path })
        var table = TextTable(cells.titles.enumerated().map { $0.offset < 2 ? .left($0.element) : .right($0.element) })
        for row in cells.rows { table.add(row) }
        return table.render() + "\n" + recalls(subjects, together)
    }

    /// The same for a README, each name a link to the model's card; then a section for each card: how well each emotion
    /// is told with one look, as `predict` and `live` take it.
    static func markdown(_ subjects: [MeasuredModels.Subject], _ together: Evaluation?) -> String {
        let cells = rows(subjects, together) { subject in
            let stem = subject.path.hasSuffix(".h5") ? String(subject.path.dropLast(3)) : subject.path
            return "[\(subject.name)](\(stem).md)"
        }
        return markdownTable(cells.titles, cells.rows, names: 2) + subjects.map(section).joined()
    }

    private static func section(_ subject: MeasuredModels.Subject) -> String {
        let metrics = subject.evaluation.singleLookMetrics, names = subject.evaluation.classNames
        let classes = names.indices.map { label in
            [
                names[label], "\(metrics.support(label))", percent(metrics.precision(label)),
                percent(metrics.recall(label)), fixed(metrics.f1(label), 3),
            ]
        }
        let confusion = names.indices.map { label in [names[label]] + metrics.confusion[label].map { "\($0)" } }
        return "\n## \(subject.name)\n\n"
            + markdownTable(["emotion", "pictures", "precision", "recall", "F1"], classes, names: 1) + "\n"
            + markdownTable(["true \\ predicted"] + names, confusion, names: 1)
    }

    /// - Parameter names: the columns from the left that hold words, not numbers.
    private static func markdownTable(_ titles: [String], _ rows: [[String]], names: Int) -> String {
        func line(_ texts: [String]) -> String { "| " + texts.joined(separator: " | ") + " |\n" }
        return line(titles) + line(titles.indices.map { $0 < names ? "---" : "---:" }) + rows.map(line).joined()
    }

    private static func rows(
        _ subjects: [MeasuredModels.Subject], _ together: Evaluation?, link: (MeasuredModels.Subject) -> String
    ) -> (titles: [String], rows: [[String]]) {
        let tta = subjects.map(\.evaluation.augmentation).max { $0.views.count < $1.views.count } ?? .none
        var titles = ["model", "network", "accuracy", "95 % interval"]
        if tta != .none { titles.insert("one look", at: 2) }
        titles += ["macro-F1", "ECE", "certain (right)", "parameters", "file", "ms per face", "training"]
        func results(_ evaluation: Evaluation) -> [String] {
            let metrics = evaluation.metrics, interval = metrics.accuracyInterval
            let single = percent(evaluation.singleLookMetrics.accuracy, decimals: 2)
            return (tta == .none ? [] : [single]) + [
                percent(metrics.accuracy, decimals: 2)
                    + (evaluation.augmentation == tta ? "" : " (\(evaluation.augmentation.rawValue))"),
                "\(fixed(interval.lowerBound * 100, 1)) to \(percent(interval.upperBound))",
                fixed(metrics.macroF1, 3), percent(evaluation.calibration.expectedError),
                "\(percent(evaluation.certain.coverage)) (\(percent(evaluation.certain.accuracy)))",
            ]
        }
        var rows = subjects.map { subject -> [String] in
            [link(subject), subject.facts.network ?? "unknown"] + results(subject.evaluation) + [
                "\(subject.facts.parameters)", fileSize(subject.facts), fixed(subject.facts.milliseconds, 2),
                subject.facts.trainingSeconds.map { timeText(.seconds($0)) } ?? "unknown",
            ]
        }
        if let together {
            let facts = subjects.map(\.facts)
            rows.append(
                ["all together", "ensemble"] + results(together) + [
                    "\(facts.reduce(0) { $0 + $1.parameters })", size(facts.reduce(0) { $0 + $1.fileBytes }),
                    fixed(facts.reduce(0) { $0 + $1.milliseconds }, 2), "",
                ])
        }
        if tta != .none { titles[3] = "accuracy, \(tta.rawValue)" }
        return (titles, rows)
    }

    private static func recalls(_ subjects: [MeasuredModels.Subject], _ together: Evaluation?) -> String {
        let names = subjects[0].evaluation.classNames
        var table = TextTable([.left("recall")] + names.map { .right($0) })
        let all = subjects.map { ($0.path, $0.evaluation) } + (together.map { [("all together", $0)] } ?? [])
        for (path, evaluation) in all {
            table.add(
                [path]
                    + names.map { name in
                        evaluation.classNames.firstIndex(of: name).map { percent(evaluation.metrics.recall($0)) } ?? ""
                    })
        }
        return table.render()
    }

    private static func fileSize(_ facts: ModelFacts) -> String { size(facts.fileBytes) }
    private static func size(_ bytes: Int) -> String { "\(fixed(Double(bytes) / 1e6, 2)) MB" }
}
