import EmotionRecognition
import NeuralNet
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
        if let votes = evaluation.votes { text += lines(votes) + agreement(votes) }
        text += "size       \(subject.facts.parameters) parameters, \(fileSize(subject.facts))\n"
        text +=
            "speed      \(fixed(subject.facts.milliseconds, 2)) ms per face, "
            + "\(fixed(Double(metrics.count) / max(evaluation.seconds, 1e-9), 0)) images/s\n"
        if let seconds = subject.facts.trainingSeconds { text += "training   \(timeText(.seconds(seconds)))\n" }
        text += "\n" + classes(evaluation) + "\n" + confusion(evaluation)
        if let robustness = subject.robustness { text += "\n" + spoilt(robustness) }
        return text
    }

    private static func spoilt(_ robustness: RobustnessEvaluation) -> String {
        var table = TextTable([
            .left("spoilt"), .left("how"), .right("accuracy"), .right("balanced"), .right("confidence"),
        ])
        for row in spoiltRows(robustness) { table.add(row) }
        return table.render()
    }

    private static func spoiltRows(_ robustness: RobustnessEvaluation) -> [[String]] {
        robustness.points.map { point in
            [
                point.corruption.rawValue, point.corruption.text(point.level), percent(point.accuracy),
                percent(point.balancedAccuracy), percent(point.confidence),
            ]
        }
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

    /// "where 3 of 10 people agree 40 %, ..."
    private static func agreement(_ votes: VoteEvaluation) -> String {
        let shares = votes.byAgreement.enumerated().filter { $0.element.count > 0 }
        let texts = shares.map { "\($0.offset): \(percent($0.element.accuracy, decimals: 0))" }
        return texts.isEmpty
            ? "" : "           right where so many of ten people agree: \(texts.joined(separator: ", "))\n"
    }

    private static func classes(_ evaluation: Evaluation) -> String {
        let (titles, rows) = classRows(evaluation.metrics, evaluation)
        var table = TextTable(titles.enumerated().map { $0.offset == 0 ? .left($0.element) : .right($0.element) })
        for row in rows { table.add(row) }
        return table.render()
    }

    /// A row for each class; with votes also how far the people agree where most saw it.
    private static func classRows(
        _ metrics: ClassificationMetrics, _ evaluation: Evaluation
    ) -> (titles: [String], rows: [[String]]) {
        let agreement = evaluation.votes?.agreement
        let rows = evaluation.classNames.indices.map { label in
            [
                evaluation.classNames[label], "\(metrics.support(label))", percent(metrics.precision(label)),
                percent(metrics.recall(label)), fixed(metrics.f1(label), 3),
            ] + (agreement.map { [percent($0[label])] } ?? [])
        }
        return (
            ["emotion", "pictures", "precision", "recall", "F1"] + (agreement == nil ? [] : ["people agree"]), rows
        )
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
        let classes = classRows(metrics, subject.evaluation)
        let confusion = names.indices.map { label in [names[label]] + metrics.confusion[label].map { "\($0)" } }
        return "\n## \(subject.name)\n\n"
            + markdownTable(classes.titles, classes.rows, names: 1) + "\n"
            + markdownTable(["true \\ predicted"] + names, confusion, names: 1)
            + "\n" + remarks(subject.evaluation).map { "- \($0)\n" }.joined()
            + (subject.robustness.map {
                "\n" + markdownTable(["spoilt", "how", "accuracy", "balanced", "confidence"], spoiltRows($0), names: 2)
            } ?? "")
    }

    /// What a card says beside the tables.
    private static func remarks(_ evaluation: Evaluation) -> [String] {
        let certain = evaluation.certain
        var result = [
            "\(percent(certain.coverage)) of the answers are certain (from \(percent(Double(certain.threshold))) on); "
                + "\(percent(certain.accuracy)) of those are right."
        ]
        guard let votes = evaluation.votes else { return result }
        let shares = votes.byAgreement.enumerated().filter { $0.element.count > 0 }
        result += [
            "\(percent(votes.majority.accuracy, decimals: 2)) of the \(votes.majority.count) pictures are right whose emotion "
                + "has more than half of the votes.",
            "\(percent(votes.seenByTwo.accuracy)) of the answers were given by two or more of the ten people too; one of "
                + "these people alone is right in \(percent(votes.oneVoter)).",
            "Right where so many of ten agree: "
                + shares.map { "\($0.offset): \(percent($0.element.accuracy, decimals: 0))" }.joined(separator: ", ")
                + ".",
        ]
        return result
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
        var names: [String] = []
        for name in subjects.flatMap(\.evaluation.classNames) where !names.contains(name) { names.append(name) }
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
