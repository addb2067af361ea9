import EmotionRecognition
import FaceVision
import NeuralNet
import Terminal
import Threads

/// The reader that suits a picture: one that looks for faces, or one that takes the picture for a face. The detector is
/// made when the first picture needs it.
final class FaceReaders {
    let whole: FaceReader
    var classNames: [String] { whole.classNames }
    private let arguments: Arguments
    private let threads: ThreadPool
    private let choice: DetectorChoice
    private var finding: FaceReader?

    /// Throws `EmotionGroupingError`, `UsageError` for options that don't suit the detector, and what making a detector
    /// throws that the user named.
    init(
        _ model: EmotionModel, _ a: Arguments, _ threads: ThreadPool, options: FaceReader.Options,
        precision: Precision = .float
    ) throws {
        arguments = a
        self.threads = threads
        choice = a[DetectorOptions.detector]
        try DetectorOptions.check(choice, a)
        let recogniser = try EmotionRecogniser(model, precision: precision, threads: threads)
        whole = try FaceReader(recogniser, detector: nil, options: options)
        if choice == .haar || choice == .mtcnn { _ = try forStreams() }
    }

    /// The reader for videos and cameras.
    func forStreams() throws -> FaceReader {
        if choice == .none { return whole }
        if let finding { return finding }
        let detector = try DetectorOptions.makeDetector(choice, arguments, threads: threads)
        let reader = try FaceReader(whole.recogniser, detector: detector, options: whole.options)
        finding = reader
        return reader
    }

    /// Whether network or detector look at colours. The others see brightness only, which is cheaper to decode.
    var needsColor: Bool { whole.recogniser.emotionModel.card.input.channels == 3 || choice == .mtcnn }

    /// All faces in a picture, the largest first.
    func read(_ image: Image) throws -> [FaceReading] {
        let isFace = choice == .none || (choice == .auto && max(image.width, image.height) <= 64)
        return try isFace ? whole.read(image) : forStreams().read(image)
    }
}
