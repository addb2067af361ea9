import EmotionRecognition
import Foundation
import NeuralNet
import Testing

/// `train --from`: a finished model goes on with other classes, and parts of it stay as they are.
@Suite(.serialized) final class FineTuningTests {
    private let folder: URL

    init() throws {
        folder = try Fermusic.temporaryFolder()
        let data = path("faces.csv")
        let made = try Fermusic.run(["dataset", "generate", data, "--training", "280", "--test", "70"])
        try #require(made.status == 0, "\(made.errors)")
        let trained = try Fermusic.run([
            "train", "--data", data, "--checkpoint", path("base.h5"), "--epochs", "1", "--threads", "2", "--arch",
            "vgg",
            "--widths", "8,16",
        ])
        try #require(trained.status == 0, "\(trained.errors)")
        // Three classes of the user's own.
        let exported = try Fermusic.run(["dataset", "export", data, path("faces")])
        try #require(exported.status == 0, "\(exported.errors)")
        for (name, mine) in [("happy", "grin"), ("angry", "cross"), ("neutral", "calm")] {
            for part in ["train", "test"] {
                try FileManager.default.createDirectory(
                    atPath: path("mine/\(part)"), withIntermediateDirectories: true)
                try FileManager.default.moveItem(
                    atPath: path("faces/\(part)/\(name)"), toPath: path("mine/\(part)/\(mine)"))
            }
        }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    private func arguments(_ checkpoint: String, _ more: [String] = []) -> [String] {
        [
            "train", "--from", path("base.h5"), "--data", path("mine"), "--checkpoint", path(checkpoint), "--epochs",
            "2",
            "--threads", "2", "--batch", "20",
        ] + more
    }

    private func weights(_ checkpoint: String) throws -> [String: [Float]] {
        let weights = try ModelFile.read(path(checkpoint)).model.weights
        return Dictionary(
            uniqueKeysWithValues: weights.entries.indices.map { index in
                let entry = weights.entries[index]
                return ("\(entry.layer)/\(entry.specification.name)", weights.array(index))
            })
    }

    @Test func newHeadOnFrozenLayers() throws {
        let tuned = try Fermusic.run(arguments("tuned.h5", ["--head", "grin,calm,cross", "--freeze", "4"]))
        #expect(tuned.status == 0, "\(tuned.errors)")
        let before = try weights("base.h5"), after = try weights("tuned.h5")
        let first = try #require(try ModelFile.read(path("base.h5")).model.weights.entries.first?.layer)
        #expect(before["\(first)/kernel"] == after["\(first)/kernel"])
        #expect(after["head/bias"]?.count == 3)
        #expect(before.contains { name, values in after[name] != nil && after[name] != values })
        let summary = try Fermusic.run(["model", "summary", path("tuned.h5")])
        #expect(summary.output.contains("grin, neutral, cross"))
        #expect(
            summary.output.contains("base.h5, fingerprint") && summary.output.contains("a new last layer, frozen 4"))
        let named = try Fermusic.run(["predict", "--model", path("tuned.h5"), "--json", path("mine/test/grin")])
        #expect(named.status == 0 && named.output.contains("\"cross\""), "\(named.errors)")

        // It goes on with its own classes, whatever others the data could have.
        let longer = try Fermusic.run([
            "train", "--from", path("tuned.h5"), "--data", path("mine"), "--checkpoint", path("longer.h5"), "--epochs",
            "1",
        ])
        #expect(longer.status == 0, "\(longer.errors)")
        #expect(try EmotionModel(reading: path("longer.h5")).card.classNames == ["grin", "neutral", "cross"])

        // The recipe repeats the run.
        let recipe = try Fermusic.run(["model", "recipe", path("tuned.h5")])
        try recipe.output.write(toFile: path("again.json"), atomically: true, encoding: .utf8)
        let again = try Fermusic.run([
            "train", "--recipe", path("again.json"), "--data", path("mine"), "--checkpoint", path("again.h5"),
        ])
        #expect(again.status == 0, "\(again.errors)")
        #expect(try weights("again.h5") == after)
        // And says so when it is another model.
        let other = try Fermusic.run([
            "train", "--recipe", path("again.json"), "--data", path("mine"), "--checkpoint", path("other.h5"), "--from",
            path("tuned.h5"), "--freeze", "2",
        ])
        #expect(other.status == 0 && other.errors.contains("the model to start from is not the one"), "\(other.errors)")
    }

    /// Pictures of other classes are left out by whoever measures a model, as they were when it was trained.
    @Test func otherClassesOfTheDataAreLeftOut() throws {
        let few = try Fermusic.run(arguments("few.h5", ["--head", "grin,calm", "--freeze", "*"]))
        #expect(few.status == 0, "\(few.errors)")
        #expect(few.errors.contains("certain from 50 % on"))
        let measured = try Fermusic.run(["evaluate", path("few.h5"), "--data", path("mine"), "--json"])
        #expect(
            measured.status == 0 && measured.errors.contains("few.h5: 10 pictures of classes"), "\(measured.errors)")
        #expect(measured.output.contains("\"count\":20"))
        let calibrated = try Fermusic.run(["model", "calibrate", path("few.h5"), "--data", path("mine")])
        #expect(calibrated.status == 0 && calibrated.output.contains("from 50.0 % on"), "\(calibrated.errors)")
        let strange = try Fermusic.run(["evaluate", path("few.h5"), "--data", path("faces")])
        #expect(strange.status == 1 && strange.errors.contains("expected the model's classes"), "\(strange.errors)")

        // Models of different classes: by what both know, or each alone; what cannot be is said before anything is computed.
        let three = try Fermusic.run(arguments("three.h5", ["--head", "grin,calm,cross", "--freeze", "4"]))
        #expect(three.status == 0, "\(three.errors)")
        let compared = try Fermusic.run(["compare", path("few.h5"), path("three.h5"), "--data", path("mine")])
        #expect(compared.status == 0 && compared.errors.contains("compared by what both know, grin, neutral"))
        #expect(compared.output.contains("both right"), "\(compared.errors)")
        let both = try Fermusic.run(["evaluate", path("few.h5"), path("three.h5"), "--data", path("mine")])
        #expect(both.status == 0 && both.errors.contains("each is measured alone"), "\(both.errors)")
        #expect(both.output.contains("few.h5") && !both.output.contains("all together"))
        let nothing = try Fermusic.run(arguments("x.h5", ["--from", path("few.h5"), "--freeze", "*"]))
        #expect(nothing.status != 0 && !FileManager.default.fileExists(atPath: path("x.h5")))
    }

    @Test func goesOnWithTheSameClasses() throws {
        let more = try Fermusic.run([
            "train", "--from", path("base.h5"), "--data", path("faces.csv"), "--checkpoint", path("more.h5"),
            "--epochs",
            "1", "--threads", "2",
        ])
        #expect(more.status == 0, "\(more.errors)")
        let summary = try Fermusic.run(["model", "summary", path("more.h5")])
        #expect(summary.output.contains("vgg, epoch 1 of 1") && !summary.output.contains("a new last layer"))
    }

    @Test func whatDoesNotFitIsSaid() throws {
        func errors(_ arguments: [String]) throws -> String {
            let result = try Fermusic.run(arguments)
            #expect(result.status != 0)
            return result.errors
        }
        #expect(try errors(arguments("x.h5")).contains("a new last layer can be put on"))
        #expect(try errors(arguments("x.h5", ["--head", "grin,sad,calm"])).contains("no pictures of 'sad', only of"))
        for (option, value) in [("--widths", "8,8"), ("--head-dropout", "0.7"), ("--block-dropout", "0.6")] {
            #expect(try errors(arguments("x.h5", [option, value])).contains("\(option) and --from exclude each other"))
        }
        #expect(
            try errors(arguments("x.h5", ["--head", "grin,calm,cross", "--freeze", "konv*"]))
                .contains("no layer with weights is called 'konv*'"))
        #expect(try errors(arguments("x.h5", ["--arch", "cnn"])).contains("--arch and --from exclude each other"))
        let plain = ["train", "--data", path("mine"), "--checkpoint", path("x.h5")]
        #expect(try errors(plain + ["--freeze", "3"]).contains("--freeze is for --from"))
        #expect(try errors(plain + ["--from", path("none.h5")]).contains("there is no such model to start from"))
        #expect(
            try errors([
                "train", "--from", path("base.h5"), "--data", path("faces.csv"), "--checkpoint", path("x.h5"),
                "--freeze", "*",
            ]).contains("there is nothing to train"))
        #expect(!FileManager.default.fileExists(atPath: path("x.h5")))
    }

    @Test func classesThatNumbersMean() throws {
        for (number, name) in [("1", "grin"), ("2", "cross"), ("3", "calm")] {
            try FileManager.default.createDirectory(atPath: path("numbers"), withIntermediateDirectories: true)
            try FileManager.default.copyItem(atPath: path("mine/train/\(name)"), toPath: path("numbers/\(number)"))
        }
        let unclear = try Fermusic.run(["dataset", "info", path("numbers")])
        #expect(unclear.status != 0 && unclear.errors.contains("--classes"), "\(unclear.errors)")
        let known = try Fermusic.run(["dataset", "info", path("numbers"), "--classes", "rafdb"])
        #expect(
            known.status == 0 && known.output.contains("surprise") && known.output.contains("disgust"),
            "\(known.errors)")
        try "1 = happy\n2 = angry\n3 = neutral\n".write(toFile: path("names"), atomically: true, encoding: .utf8)
        let mine = try Fermusic.run(["dataset", "info", path("numbers"), "--classes", path("names")])
        #expect(mine.status == 0 && mine.output.contains("happy") && mine.output.contains("neutral"), "\(mine.errors)")
    }
}
