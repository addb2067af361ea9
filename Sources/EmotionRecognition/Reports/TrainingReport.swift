import Files
import NeuralNet
import Report

/// The HTML page of a training run: curves of loss and accuracy, and the settings.
public enum TrainingReport {
    /// Writes the page; missing folders are made. Throws `ReportError`.
    public static func write(_ history: [EpochRecord], settings: TrainingSession.Settings, to path: String) throws {
        var report = HTMLReport(
            title: "Training of \(settings.recipe.architecture)", subtitle: settings.data,
            footer: "fermusic \(Fermusic.version)")
        if let last = history.last {
            let best = history.compactMap(\.validationAccuracy).max()
            report.add(
                Highlights([
                    ("epoch", "\(last.epoch) of \(settings.recipe.epochs)"),
                    ("best validation accuracy", best.map { percent($0, 2) } ?? "none"),
                    ("training accuracy", last.accuracy.map { percent($0, 2) } ?? "none"),
                    ("seconds per epoch", EvaluationReport.decimal(last.seconds, 1)),
                ]))
        }
        addCurves(history, to: &report)
        report.add(Heading("Settings"))
        report.add(Paragraph("As recipe files name them. What is not listed is at its default."))
        let always = ["architecture", "optimizer", "learningRate", "schedule", "epochs", "batchSize", "seed"]
        report.add(Facts(settings.recipe.settings(always: always) + [("threads", "\(settings.threads)")]))
        try report.write(to: path)
    }

    /// Loss and accuracy per epoch, training beside validation.
    static func addCurves(_ history: [EpochRecord], to report: inout HTMLReport) {
        func series(_ name: String, _ value: (EpochRecord) -> Double?) -> LineChart.Series {
            LineChart.Series(
                name, points: history.compactMap { record in value(record).map { (Double(record.epoch), $0) } })
        }
        report.add(
            Row([
                LineChart(
                    title: "Loss", xLabel: "epoch",
                    series: [series("training", \.loss), series("validation", \.validationLoss)]),
                LineChart(
                    title: "Accuracy", xLabel: "epoch",
                    series: [series("training", \.accuracy), series("validation", \.validationAccuracy)]),
            ]))
    }
}
