import EmotionRecognition
import FaceVision
import NeuralNet
import Terminal

/// What the options of the verbs that look at faces become.
enum FaceOptions {
    /// The reader that the options ask for. Throws `UsageError` and `EmotionGroupingError` for options that don't suit
    /// detector or model, and what making a detector throws that the user named.
    static func reader(
        _ model: EmotionModel, _ a: Arguments, options: FaceReader.Options = FaceReader.Options(),
        precision: Precision = .float
    ) throws -> FaceReader {
        let threads = SharedOptions.threadPool(a)
        let search = try DetectorOptions.search(a, threads: threads)
        return try FaceReader(
            EmotionRecogniser(model, precision: precision.fastest, threads: threads), search: search, options: options)
    }

    /// Frames in the colours that somebody looks at; ends when a signal comes.
    static func capture(needsColor: Bool, _ signals: SignalWatcher) -> CaptureOptions {
        var options = CaptureOptions(format: needsColor ? .rgb : .gray)
        options.cancellation = Cancellation { signals.received != nil }
        return options
    }
}
