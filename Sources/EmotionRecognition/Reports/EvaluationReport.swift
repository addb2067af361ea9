import FaceVision
import Files
import NeuralNet
import Report

/// The HTML page of an evaluation: numbers, curves, confusion matrix, per-class bars and the most confident mistakes.
public enum EvaluationReport {
    /// Writes the page; missing folders are made. Throws `ReportError`.
    public static func write(
        _ evaluation: Evaluation, robustness: RobustnessEvaluation? = nil, of model: EmotionModel, facts: ModelFacts,
        name: String, data: String,
        dataset: FaceDataset, to path: String
    ) throws {
        let metrics = evaluation.metrics, interval = metrics.accuracyInterval
        var report = HTMLReport(
            title: "Evaluation of \(name)",
            subtitle: "\(metrics.count) images of \(data)\(evaluation.split.map { ", \($0.rawValue)" } ?? "")",
            footer: "fermusic \(Fermusic.version)")
        report.add(
            Highlights([
                ("accuracy", percent(metrics.accuracy)), ("macro-F1", decimal(metrics.macroF1, 3)),
                ("top 2", percent(metrics.topAccuracy(2))), ("loss", decimal(evaluation.loss, 3)),
            ]))
        report.add(
            Facts([
                ("95 % interval of the accuracy", "\(percent(interval.lowerBound)) to \(percent(interval.upperBound))"),
                ("calibration error", percent(evaluation.calibration.expectedError)),
                (
                    "certain answers",
                    "\(percent(evaluation.certain.coverage)), of which \(percent(evaluation.certain.accuracy)) are right"
                ),
                ("looks at each image", evaluation.augmentation.rawValue),
                ("network", "\(model.model.parameterCount) parameters, input \(model.card.input.summary)"),
                ("file", "\(decimal(Double(facts.fileBytes) / 1e6, 2)) MB"),
                (
                    "speed",
                    "\(decimal(facts.milliseconds, 2)) ms per face, "
                        + "\(Int(Double(metrics.count) / max(evaluation.seconds, 1e-9))) images/s in batches"
                ),
                ("training", facts.trainingSeconds.map { "\(decimal($0 / 3600, 1)) h" } ?? "unknown"),
            ]))
        report.add(Heading("Which emotions are mistaken for which"))
        report.add(
            ConfusionMatrix(title: "Confusion", classes: evaluation.classNames, counts: metrics.confusion))
        report.add(Heading("Per emotion"))
        let labels = evaluation.classNames.indices
        report.add(
            BarChart(
                title: "Precision, recall and F1", categories: evaluation.classNames,
                series: [
                    .init("precision", values: labels.map(metrics.precision)),
                    .init("recall", values: labels.map(metrics.recall)), .init("F1", values: labels.map(metrics.f1)),
                ], maximum: 1))
        report.add(Heading("Is its confidence to be believed?"))
        report.add(reliability(evaluation.calibration))
        if model.card.temperature != nil {
            report.add(
                Paragraph(
                    "The model's confidence was corrected by one number, its temperature. On the pictures that it was "
                        + "fitted on, those that training validates on unless others were chosen, the calibration "
                        + "error comes out a little too small."))
        }
        if let robustness { addRobustness(robustness, unspoilt: evaluation, to: &report) }
        if let training = model.card.training, training.history.count > 1 {
            report.add(Heading("Training"))
            TrainingReport.addCurves(training.history, to: &report)
        }
        addMistakes(evaluation, dataset, to: &report)
        try report.write(to: path)
    }

    /// Accuracy over confidence, beside the diagonal on which both agree.
    private static func reliability(_ calibration: Calibration) -> LineChart {
        let bins = calibration.bins.filter { $0.count > 0 }
        return LineChart(
            title: "Accuracy of the answers by their confidence", xLabel: "confidence",
            series: [
                .init("found", points: bins.map { ($0.confidence, $0.accuracy) }),
                .init("believable", points: [(0, 0), (1, 1)]),
            ])
    }

    private static func addMistakes(_ evaluation: Evaluation, _ dataset: FaceDataset, to report: inout HTMLReport) {
        guard !evaluation.mistakes.isEmpty else { return }
        report.add(Heading("The most confident mistakes"))
        let names = evaluation.classNames
        report.add(
            ImageGrid(
                evaluation.mistakes.prefix(48).map { mistake in
                    let image = Image(
                        width: dataset.size, height: dataset.size, pixels: Array(dataset.image(mistake.index)))
                    return ImageGrid.Picture(
                        png: ImageFile.encodePNG(image),
                        caption: "\(names[mistake.truth]), seen as \(names[mistake.predicted])",
                        detail: "\(percent(Double(mistake.confidence))), \(shortName(dataset.names[mistake.index]))")
                }))
    }

    private static func shortName(_ name: String) -> String {
        name.lastPathPart
    }

    static func decimal(_ value: Double, _ places: Int) -> String {
        guard value.isFinite, abs(value) < 1e9 else { return "\(value)" }
        var power = 1
        for _ in 0..<places { power *= 10 }
        let scaled = Int((abs(value) * Double(power)).rounded())
        guard places > 0 else { return (value < 0 && scaled > 0 ? "-" : "") + "\(scaled)" }
        let fraction = String(scaled % power)
        let sign = value < 0 && scaled > 0 ? "-" : ""
        return sign + "\(scaled / power)." + String(repeating: "0", count: places - fraction.count) + fraction
    }
}

/// A share in percent: `percent(0.6592)` is "65.9 %".
func percent(_ share: Double, _ places: Int = 1) -> String {
    EvaluationReport.decimal(share * 100, places) + " %"
}
