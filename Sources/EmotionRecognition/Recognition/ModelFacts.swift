import FaceVision
import Glibc
import NeuralNet

/// What a model costs: to store, to run, to train.
public struct ModelFacts: Sendable {
    /// The network's name as in `--arch`; nil for files that do not say it.
    public let network: String?
    public let parameters: Int
    public let fileBytes: Int
    /// From a face of 48 x 48 bytes to its emotion, one at a time: the median, and the slowest hundredth.
    public let milliseconds: Double
    public let slowMilliseconds: Double
    /// Of training, all sessions together.
    public let trainingSeconds: Double?

    /// Runs the model for about `duration` seconds. Throws `NeuralNetError` if it cannot run.
    public init(
        _ model: EmotionModel, path: String, precision: Precision = .float, threads: ThreadPool, duration: Double = 0.5
    ) throws {
        network = model.card.training?.recipe.architecture
        parameters = model.model.parameterCount
        var status = stat()
        fileBytes = stat(path, &status) == 0 ? Int(status.st_size) : 0
        trainingSeconds = model.card.training?.seconds
        let recogniser = try EmotionRecogniser(model, batchSize: 1, precision: precision, threads: threads)
        var random = RandomGenerator(seed: 1)
        let face = Image(width: 48, height: 48, pixels: (0..<48 * 48).map { _ in UInt8(random.integer(below: 256)) })
        for _ in 0..<3 { _ = recogniser.recognise([face]) }
        var times: [Double] = []
        let end = monotonicSeconds() + duration
        repeat {
            let start = monotonicSeconds()
            _ = recogniser.recognise([face])
            times.append((monotonicSeconds() - start) * 1000)
        } while monotonicSeconds() < end
        milliseconds = times.median
        slowMilliseconds = times.quantile(0.99)
    }

    public var json: JSONValue {
        [
            "network": network.map(JSONValue.string) ?? .null, "parameters": .int(parameters),
            "fileBytes": .int(fileBytes), "millisecondsPerFace": .double(milliseconds),
            "millisecondsPerFaceP99": .double(slowMilliseconds),
            "trainingSeconds": trainingSeconds.map(JSONValue.double) ?? .null,
        ]
    }
}
