import EmotionRecognition
import NeuralNet
import Terminal

extension TestTimeAugmentation: ArgumentChoice {}
extension ConvolutionAlgorithm: ArgumentChoice {}

/// What `fermusic train` can be told.
enum TrainOptions {
    static let data = Option<Path?>(
        "data", short: "d", help: "FER2013 as Kaggle's CSV file or as a folder of class folders.")
    static let checkpoint = Option<Path?>(
        "checkpoint", short: "o", help: "The model file to write; a recipe's name with .h5 by default.")
    static let recipeFile = Option<Path?>(
        "recipe", help: "A file with the settings of a run; options given beside it count more.")
    static let architecture = Option<NetworkChoice>(
        "arch", default: .named(.cnn), help: "The network: \(NetworkChoice.names), or a file with Keras's model JSON.")
    static let resume = Flag(
        "resume", help: "Go on with the interrupted run of this checkpoint, with its settings; its data may have moved."
    ).group("Running")
    static let restart = Flag(
        "restart", help: "Begin anew where there is a finished model or an interrupted run; the run is forgotten."
    ).group("Running")
    static let budget = Option<Duration?>("budget", help: "Stop in good order after this time.").group("Running")
    static let log = Option<Path?>("log", help: "Write a line per epoch as .csv or .jsonl.").group("Running")
    static let report = Option<Path?>(
        "report", help: "Folder for an HTML report with curves, written after each epoch."
    ).group("Running")

    /// An option for each setting of a recipe that has one, in the order of the table.
    static let settings = TrainingRecipe.fields.flatMap { [$0] + $0.parts }.compactMap(RecipeParameter.init)

    /// Those of these fields.
    static func settings(_ fields: [String]) -> [RecipeParameter] { settings.filter { fields.contains($0.field.name) } }

    static var parameters: [any Parameter] {
        [
            data, SharedOptions.classes, SharedOptions.votes, SharedOptions.voteNames, checkpoint, recipeFile,
            architecture,
        ] + settings.map(\.parameter)
            + [SharedOptions.threads, SharedOptions.skipBad, SharedOptions.json, resume, restart, budget, log, report]
            + TrainingTeam.parameters
    }
}
