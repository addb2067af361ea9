import EmotionRecognition
import NeuralNet
import Terminal

/// Shows a training run: a live line per epoch on a terminal, a line per epoch elsewhere.
final class TrainingView {
    private let session: TrainingSession
    private let console: Console
    private var display: ProgressDisplay?
    private var epochStart = 0.0
    private var startSamples = 0
    private let isTerminal: Bool

    init(_ session: TrainingSession, console: Console) {
        self.session = session
        self.console = console
        isTerminal = console.errors.isTerminal
    }

    func stepEnded(_ trainer: Trainer) {
        let progress = trainer.progress
        if display == nil {
            startSamples = progress.samplesInEpoch
            epochStart = monotonicSeconds()
            display = ProgressDisplay(
                "epoch \(progress.epoch + 1)/\(trainer.options.epochs)", total: session.trainingCount,
                start: startSamples, stream: console.errors)
        }
        let seconds = monotonicSeconds() - epochStart
        let samples = Double(max(progress.samplesInEpoch, 1))
        var fields: [(name: String, value: String)] = []
        if seconds > 0.2 {
            fields.append(("images/s", fixed(Double(progress.samplesInEpoch - startSamples) / seconds, 0)))
        }
        fields.append(("loss", fixed(progress.lossSum / samples, 4)))
        fields.append(("accuracy", percent(Double(progress.correct) / samples)))
        display?.update(progress.samplesInEpoch, fields: fields)
    }

    func epochEnded(_ record: EpochRecord) throws {
        var fields = [
            (name: "loss", value: fixed(record.loss, 4)), ("accuracy", percent(record.accuracy)),
        ]
        if let loss = record.validationLoss { fields.append(("val_loss", fixed(loss, 4))) }
        if let accuracy = record.validationAccuracy { fields.append(("val_accuracy", percent(accuracy))) }
        if session.trainer.isBest { fields.append(("", "best")) }
        if let display {
            display.update(session.trainingCount, fields: fields)
            display.finish(fields: fields)
        }
        display = nil
        let remaining = Double(session.settings.recipe.epochs - record.epoch) * record.seconds
        if isTerminal, remaining > 60, record.epoch % 5 == 1 {
            try console.errors.line("about \(timeText(.seconds(remaining))) left")
        }
    }

    func close() { display?.finish() }
}
