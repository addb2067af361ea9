import Files
import Glibc
import JSON

/// What a model costs: to store, to run, to train.
public struct ModelFacts: Sendable {
    /// The network's name as in `--arch`; nil for files that do not say it.
    public let network: String?
    public let parameters: Int
    public let fileBytes: Int
    public let timing: LookTiming
    /// Of training, over all interruptions.
    public let trainingSeconds: Double?

    public init(_ model: EmotionModel, path: String, timing: LookTiming) {
        network = model.card.training?.recipe.architecture
        parameters = model.model.parameterCount
        var status = stat()
        fileBytes = stat(path.cPath, &status) == 0 ? Int(status.st_size) : 0
        trainingSeconds = model.card.training?.seconds
        self.timing = timing
    }

    /// For one look at one face.
    public var milliseconds: Double { timing.milliseconds }

    public var json: JSONValue {
        [
            "network": network.map(JSONValue.string) ?? .null, "parameters": .int(parameters),
            "fileBytes": .int(fileBytes), "millisecondsPerFace": .double(timing.milliseconds),
            "millisecondsPerFaceP99": .double(timing.slowMilliseconds),
            "millisecondsPerFaceSpread": .double(timing.spread),
            "trainingSeconds": trainingSeconds.map(JSONValue.double) ?? .null,
        ]
    }
}
