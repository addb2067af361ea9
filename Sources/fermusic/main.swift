import EmotionRecognition
import Terminal

Program(
    Command(
        "fermusic", summary: "Understands how a face feels.",
        discussion: """
            Trains convolutional networks on FER2013, measures them, and names the emotion of faces. Models are Keras \
            HDF5 files that Keras opens too.
            """,
        examples: [
            Example("fermusic train --data fer2013.csv --checkpoint my.h5", "train the documented network"),
            Example("fermusic evaluate --model my.h5 --data fer2013.csv --report report/", "measure it, with pictures"),
            Example("fermusic predict --model my.h5 face.png", "name the emotion of a face"),
            Example("fermusic recommend --emotion sad", "songs for it"),
        ],
        subcommands: [
            TrainCommand.command, EvaluateCommand.command, CompareCommand.command, PredictCommand.command,
            PredictWebcamCommand.command, ExplainCommand.command, ModelCommand.command,
            DatasetCommand.command, BenchCommand.command, CamerasCommand.command,
            RecommendCommand.command, CatalogueCommand.command, HistoryCommand.command,
            FeedbackCommand.command, PurgeCommand.command, SpotifyCommand.command, DoctorCommand.command, ServeCommand.command,
            LiveCommand.command,
        ]),
    version: Fermusic.version
).main()
