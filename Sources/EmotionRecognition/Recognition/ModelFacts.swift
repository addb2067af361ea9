import Files
import Glibc
import JSON

/// What a model costs: to store, to run, to train.
public struct ModelFacts: Sendable {
    /// See `TrainingRecipe.architecture`; nil for files that do not say it.
    public let network: String?
    /// Numbers of the network, those that are not trained included.
    public let parameters: Int
    /// 0 where the file cannot be looked at.
    public let fileBytes: Int
    /// For one look at one face.
    public let timing: LookTiming
    /// Of training, over all interruptions.
    public let trainingSeconds: Double?

    /// Looks at the size of the model's file; the timing is measured before, see `LookTiming.measure`.
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

    /// All of it as one object, times in milliseconds and seconds as the keys say.
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
