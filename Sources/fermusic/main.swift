import EmotionRecognition
import Files
import Glibc
import NeuralNet
import Terminal

if let problem = InstructionSet.problem {
    try? Console.standard.errors.line("fermusic: \(problem)")
    exit(ExitCode.usage.rawValue)
}
do {
    // What is measured anew need not be there, and help is given in any case.
    if Set(CommandLine.arguments).isDisjoint(with: ["--tune", "--help", "-h", "--version", "doctor"]) {
        try TunedConvolutions.use()
    }
} catch {
    try? Console.standard.errors.line("fermusic: \(error)")
    exit((error is UsageError ? ExitCode.usage : .failed).rawValue)
}

Program(
    Command(
        "fermusic", summary: "Looks at faces, names their emotions, and finds songs for them.",
        discussion: """
            On the command line, before the camera, and as a web page. It also trains and measures the networks; models \
            are Keras HDF5 and ONNX files, both ways.
            """,
        examples: [
            Example("fermusic train --data fer2013.csv --checkpoint my.h5", "train the documented network"),
            Example("fermusic evaluate --model my.h5 --data fer2013.csv --report report/", "measure it, with pictures"),
            Example("fermusic predict --model my.h5 face.png", "name the emotion of a face"),
            Example("fermusic recommend --emotion sad", "songs for it"),
            Example("fermusic serve --open", "the page"),
        ],
        subcommands: [
            TrainCommand.command, EvaluateCommand.command, CompareCommand.command, PredictCommand.command,
            PredictWebcamCommand.command, ExplainCommand.command, ModelCommand.command,
            DatasetCommand.command, BenchCommand.command, CamerasCommand.command,
            SongCommand.command, RecommendCommand.command, PlayCommand.command, CatalogueCommand.command,
            HistoryCommand.command,
            FeedbackCommand.command, PurgeCommand.command, PlaylistCommand.command, SpotifyCommand.command,
            ServerCommand.command,
            DoctorCommand.command,
            ServeCommand.command, ExportSiteCommand.command,
            LiveCommand.command,
        ]),
    version: Fermusic.version, otherNames: otherNames, errorText: Remedies.text
).main(console: TrainingTeam.console)
