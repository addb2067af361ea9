import EmotionRecognition
import Foundation
import Testing

/// What training writes, and what it leaves alone.
@Suite(.serialized) final class TrainingFilesTests {
    private let folder: URL
    private var data: String { path("faces.csv") }

    init() throws {
        folder = try Fermusic.temporaryFolder()
        let result = try Fermusic.run(["dataset", "generate", data, "--training", "140", "--test", "70"])
        try #require(result.status == 0, "\(result.errors)")
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
    private func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

    private func train(_ checkpoint: String, _ more: [String]) throws -> Fermusic.Result {
        try Fermusic.run(["train", "--data", data, "--checkpoint", path(checkpoint), "--threads", "2"] + more)
    }

    private func resume(_ checkpoint: String, _ more: [String] = []) throws -> Fermusic.Result {
        try Fermusic.run(["train", "--resume", "--checkpoint", path(checkpoint)] + more)
    }

    @Test func finishedModelIsNotOverwritten() throws {
        #expect(try train("a.h5", ["--epochs", "1", "--optimizer", "adamw"]).status == 0)
        let card = try EmotionModel(reading: path("a.h5")).card
        #expect(card.training?.recipe.weightDecay == 0.004)
        let before = try Data(contentsOf: URL(fileURLWithPath: path("a.h5")))
        let again = try train("a.h5", ["--epochs", "1", "--seed", "2"])
        #expect(again.status == 2 && again.errors.contains("a.h5 exists already; --restart"), "\(again.errors)")
        #expect(try Data(contentsOf: URL(fileURLWithPath: path("a.h5"))) == before)
        #expect(try train("a.h5", ["--epochs", "1", "--seed", "2", "--restart"]).status == 0)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path("a.h5"))) != before)
        #expect(try train("a.h5", ["--resume", "--restart"]).status == 2)
    }

    /// The first of equal epochs is the best: its weights are kept, with the record of all.
    @Test func cardTellsOfTheWholeRun() throws {
        let result = try train(
            "a.h5", ["--epochs", "3", "--learning-rate", "0", "--ema", "0", "--early-stopping", "2"])
        #expect(result.status == 0, "\(result.errors)")
        let training = try #require(try EmotionModel(reading: path("a.h5")).card.training)
        #expect(training.epoch == 1 && training.history.map(\.epoch) == [1, 2, 3])
        #expect(training.seconds >= 0.9 * training.history.reduce(0) { $0 + $1.seconds })
        #expect(training.started != nil && training.written != nil)
    }

    @Test func resumedRunKeepsItsSettings() throws {
        let options = ["--epochs", "5000", "--rotation", "5", "--log", path("log.csv"), "--report", path("report")]
        let cut = try train("c.h5", options + ["--budget", "1s"])
        #expect(cut.status == 0 && exists("c.resume.h5"), "\(cut.errors)")
        for (more, name) in [
            (["--epochs", "6"], "epochs"), (["--threads", "1"], "threads"), (["--rotation", "3"], "augmentation"),
            (["--optimizer", "sgd", "--batch", "7"], "batchSize, optimizer"),
        ] {
            let result = try resume("c.h5", more)
            #expect(result.status == 2 && result.errors.contains("was different: \(name);"), "\(result.errors)")
        }
        // The same data elsewhere, and the same options once more.
        try FileManager.default.moveItem(atPath: data, toPath: path("moved.csv"))
        let missing = try resume("c.h5", ["--budget", "1s"])
        #expect(missing.status == 1 && Fermusic.message(missing).contains("faces.csv: No such file"))
        let moved = try resume("c.h5", ["--data", path("moved.csv"), "--budget", "1s"] + options)
        #expect(moved.status == 0, "\(moved.errors)")
        // Log and report go on.
        for name in ["log.csv", "report/training.html"] { try? FileManager.default.removeItem(atPath: path(name)) }
        for _ in 0..<20 where !exists("log.csv") {
            #expect(try resume("c.h5", ["--budget", "1s"]).status == 0)
        }
        #expect(exists("log.csv") && exists("report/training.html"))

        let other = try Fermusic.run(["dataset", "generate", path("other.csv"), "--training", "70", "--test", "70"])
        #expect(other.status == 0, "\(other.errors)")
        let refused = try resume("c.h5", ["--data", path("other.csv")])
        #expect(refused.status == 1 && Fermusic.message(refused).contains("is not the data the run began with"))
        #expect(exists("c.resume.h5"))
    }

    @Test func whatCannotBeWrittenIsSaidBeforeTheWork() throws {
        for more in [["--log", path("none/log.csv")], ["--log", folder.path], ["--report", data + "/report"]] {
            let result = try train("w.h5", ["--epochs", "1"] + more)
            #expect(result.status == 1 && Fermusic.message(result).contains("cannot write"), "\(result.errors)")
            #expect(!exists("w.h5") && !exists("w.resume.h5"))
        }
    }
}
