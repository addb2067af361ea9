import FaceVision
import Files
import Report

/// The HTML page of a comparison: numbers side by side, charts, and the pictures on which the models disagree.
public enum ComparisonReport {
    /// One of the two.
    public struct Contender: Sendable {
        public var name: String
        public var model: EmotionModel
        public var evaluation: Evaluation
        public var facts: ModelFacts

        public init(name: String, model: EmotionModel, evaluation: Evaluation, facts: ModelFacts) {
            self.name = name
            self.model = model
            self.evaluation = evaluation
            self.facts = facts
        }
    }

    /// Writes the page; missing folders are made. Throws `ReportError`.
    ///
    /// - Parameter dataset: whose images are shown; nil for none, as where the page is published and they must not be.
    public static func write(
        _ comparison: Comparison, _ a: Contender, _ b: Contender, data: String, dataset: FaceDataset?, to path: String
    ) throws {
        let ways = [a, b].map(\.evaluation.augmentation)
        let looks =
            ways == [.none, .none]
            ? "" : ways[0] == ways[1] ? ", \(ways[0].rawValue)" : ", \(ways[0].rawValue) and \(ways[1].rawValue)"
        var report = HTMLReport(
            title: "\(a.name) and \(b.name)",
            subtitle:
                "\(comparison.count) images of \(data)\(a.evaluation.split.map { ", \($0.rawValue)" } ?? "")\(looks)",
            footer: "fermusic \(Fermusic.version)")
        addNumbers(comparison, a, b, to: &report)
        report.add(Heading("Per emotion"))
        report.add(recalls(a, b))
        for contender in [a, b] {
            report.add(
                ConfusionMatrix(
                    title: contender.name, classes: contender.evaluation.classNames,
                    counts: contender.evaluation.metrics.confusion))
        }
        report.add(Heading("Size and speed"))
        report.add(bars("Parameters, millions", a, b) { Double($0.parameters) / 1e6 })
        report.add(bars("Milliseconds per face", a, b) { $0.milliseconds })
        let trained = [a, b].filter { ($0.model.card.training?.history.count ?? 0) > 1 }
        if !trained.isEmpty {
            report.add(Heading("Training"))
            report.add(curves(trained))
        }
        if let dataset { addPictures(comparison, a, b, dataset, to: &report) }
        try report.write(to: path)
    }

    private static func addNumbers(
        _ comparison: Comparison, _ a: Contender, _ b: Contender, to report: inout HTMLReport
    ) {
        let test = comparison.test
        report.add(
            Highlights([
                (a.name, percent(a.evaluation.metrics.accuracy)), (b.name, percent(b.evaluation.metrics.accuracy)),
                ("McNemar's p", probability(test.probability)), ("agreement", percent(comparison.agreement)),
            ]))
        report.add(Paragraph(verdict(comparison, a.name, b.name)))
        report.add(
            DataTable(
                columns: [.text(""), .number(a.name), .number(b.name)],
                rows: rows(a, b)))
        report.add(
            DataTable(
                caption: "Pictures that both, one or none of them get right",
                columns: [.text(""), .number("\(b.name) right"), .number("\(b.name) wrong")],
                rows: [
                    ["\(a.name) right", "\(comparison.bothRight)", "\(test.onlyFirst)"],
                    ["\(a.name) wrong", "\(test.onlySecond)", "\(comparison.bothWrong)"],
                ]))
    }

    /// The outcome in a sentence or two.
    public static func verdict(_ comparison: Comparison, _ a: String, _ b: String) -> String {
        let test = comparison.test, interval = comparison.differenceInterval
        func points(_ value: Double) -> String { EvaluationReport.decimal(value * 100, 1) }
        let isFirst = comparison.difference >= 0
        let (better, worse) = isFirst ? (a, b) : (b, a)
        let bounds = isFirst ? (interval.lowerBound, interval.upperBound) : (-interval.upperBound, -interval.lowerBound)
        let lead =
            comparison.difference == 0
            ? "\(a) and \(b) get equally many right "
            : "\(better) gets \(points(abs(comparison.difference))) points more right than \(worse) "
        let kind = test.isExact ? "exact" : "chi-squared with continuity correction"
        let outcome =
            test.probability < 0.05
            ? "\(better) is better" : "the difference may be chance"
        return
            lead + "(95 % interval \(points(bounds.0)) to \(points(bounds.1))): \(outcome), "
            + "McNemar's test (\(kind)) gives p \(test.probability < 0.001 ? "" : "= ")\(probability(test.probability)) from \(test.onlyFirst) images that "
            + "only \(a) gets right and \(test.onlySecond) that only \(b) does."
    }

    /// The numbers of both, row by row; the first cell says what it is.
    public static func rows(_ a: Contender, _ b: Contender) -> [[String]] {
        func row(_ name: String, _ text: (Contender) -> String) -> [String] { [name, text(a), text(b)] }
        let decimal = EvaluationReport.decimal
        var rows = [
            row("accuracy") { percent($0.evaluation.metrics.accuracy, 2) },
            row("95 % interval") {
                let interval = $0.evaluation.metrics.accuracyInterval
                return "\(decimal(interval.lowerBound * 100, 1)) to \(percent(interval.upperBound))"
            },
        ]
        if a.evaluation.augmentation != .none || b.evaluation.augmentation != .none {
            rows.insert(row("looks") { $0.evaluation.augmentation.rawValue }, at: 0)
            rows.append(row("with one look") { percent($0.evaluation.singleLookMetrics.accuracy, 2) })
        }
        rows += [
            row("macro-F1") { decimal($0.evaluation.metrics.macroF1, 4) },
            row("top-2") { percent($0.evaluation.metrics.topAccuracy(2), 2) },
            row("loss") { decimal($0.evaluation.loss, 4) },
            row("calibration error") { percent($0.evaluation.calibration.expectedError, 2) },
        ]
        for (label, name) in a.evaluation.classNames.enumerated() {
            rows.append(
                row("recall of \(name)") { contender in
                    let place = contender.evaluation.classNames.firstIndex(of: name) ?? label
                    return percent(contender.evaluation.metrics.recall(place))
                })
        }
        return rows + [
            row("network") { $0.facts.network ?? "unknown" },
            row("input") { $0.model.card.input.summary },
            row("parameters") { "\($0.facts.parameters)" },
            row("file") { "\(decimal(Double($0.facts.fileBytes) / 1e6, 2)) MB" },
            row("ms per face") { decimal($0.facts.milliseconds, 2) },
            row("training") {
                $0.facts.trainingSeconds.map { "\(decimal($0 / 3600, 1)) h" } ?? "unknown"
            },
        ]
    }

    private static func recalls(_ a: Contender, _ b: Contender) -> BarChart {
        let names = a.evaluation.classNames
        return BarChart(
            title: "Recall", categories: names,
            series: [a, b].map { contender in
                BarChart.Series(
                    contender.name,
                    values: names.map { name in
                        contender.evaluation.classNames.firstIndex(of: name)
                            .map(contender.evaluation.metrics.recall) ?? .nan
                    })
            }, maximum: 1)
    }

    private static func bars(
        _ title: String, _ a: Contender, _ b: Contender, _ value: (ModelFacts) -> Double
    ) -> BarChart {
        BarChart(
            title: title, categories: [a.name, b.name], series: [.init("", values: [value(a.facts), value(b.facts)])])
    }

    private static func curves(_ contenders: [Contender]) -> LineChart {
        LineChart(
            title: "Validation accuracy while training", xLabel: "epoch",
            series: contenders.map { contender in
                LineChart.Series(
                    contender.name,
                    points: (contender.model.card.training?.history ?? []).compactMap { record in
                        record.validationAccuracy.map { (Double(record.epoch), $0) }
                    })
            })
    }

    private static func addPictures(
        _ comparison: Comparison, _ a: Contender, _ b: Contender, _ dataset: FaceDataset,
        to report: inout HTMLReport
    ) {
        let groups: [(String, (Comparison.Disagreement) -> Bool)] = [
            ("Only \(a.name) is right", { $0.first == $0.truth }),
            ("Only \(b.name) is right", { $0.second == $0.truth }),
            ("Both are wrong, each in its way", { $0.first != $0.truth && $0.second != $0.truth }),
        ]
        let names = comparison.classNames
        for (title, belongs) in groups {
            let found = comparison.disagreements.filter(belongs)
            report.add(Heading("\(title): \(found.count) images"))
            report.add(
                ImageGrid(
                    found.prefix(24).map { item in
                        let image = Image(
                            width: dataset.size, height: dataset.size, pixels: Array(dataset.image(item.index)))
                        return ImageGrid.Picture(
                            png: ImageFile.encodePNG(image), caption: names[item.truth],
                            detail: "\(a.name): \(names[item.first]) \(percent(Double(item.firstConfidence), 0)); "
                                + "\(b.name): \(names[item.second]) \(percent(Double(item.secondConfidence), 0))")
                    }))
        }
    }

    /// A probability with three decimals, or as small.
    public static func probability(_ value: Double) -> String {
        value < 0.001 ? "< 0.001" : EvaluationReport.decimal(value, 3)
    }
}
