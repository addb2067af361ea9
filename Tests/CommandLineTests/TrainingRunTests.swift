import EmotionRecognition
import Foundation
import NeuralNet
import Testing

/// Real training runs on drawn faces, interrupted in every way.
@Suite(.serialized) final class TrainingRunTests {
    private let folder: URL
    private var data: String { folder.appendingPathComponent("faces.csv").path }

    init() throws {
        folder = try Fermusic.temporaryFolder()
        let result = try Fermusic.run(["dataset", "generate", data, "--training", "420", "--test", "140"])
        try #require(result.status == 0, "\(result.errors)")
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    private func arguments(_ checkpoint: String, epochs: Int = 3, _ more: [String] = []) -> [String] {
        [
            "train", "--data", data, "--checkpoint", path(checkpoint), "--epochs", "\(epochs)", "--save", "last",
            "--threads", "2",
        ] + more
    }

    /// Which file a name stands for at the moment, if any: each saving makes another one.
    private func saved(_ name: String) -> UInt64? {
        (try? FileManager.default.attributesOfItem(atPath: path(name)))?[.systemFileNumber] as? UInt64
    }

    /// Sends a signal to a run that has written its checkpoint; once more from the start if it was done before that.
    private func interrupted(
        _ checkpoint: String, _ arguments: [String], _ signal: Int32
    ) throws -> (status: Int32, errors: String) {
        for _ in 0..<100 {
            try? FileManager.default.removeItem(atPath: path(checkpoint))
            let running = try Fermusic.start(arguments)
            defer { try? FileManager.default.removeItem(at: running.folder) }
            while running.process.isRunning, saved(checkpoint) == nil { usleep(1000) }
            kill(running.process.processIdentifier, signal)
            running.process.waitUntilExit()
            let errors = String(decoding: running.errors.readDataToEndOfFile(), as: UTF8.self)
            try #require(running.process.terminationReason == .exit, "\(errors)")
            if running.process.terminationStatus != 0 { return (running.process.terminationStatus, errors) }
        }
        throw CocoaError(.executableRuntimeMismatch)
    }

    private func weights(_ checkpoint: String) throws -> [Float] {
        let model = try ModelFile.read(path(checkpoint)).model
        return model.weights.entries.indices.flatMap { model.weights.array($0) }
    }

    /// A network that sees the centre: in training, in evaluation from ten places, and in prediction.
    @Test func networkThatSeesThePictureInPart() throws {
        let trained = try Fermusic.run(arguments("v.h5", epochs: 2, ["--arch", "vgg", "--crop-size", "32"]))
        #expect(trained.status == 0, "\(trained.errors)")
        let summary = try Fermusic.run(["model", "summary", path("v.h5")])
        #expect(summary.output.contains("32x32 grey from the centre of 48x48"))
        var losses: [Double] = []
        for choice in ["none", "flip", "ten-crop"] {
            let result = try Fermusic.run(
                ["evaluate", "--model", path("v.h5"), "--data", data, "--tta", choice, "--json"])
            #expect(result.status == 0, "\(result.errors)")
            losses.append(try #require(try JSONValue(parsing: result.output)["loss"]?.doubleValue))
        }
        #expect(Set(losses).count == 3 && losses.allSatisfy { $0.isFinite && $0 < 3 })
        _ = try Fermusic.run(["dataset", "export", data, path("faces")])
        let predicted = try Fermusic.run(["predict", "--model", path("v.h5"), "--json", path("faces/test/happy")])
        #expect(predicted.status == 0, "\(predicted.errors)")
        #expect(predicted.output.split(separator: "\n").count == 20)
    }

    /// A described network with every option that a run's exactness could suffer from, killed and resumed.
    @Test func recipeRepeatsARunBitForBit() throws {
        let json = try Fermusic.run(["model", "json", "--arch", "vgg", "--widths", "16,32", "--input-size", "40"])
        #expect(json.status == 0, "\(json.errors)")
        try json.output.write(toFile: path("net.json"), atomically: true, encoding: .utf8)
        let options = [
            "--arch", path("net.json"), "--input-size", "48", "--crop-size", "40", "--mixup", "0.3", "--sampling",
            "balanced", "--equalise", "histogram", "--early-stopping", "9", "--erasing", "0.2", "--finish-epochs", "1",
        ]
        #expect(try Fermusic.run(arguments("whole.h5", epochs: 4, options)).status == 0)
        _ = try interrupted("cut.h5", arguments("cut.h5", epochs: 4, options), SIGTERM)
        // The network is in the resume file: its description may go.
        try FileManager.default.removeItem(atPath: path("net.json"))
        #expect(try Fermusic.run(["train", "--resume", "--checkpoint", path("cut.h5")]).status == 0)
        #expect(try weights("cut.h5") == weights("whole.h5"))

        let recipe = try Fermusic.run(["model", "recipe", path("whole.h5")])
        #expect(recipe.status == 0, "\(recipe.errors)")
        try recipe.output.write(toFile: path("r.json"), atomically: true, encoding: .utf8)
        let again = try Fermusic.run(
            ["train", "--recipe", path("r.json"), "--data", data, "--checkpoint", path("again.h5")])
        #expect(again.status == 0, "\(again.errors)")
        #expect(try weights("again.h5") == weights("whole.h5"))
        #expect(!again.errors.contains("not the data"))
        let summary = try Fermusic.run(["model", "summary", path("again.h5")]).output
        for word in ["histogram equalised", "fingerprint", "seed 1", "machine", "program  fermusic", "run "] {
            #expect(summary.contains(word), "\(word)")
        }
        let other = try Fermusic.run([
            "train", "--recipe", path("r.json"), "--data", data, "--checkpoint", path("o.h5"), "--epochs", "1",
            "--seed",
            "2",
        ])
        #expect(other.status == 0)
        #expect(try weights("o.h5") != weights("whole.h5"))
    }

    /// A learner that sees more of the picture than its teacher, interrupted, resumed and repeated.
    @Test func teacherIsPartOfARun() throws {
        let teacher = try Fermusic.run(arguments("t.h5", epochs: 1, ["--arch", "vgg", "--crop-size", "32"]))
        #expect(teacher.status == 0, "\(teacher.errors)")
        func learn(_ name: String, _ more: [String] = []) throws -> Fermusic.Result {
            try Fermusic.run(
                arguments(name, epochs: 2, ["--arch", "mini-xception", "--teacher", path("t.h5")] + more))
        }
        #expect(try learn("whole.h5").status == 0)
        #expect(try learn("alone.h5", ["--teacher-share", "0"]).status == 0)
        #expect(try weights("alone.h5") != weights("whole.h5"))
        #expect(try learn("cut.h5", ["--budget", "0s"]).errors.contains("go on with"))

        // Another teacher of the same name is another run.
        try FileManager.default.moveItem(atPath: path("t.h5"), toPath: path("kept.h5"))
        try FileManager.default.copyItem(atPath: path("alone.h5"), toPath: path("t.h5"))
        let refused = try Fermusic.run(["train", "--resume", "--checkpoint", path("cut.h5")])
        #expect(refused.status == 1 && refused.errors.contains("is not the teacher the run began with"))
        let recipe = try Fermusic.run(["model", "recipe", path("whole.h5")])
        try recipe.output.write(toFile: path("r.json"), atomically: true, encoding: .utf8)
        let again = ["train", "--recipe", path("r.json"), "--data", data, "--checkpoint"]
        let noted = try Fermusic.run(again + [path("other.h5"), "--epochs", "1"])
        #expect(noted.status == 0 && noted.errors.contains("note: the teacher is not the one"))

        try FileManager.default.removeItem(atPath: path("t.h5"))
        let missing = try Fermusic.run(["train", "--resume", "--checkpoint", path("cut.h5")])
        #expect(missing.errors.contains("\(path("t.h5")): there is no such teacher"))
        try FileManager.default.moveItem(atPath: path("kept.h5"), toPath: path("t.h5"))
        #expect(try Fermusic.run(["train", "--resume", "--checkpoint", path("cut.h5")]).status == 0)
        #expect(try weights("cut.h5") == weights("whole.h5"))
        let repeated = try Fermusic.run(again + [path("again.h5")])
        #expect(repeated.status == 0 && !repeated.errors.contains("note:"))
        #expect(try weights("again.h5") == weights("whole.h5"))
        #expect(try Fermusic.run(["model", "summary", path("again.h5")]).output.contains("teacher  \(path("t.h5"))"))

        // The mean of two, by name from a recipe.
        func learnOfBoth(_ name: String, _ more: [String] = []) throws -> Fermusic.Result {
            let both = "\(path("t.h5")),\(path("alone.h5"))"
            return try Fermusic.run(arguments(name, epochs: 1, ["--arch", "mini-xception", "--teacher", both] + more))
        }
        #expect(try learnOfBoth("both.h5").status == 0)
        try Fermusic.run(["model", "recipe", path("both.h5")]).output
            .write(toFile: path("b.json"), atomically: true, encoding: .utf8)
        let fromBoth = try Fermusic.run(
            ["train", "--recipe", path("b.json"), "--data", data, "--checkpoint", path("both2.h5")])
        #expect(fromBoth.status == 0 && !fromBoth.errors.contains("note:"), "\(fromBoth.errors)")
        #expect(try weights("both.h5") == weights("both2.h5"))

        for (more, message) in [
            (["--crop-size", "24"], "sees more than the network"), (["--channels", "3"], "sees pictures otherwise"),
            (["--equalise", "histogram"], "sees pictures otherwise"), (["--teacher", data], "faces.csv"),
        ] {
            let wrong = try learn("w.h5", more)
            #expect(wrong.status == 1 && wrong.errors.contains(message), "\(wrong.errors)")
            #expect(!FileManager.default.fileExists(atPath: path("w.h5")))
        }
    }

    /// What is given counts, or is refused.
    @Test func noOptionIsDropped() throws {
        func recipe(_ name: String, _ more: [String]) throws -> JSONValue? {
            let result = try Fermusic.run(arguments(name, epochs: 1, ["--arch", "mini-xception"] + more))
            #expect(result.status == 0, "\(result.errors)")
            return try JSONValue(parsing: Fermusic.run(["model", "recipe", path(name)]).output)["recipe"]
        }
        let augmentation = try recipe("a.h5", ["--no-augment", "--erasing", "0.5", "--flip"])?["augmentation"]
        #expect(augmentation?["erasingProbability"]?.doubleValue == 0.5)
        #expect(augmentation?["horizontalFlip"]?.boolValue == true)
        #expect(augmentation?["rotationRange"]?.doubleValue == 0)
        #expect(try recipe("c.h5", ["--clip-norm", "0"])?["clipNorm"]?.isNull ?? true)
        for (more, words) in [
            (["--momentum", "0.5"], "--momentum is for --optimizer sgd"),
            (["--warmup", "2", "--schedule", "constant"], "--warmup is for --schedule cosine"),
            (["--teacher-share", "0.7"], "--teacher-share is for --teacher"),
        ] {
            let result = try Fermusic.run(arguments("x.h5", more))
            #expect(result.status == 2 && result.errors.contains(words), "\(result.errors)")
        }
    }

    /// Recipes may come from another program's output.
    @Test func recipeFromAPipe() throws {
        #expect(try Fermusic.run(arguments("a.h5", epochs: 1, ["--arch", "mini-xception"])).status == 0)
        let recipe = path("r.pipe"), file = path("a.h5"), program = Fermusic.executable.path
        let result = try Fermusic.run(
            ["train", "--recipe", recipe, "--data", data, "--checkpoint", path("b.h5")],
            shell: "mkfifo '\(recipe)'; ('\(program)' model recipe '\(file)' > '\(recipe)' &)")
        #expect(result.status == 0, "\(result.errors)")
        #expect(try weights("a.h5") == weights("b.h5"))
    }

    @Test func evaluateSeveralAndCompare() throws {
        for (name, more) in [("a.h5", ["--seed", "1"]), ("b.h5", ["--arch", "mini-xception", "--channels", "3"])] {
            let result = try Fermusic.run(arguments(name, epochs: 1, more))
            #expect(result.status == 0, "\(result.errors)")
        }
        let both = ["evaluate", path("a.h5"), path("b.h5"), "--data", data]
        let result = try Fermusic.run(both + ["--json", "--tta", "flip"])
        #expect(result.status == 0, "\(result.errors)")
        let json = try JSONValue(parsing: result.output)
        #expect(json["models"]?.arrayValue?.count == 2 && json["ensemble"]?["accuracy"]?.doubleValue != nil)
        for key in [
            "accuracy", "accuracyInterval", "singleLookAccuracy", "macroF1", "perClass", "calibrationError", "certain",
            "parameters", "fileBytes", "millisecondsPerFace", "trainingSeconds",
        ] {
            #expect(json["models"]?.arrayValue?[0][key]?.isNull == false, "\(key)")
        }
        // Networks that see the whole picture have no corners to look at, and it is not said that they had.
        let crops = try Fermusic.run(both + ["--json", "--tta", "ten-crop"])
        let looks = try JSONValue(parsing: crops.output)["models"]?.arrayValue?.map { $0["tta"]?.stringValue }
        #expect(looks == ["flip", "flip"])
        let lines = try Fermusic.run(both + ["--markdown", "--no-ensemble"]).output.split(separator: "\n")
        #expect(lines[2].contains("[a](") && lines[3].contains("mini-xception"))
        // A card's section: a heading, seven emotions twice below titles and rules, and what is certain.
        #expect(lines[4] == "## a" && lines[4 + 2 + 2 * (2 + 7)] == "## b" && lines.count == 4 + 2 * 20)
        #expect(lines[7].hasPrefix("| angry | "))

        let compared = try Fermusic.run(
            ["compare", path("a.h5"), path("b.h5"), "--data", data, "--report", path("report")])
        #expect(compared.status == 0, "\(compared.errors)")
        #expect(compared.output.contains("McNemar's test (exact)"))
        #expect(try String(contentsOfFile: path("report/index.html"), encoding: .utf8).contains("data:image/png"))
        _ = try Fermusic.run(
            ["compare", path("a.h5"), path("b.h5"), "--data", data, "--report", path("bare"), "--no-pictures"])
        #expect(try !String(contentsOfFile: path("bare/index.html"), encoding: .utf8).contains("data:image/png"))
    }

    @Test func explainPaintsTheFace() throws {
        #expect(try Fermusic.run(arguments("a.h5", epochs: 1)).status == 0)
        _ = try Fermusic.run(["dataset", "export", data, path("faces")])
        let pictures = try FileManager.default.contentsOfDirectory(atPath: path("faces/test/happy")).sorted()
        let result = try Fermusic.run([
            "explain", path("faces/test/happy/\(pictures[0])"), "--model", path("a.h5"), "--output", path("e.png"),
            "--emotion", "sad", "--json",
        ])
        #expect(result.status == 0, "\(result.errors)")
        let json = try JSONValue(parsing: result.output)
        #expect(json["faces"]?.arrayValue?[0]["label"]?.stringValue == "sad")
        #expect(json["layer"]?.stringValue == "conv2d_3" && json["size"]?.arrayValue?.count == 2)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path("e.png"))).prefix(4) == Data([0x89, 0x50, 0x4E, 0x47]))
        let wrong = try Fermusic.run(["explain", path("faces"), "--model", path("a.h5"), "--emotion", "smug"])
        #expect(wrong.status == 2)
    }

    @Test func trainEvaluatePredict() throws {
        let trained = try Fermusic.run(
            arguments("a.h5", ["--log", path("log.csv"), "--report", path("report"), "--json", "--shear", "3"]))
        #expect(trained.status == 0, "\(trained.errors)")
        #expect(trained.output.contains("\"finished\":true"))
        #expect(try String(contentsOfFile: path("log.csv"), encoding: .utf8).split(separator: "\n").count == 4)
        let page = try String(contentsOfFile: path("report/training.html"), encoding: .utf8)
        for part in ["<svg", "learningRate", "batchSize", "augmentation.shearRange"] {
            #expect(page.contains(part), "\(part)")
        }

        let evaluated = try Fermusic.run(
            ["evaluate", "--model", path("a.h5"), "--data", data, "--report", path("report"), "--json"])
        #expect(evaluated.status == 0, "\(evaluated.errors)")
        let json = try JSONValue(parsing: evaluated.output)
        #expect(json["count"]?.intValue == 140)
        let confusion = try #require(json["confusion"]?.arrayValue)
        let rows: [[Int]] = confusion.map { row in (row.arrayValue ?? []).map { $0.intValue ?? 0 } }
        let total = rows.joined().reduce(0, +)
        #expect(total == 140)
        var right = 0
        for label in rows.indices { right += rows[label][label] }
        let accuracy = json["accuracy"]?.doubleValue ?? 0
        #expect(abs(accuracy - Double(right) / 140) < 1e-9)
        #expect(json["perClass"]?["happy"]?["recall"]?.doubleValue != nil && json["macroF1"]?.doubleValue != nil)
        #expect(try String(contentsOfFile: path("report/index.html"), encoding: .utf8).contains("data:image/png"))

        _ = try Fermusic.run(["dataset", "export", data, path("faces")])
        let picture = path("faces/test/happy")
        let predicted = try Fermusic.run(["predict", "--model", path("a.h5"), "--json", picture, path("log.csv")])
        #expect(predicted.status == 1, "a file that is no picture is counted, the others get done")
        let lines = predicted.output.split(separator: "\n")
        #expect(lines.count == 20)
        let face = try #require(try JSONValue(parsing: String(lines[0]))["faces"]?.arrayValue?.first)
        let probabilities: [Double] = (face["probabilities"]?.objectValue ?? [:]).values.compactMap(\.doubleValue)
        let sum = probabilities.reduce(0, +)
        #expect(abs(sum - 1) < 1e-4)
    }

    @Test func killedRunGoesOnToTheSameBits() throws {
        #expect(try Fermusic.run(arguments("whole.h5", epochs: 6)).status == 0)
        // Killed again and again: each run once it has saved something, a moment later in each.
        var kills = 0, attempt = 0
        var isFinished = false
        while !isFinished || kills == 0 {
            attempt += 1
            try #require(attempt < 100)
            let resumes = FileManager.default.fileExists(atPath: path("cut.resume.h5"))
            let running = try Fermusic.start(
                resumes
                    ? ["train", "--resume", "--checkpoint", path("cut.h5")]
                    : arguments("cut.h5", epochs: 6, ["--restart"]))
            defer { try? FileManager.default.removeItem(at: running.folder) }
            let before = saved("cut.resume.h5")
            while running.process.isRunning, saved("cut.resume.h5") == before { usleep(1000) }
            usleep(UInt32(attempt % 7) * 10_000)
            kill(running.process.processIdentifier, SIGKILL)
            running.process.waitUntilExit()
            isFinished = running.process.terminationReason == .exit
            if isFinished { #expect(running.process.terminationStatus == 0) } else { kills += 1 }
        }
        #expect(try weights("cut.h5") == weights("whole.h5"))
        #expect(!FileManager.default.fileExists(atPath: path("cut.resume.h5")))
    }

    @Test(arguments: [(SIGINT, Int32(130)), (SIGTERM, Int32(143))])
    func signalsSaveAndSayHowToGoOn(_ signal: Int32, _ status: Int32) throws {
        #expect(try Fermusic.run(arguments("whole.h5", epochs: 4)).status == 0)
        let checkpoint = path("cut.h5")
        let cut = try interrupted("cut.h5", arguments("cut.h5", epochs: 4), signal)
        #expect(cut.status == status)
        #expect(cut.errors.contains("--resume --checkpoint \(checkpoint)"))
        let again = try Fermusic.run(arguments("cut.h5"))
        #expect(again.status == 2 && again.errors.contains("--restart"))
        #expect(try Fermusic.run(["train", "--resume", "--checkpoint", checkpoint]).status == 0)
        #expect(try weights("cut.h5") == weights("whole.h5"))
    }

    @Test func budgetEndsInGoodOrder() throws {
        let result = try Fermusic.run(arguments("b.h5", epochs: 5000, ["--budget", "1s"]))
        #expect(result.status == 0 && result.errors.contains("--resume"))
        #expect(FileManager.default.fileExists(atPath: path("b.resume.h5")))
    }

    @Test func lossThatIsNotANumberStops() throws {
        let result = try Fermusic.run(
            arguments("n.h5", ["--optimizer", "sgd", "--learning-rate", "10", "--schedule", "constant"]))
        #expect(result.status == 1)
        #expect(Fermusic.message(result).contains("is not a finite number at step"), "\(result.errors)")
    }

    @Test func fullDiskLeavesTheOldFile() throws {
        #expect(try Fermusic.run(arguments("d.h5", epochs: 1)).status == 0)
        let before = try Data(contentsOf: URL(fileURLWithPath: path("d.h5")))
        // No file may grow beyond 1 MB: the same error as a full disk, in the middle of saving.
        let result = try Fermusic.run(
            arguments("d.h5", epochs: 1, ["--seed", "2", "--restart"]), shell: "ulimit -f 2000")
        #expect(result.status == 1, "\(result.errors)")
        #expect(Fermusic.message(result).contains("d.h5: cannot write"), "\(result.errors)")
        #expect(try Data(contentsOf: URL(fileURLWithPath: path("d.h5"))) == before)
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".part") }
        #expect(left.isEmpty)
    }

    @Test func modelMustFitTheData() throws {
        #expect(try Fermusic.run(arguments("m.h5", epochs: 1)).status == 0)
        let result = try Fermusic.run(["evaluate", "--model", path("m.h5"), "--data", data, "--labels", "a,b,c"])
        #expect(result.status == 1)
        #expect(Fermusic.message(result).contains("the file itself names its outputs: angry, disgust"))
        let range = try Fermusic.run(["predict", "--model", path("m.h5"), data, "--input-range=-1..1"])
        #expect(range.status == 1 && Fermusic.message(range).contains("the file itself says how it is fed: 48x48 grey"))
        // Of several, what the options say is for the files that do not say it.
        func accuracies(_ more: [String]) throws -> [Double] {
            let result = try Fermusic.run(["evaluate", path("m.h5"), path("m.h5"), "--data", data, "--json"] + more)
            let models = try JSONValue(parsing: result.output)["models"]?.arrayValue ?? []
            return models.compactMap { $0["accuracy"]?.doubleValue }
        }
        let plain = try accuracies([])
        #expect(try accuracies(["--input-range=-1..1", "--labels", "a,b,c,d,e,f,g"]) == plain && plain.count == 2)
    }
}
