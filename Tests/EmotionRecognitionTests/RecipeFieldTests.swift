import EmotionRecognition
import FaceVision
import JSON
import JSONCoding
import NeuralNet
import Testing
import Threads

/// Walks the table of settings: whatever is added there is tested here.
@Suite struct RecipeFieldTests {
    /// A property without a row in the table would be a setting that files lose.
    @Test func everyPropertyHasAField() {
        func properties(_ value: Any) -> [String] { Mirror(reflecting: value).children.compactMap(\.label).sorted() }
        #expect(TrainingRecipe.fields.map(\.name).sorted() == properties(TrainingRecipe()))
        #expect(Augmentation.fields.map(\.name).sorted() == properties(Augmentation()))
        let parts = TrainingRecipe.fields.first { $0.name == "augmentation" }?.parts.map(\.name)
        #expect(parts == Augmentation.fields.map { "augmentation.\($0.name)" })
    }

    /// Fields with a value each; those with parts are their parts.
    private static let leaves = TrainingRecipe.fields.flatMap { $0.parts.isEmpty ? [$0] : $0.parts }

    /// Another allowed value, as text.
    private func other(_ field: RecipeField<TrainingRecipe>) throws -> String {
        let access = try #require(field.access)
        let candidates =
            switch access.kind {
            case .flag: ["true", "false"]
            case .words(let words): words
            default: ["17", "3", "0.375", "17,18", "0.25,0.5", "0.5..0.75", "some"]
            }
        let present = access.text(TrainingRecipe())
        return try #require(candidates.first { access.allows($0) && $0 != present }, "\(field.name)")
    }

    /// All fields changed that can be together.
    private func changed() throws -> TrainingRecipe {
        var recipe = TrainingRecipe()
        for field in Self.leaves where field.name != "network" { field.access?.set(&recipe, try other(field)) }
        #expect(recipe.problem == nil)
        return recipe
    }

    @Test func eachChangeIsFoundInFiles() throws {
        for field in Self.leaves {
            var recipe = TrainingRecipe()
            let text = try other(field)
            field.access?.set(&recipe, text)
            #expect(field.access?.text(recipe) == text)
            let top = field.name.split(separator: ".").first.map(String.init) ?? ""
            #expect(recipe.differences(from: TrainingRecipe()) == [top], "\(field.name)")
            let read = try JSONValue.decode(TrainingRecipe.self, from: JSONValue.encode(recipe))
            #expect(read == recipe && read != TrainingRecipe(), "\(field.name)")
        }
    }

    @Test func allSurviveRecipeFiles() throws {
        try withTemporaryFolder { folder in
            var network = TrainingRecipe()
            network.network = "{}"
            for recipe in [try changed(), network] {
                var file = RecipeFile(recipe)
                file.about = "a test"
                file.threads = 2
                file.data = "fer2013.csv"
                let path = try write(file.text, to: folder + "/r.json")
                #expect(try RecipeFile(reading: path) == file)
            }
        }
    }

    @Test func allSurviveModelAndResumeFiles() throws {
        try withTemporaryFolder { folder in
            let recipe = try changed()
            let input = InputFormat(width: 2, height: 2, channels: 1)
            let model = try Model(input: [2, 2, 1]) {
                Flatten()
                Dense(3, activation: .softmax)
            }
            let text = """
                {"program":"fermusic","classNames":["a","b","c"],"results":[],"input":\(try JSONValue.encode(input)),
                "training":{"recipe":\(try JSONValue.encode(recipe)),"dataFingerprint":"x","trainingCount":1,"epoch":1,
                "seconds":1,"threads":2,"history":[]}}
                """
            let card = try ModelCard(json: JSONValue(parsing: text), path: "card")
            try EmotionModel(model: model, card: card).write(to: folder + "/m.h5")
            #expect(try EmotionModel(reading: folder + "/m.h5").card.training?.recipe == recipe)

            let data = try ArrayDataset(inputs: [0, 0, 0, 0], labels: [1], inputShape: [2, 2, 1], classes: 3)
            let trainer = try Trainer(
                model, options: TrainingOptions(), data: data, threads: ThreadPool(threads: 1))
            let saved = """
                {"settings":{"data":"d","recipe":\(try JSONValue.encode(recipe)),"threads":2,"skipsBad":false},
                "seconds":1,"dataFingerprint":"x"}
                """
            try ResumeFile.save(trainer, settings: saved, to: folder + "/m.resume.h5")
            #expect(try TrainingSession.settings(ofResumeFile: folder + "/m.resume.h5").recipe == recipe)
        }
    }

    /// What the command line can set is what files can hold.
    @Test func optionsSetTheirFields() throws {
        for field in Self.leaves {
            guard let option = field.option else { continue }
            var recipe = TrainingRecipe()
            let present = option.access.text(recipe)
            let candidates =
                ["17", "0.375", "true", "false", "some,more", "im2col", "3"]
                + { if case .words(let words) = option.access.kind { words } else { [] } }()
            let text = try #require(candidates.first { option.access.allows($0) && $0 != present }, "\(field.name)")
            option.access.set(&recipe, text)
            #expect(option.access.text(recipe) == text, "\(field.name)")
            #expect(!recipe.differences(from: TrainingRecipe()).isEmpty, "\(field.name)")
        }
        let names = TrainingRecipe.fields.flatMap { [$0] + $0.parts }.compactMap { $0.option?.name }
        #expect(Set(names).count == names.count)
    }
}
