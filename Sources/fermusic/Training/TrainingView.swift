import EmotionRecognition
import NeuralNet
import Terminal
import Timing

/// Shows a training run: curves and a live line that stay in their place on a terminal, a line per epoch elsewhere.
final class TrainingView {
    private let session: TrainingSession
    private let console: Console
    private var display: ProgressDisplay?
    private let panel: LivePanel?
    private var epochStart: Double?
    private var startSamples = 0
    private var lastDrawn = 0.0
    private var summary = ""

    init(_ session: TrainingSession, console: Console) {
        self.session = session
        self.console = console
        panel = console.errors.isTerminal ? LivePanel(console.errors) : nil
    }

    func stepEnded(_ trainer: Trainer) {
        let progress = trainer.progress, now = monotonicSeconds()
        let title = "epoch \(progress.epoch + 1)/\(trainer.options.epochs)"
        if epochStart == nil {
            startSamples = progress.samplesInEpoch
            epochStart = now
            if panel == nil {
                display = ProgressDisplay(
                    title, total: session.trainingCount, start: startSamples, stream: console.errors)
            }
        }
        let seconds = now - (epochStart ?? now)
        let samples = Double(max(progress.samplesInEpoch, 1))
        var fields: [(name: String, value: String)] = []
        if seconds > 0.2 {
            fields.append(("images/s", fixed(Double(progress.samplesInEpoch - startSamples) / seconds, 0)))
        }
        fields.append(("loss", fixed(progress.lossSum / samples, 4)))
        if let accuracy = trainer.currentMetrics["accuracy"] { fields.append(("accuracy", percent(accuracy))) }
        display?.update(progress.samplesInEpoch, fields: fields)
        guard let panel, now - lastDrawn > 0.1 else { return }
        lastDrawn = now
        panel.draw(
            curves() + [
                LivePanel.progressLine(
                    title, completed: progress.samplesInEpoch, start: startSamples, total: session.trainingCount,
                    fields: fields, elapsed: .seconds(seconds), width: console.errors.width)
            ])
    }

    func epochEnded(_ record: EpochRecord) throws {
        var fields: [(name: String, value: String)] = [("loss", fixed(record.loss, 4))]
        if let accuracy = record.accuracy { fields.append(("accuracy", percent(accuracy))) }
        if let loss = record.validationLoss { fields.append(("val_loss", fixed(loss, 4))) }
        if let accuracy = record.validationAccuracy { fields.append(("val_accuracy", percent(accuracy))) }
        if session.trainer.isBest { fields.append(("", "best")) }
        if let display {
            display.update(session.trainingCount, fields: fields)
            display.finish(fields: fields)
        }
        display = nil
        epochStart = nil
        let epochs = session.settings.recipe.epochs
        summary =
            "epoch \(record.epoch)/\(epochs): "
            + fields.map { $0.name.isEmpty ? $0.value : "\($0.name) \($0.value)" }.joined(separator: "  ")
            + "  \(timeText(.seconds(record.seconds)))"
        let remaining = Double(epochs - record.epoch) * record.seconds
        if remaining > 60 { summary += "  about \(timeText(.seconds(remaining))) left" }
        panel?.draw(curves())
    }

    func close() {
        display?.finish()
        panel?.finish()
    }

    /// Loss and accuracy by epoch, side by side where there is room, and the last epoch in words.
    private func curves() -> [String] {
        let history = session.trainer.progress.history
        guard !history.isEmpty else { return [] }
        let stream = console.errors
        guard stream.height >= 14, stream.width >= 40 else { return [summary] }
        let epochs = session.settings.recipe.epochs
        func plot(_ title: String, _ decimals: Int, _ values: (EpochRecord) -> (Double?, Double?)) -> CurvePlot {
            CurvePlot(
                title: title,
                series: [
                    .init("training", history.map { values($0).0 }), .init("validation", history.map { values($0).1 }),
                ], steps: epochs, decimals: decimals)
        }
        let loss = plot("loss", 2) { ($0.loss, $0.validationLoss) }
        let accuracy = plot("accuracy, %", 1) { ($0.accuracy.map { $0 * 100 }, $0.validationAccuracy.map { $0 * 100 }) }
        let width = min(stream.width - 1, 140)
        guard width >= 90 else { return accuracy.lines(width: width, height: 9) + [summary] }
        let half = width / 2 - 1
        return zip(loss.lines(width: half, height: 9), accuracy.lines(width: half, height: 9)).map { "\($0)  \($1)" }
            + [summary]
    }
}
