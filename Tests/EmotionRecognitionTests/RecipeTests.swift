import EmotionRecognition
import FaceVision
import Foundation
import NeuralNet
import Testing

@Suite struct RecipeTests {
    /// A recipe as program version 0.1.0 wrote it before it had these fields, in resume files and models.
    @Test func oldRecipesStayReadable() throws {
        let text = """
            {"architecture":"cnn","inputSize":48,"epochs":9,"batchSize":32,"gradientAccumulation":1,"optimizer":"sgd",
            "learningRate":0.1,"momentum":0.9,"nesterov":true,"weightDecay":0,"schedule":"cosine","warmupEpochs":0,
            "minimumRate":0.01,"labelSmoothing":0,"classWeights":"none","averageDecay":0.999,"finishEpochs":0,
            "augmentation":{"rotationRange":5},"finishDropout":0.5,"finishAugmentation":0.5,"validationSplit":0.1,
            "save":"best","seed":4}
            """
        let recipe = try JSONDecoder().decode(TrainingRecipe.self, from: Data(text.utf8))
        #expect(recipe.epochs == 9 && recipe.optimizer == .sgd && recipe.averageDecay == 0.999)
        #expect(recipe.channels == 1 && recipe.mixup == 0 && recipe.sampling == .natural)
        #expect(recipe.augmentation.rotationRange == 5 && !recipe.augmentation.horizontalFlip)
    }

    @Test(arguments: [
        ("{", "not JSON: line 1, column 2: ends where a key should be"),
        (#"{"recipe":{"epoch":3}}"#, "recipe: there is no field 'epoch'"),
        (#"{"recipe":{},"thread":2}"#, "there is no field 'thread'"),
        (#"{"about":"x"}"#, "recipe is missing"),
        (#"{"recipe":{"epochs":"three"}}"#, "recipe.epochs has a wrong value"),
        (#"{"recipe":{"optimizer":"adamant"}}"#, "recipe.optimizer has a wrong value"),
        (#"{"recipe":{"epochs":0}}"#, "recipe: epochs must be 1 to 100000"),
        (#"{"recipe":{"cropSize":64}}"#, "recipe: cropSize must be 16 to 48, the pictures' size"),
        (#"{"recipe":{"freeze":["3"]}}"#, "recipe: freeze is for from"),
        (#"{"recipe":{"from":"a.h5","head":["x","x"]}}"#, "recipe: head must be two or more different names"),
        (#"{"recipe":{"from":"a.h5","network":"{}"}}"#, "recipe: network and from exclude each other"),
        (#"{"recipe":{"blockDropout":[0.1,1]}}"#, "recipe: blockDropout must be 0 to below 1 each"),
        (#"{"recipe":{"channels":2}}"#, "recipe: channels must be 1 or 3"),
        (#"{"recipe":{"mixup":1.5}}"#, "recipe: mixup must be 0 to 1"),
        (#"{"recipe":{"teacherShare":2}}"#, "recipe: teacherShare must be 0 to 1"),
        (#"{"recipe":{"augmentation":{"flip":true}}}"#, "augmentation: there is no field 'flip'"),
        (
            #"{"recipe":{"augmentation":{"rotationRange":-10}}}"#,
            "recipe: augmentation.rotationRange must be 0 to 180"
        ),
        (
            #"{"recipe":{"augmentation":{"widthShiftRange":1e30}}}"#,
            "recipe: augmentation.widthShiftRange must be 0 to 64"
        ),
        (#"{"recipe":{"augmentation":{"shearRange":61}}}"#, "recipe: augmentation.shearRange must be 0 to 60"),
        (
            #"{"recipe":{"augmentation":{"zoomRange":[0,1]}}}"#,
            "recipe: augmentation.zoomRange must be above 0 and up to 2"
        ),
        (
            #"{"recipe":{"augmentation":{"brightnessRange":[-1,1]}}}"#,
            "recipe: augmentation.brightnessRange must be 0 to 2"
        ),
        (#"{"recipe":{"augmentation":{"fillValue":256}}}"#, "recipe: augmentation.fillValue must be 0 to 255"),
        (
            #"{"recipe":{"augmentation":{"randomCropPadding":1000000}}}"#,
            "recipe: augmentation.randomCropPadding must be 0 to 32"
        ),
        (
            #"{"recipe":{"augmentation":{"erasingProbability":2}}}"#,
            "recipe: augmentation.erasingProbability must be 0 to 1"
        ),
        (#"{"recipe":{"augmentation":{"erasingArea":[0,2]}}}"#, "recipe: augmentation.erasingArea must be 0 to 1"),
        (
            #"{"recipe":{"augmentation":{"erasingAspect":[0,1]}}}"#,
            "recipe: augmentation.erasingAspect must be 0.01 to 100"
        ),
        (#"{"recipe":{},"threads":0}"#, "threads must be 1 to 1024"),
    ])
    func mistakesAreNamed(_ text: String, _ message: String) throws {
        try withTemporaryFolder { folder in
            let path = try write(text, to: folder + "/r.json")
            var found = "no error"
            do { _ = try RecipeFile(reading: path) } catch { found = "\(error)" }
            #expect(found == "\(path): \(message)")
        }
    }

    @Test func weightDecayOfAdamWIsThatOfKeras() throws {
        func decay(_ text: String) throws -> Float {
            try JSONDecoder().decode(TrainingRecipe.self, from: Data(text.utf8)).weightDecay
        }
        #expect(try decay(#"{"optimizer":"adamw"}"#) == 0.004)
        #expect(try decay(#"{"optimizer":"adamw","weightDecay":0}"#) == 0)
        #expect(try decay(#"{"optimizer":"adam"}"#) == 0)
    }

    @Test func differencesAreNamedAsInFiles() throws {
        let recipe = TrainingRecipe()
        var other = recipe
        #expect(other.differences(from: recipe) == [])
        other.clipNorm = 2
        other.epochs = 3
        other.augmentation.rotationRange = 1
        #expect(other.differences(from: recipe) == ["epochs", "clipNorm", "augmentation"])
    }

    /// As resume files had them before a run knew where it logs.
    @Test func oldSettingsStayReadable() throws {
        let text = #"{"data":"fer2013.csv","recipe":{"epochs":9},"threads":2,"skipsBad":false}"#
        let settings = try JSONDecoder().decode(TrainingSession.Settings.self, from: Data(text.utf8))
        #expect(settings.recipe.epochs == 9 && settings.log == nil && settings.report == nil)
    }

    @Test func networkFromAFileBesideTheRecipe() throws {
        try withTemporaryFolder { folder in
            let network = try Model(input: [40, 40, 1]) {
                Conv2D(16, kernelSize: 3, activation: .relu)
                GlobalAveragePool2D()
                Dense(7, activation: .softmax)
            }
            try write(try ModelFile.json(of: network), to: folder + "/nets/mine.json")
            let path = try write(
                #"{"recipe":{"architecture":"nets/mine.json","cropSize":40}}"#, to: folder + "/r.json")
            let recipe = try RecipeFile(reading: path).recipe
            let model = try recipe.makeModel(classes: 7)
            #expect(model.parameterCount == network.parameterCount)
            #expect(try recipe.makeModel(classes: 7).weights.array(0) == model.weights.array(0))
            #expect(throws: RecognitionError.self) { try recipe.makeModel(classes: 3) }
            var other = recipe
            other.cropSize = nil
            #expect(throws: RecognitionError.self) { try other.makeModel(classes: 7) }
            other = recipe
            other.widths = [3]
            #expect(throws: RecognitionError.self) { try other.makeModel(classes: 7) }
        }
    }

    @Test func everyRecipeOfTheProjectIsReadable() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Recipes")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".json") }
        #expect(!files.isEmpty)
        for name in files {
            let file = try RecipeFile(reading: folder.appendingPathComponent(name).path)
            #expect(file.about != nil)
            _ = try file.recipe.makeModel(classes: 7)
        }
    }

    @Test func shippedModelHasItsRecipe() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let folder = root.appendingPathComponent("Checkpoints").path
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name.hasSuffix(".h5") {
            let model = try EmotionModel(reading: "\(folder)/\(name)")
            let own = try #require(RecipeFile(of: model.card))
            let stem = String(name.dropLast(3))
            let file = try RecipeFile(reading: root.appendingPathComponent("Recipes/\(stem).json").path)
            #expect(file.recipe == own.recipe && file.dataFingerprint == own.dataFingerprint, "\(name)")
            #expect(FileManager.default.fileExists(atPath: "\(folder)/\(stem).md"), "\(name) has no card")
        }
    }
}
