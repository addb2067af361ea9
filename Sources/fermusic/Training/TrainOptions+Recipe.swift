import EmotionRecognition
import Files
import NeuralNet
import Terminal

extension TrainOptions {
    /// The run that the options describe: a recipe's, or the defaults, with whatever was given on the command line.
    static func merged(_ a: Arguments, into file: RecipeFile?) throws -> RecipeFile {
        var file = file ?? RecipeFile(TrainingRecipe())
        try apply(a, to: &file.recipe)
        return file
    }

    /// Puts what was given on the command line into a recipe.
    static func apply(_ a: Arguments, to recipe: inout TrainingRecipe) throws {
        if a.wasGiven(SharedOptions.votes) { recipe.votes = recipe.votes ?? .distribution }
        for setting in settings where setting.wasGiven(a) {
            setting.apply(a, to: &recipe)
            if setting.field.name == "from", let base = try recipe.readBase() { recipe.adopt(base) }
        }
        if a.wasGiven(architecture) {
            guard recipe.from == nil else { throw UsageError.other("--arch and --from exclude each other") }
            try setArchitecture(&recipe, a)
        }
        for setting in settings where recipe.from != nil && setting.wasGiven(a) {
            guard ["widths", "blockDropout", "headDropout"].contains(setting.field.name) else { continue }
            throw UsageError.other("\(displayName(setting.field.name)) and --from exclude each other")
        }
        // Whoever gives an option that changes nothing expects something else.
        let useless = settings.filter { $0.wasGiven(a) }.compactMap { recipe.unused($0.field) }.first
        if let problem = useless ?? recipe.problem { throw UsageError.other(problem.words(displayName)) }
    }

    /// What the command line calls a field of a recipe.
    static func displayName(_ field: String) -> String {
        settings.first { $0.field.name == field }?.parameter.description.displayName ?? field
    }

    private static func setArchitecture(_ recipe: inout TrainingRecipe, _ a: Arguments) throws {
        let choice = a[architecture]
        recipe.architecture = choice.argumentText
        recipe.network = nil
        guard case .file(let path) = choice else { return }
        let model = try ModelFile.readArchitecture(path, inputSize: (recipe.inputSize, recipe.inputSize))
        let shape = model.inputShapes[0]
        if model.inputs.count == 1, shape.count == 3, ![1, 3].contains(shape[2]) {
            throw RecognitionError.file(
                path: path, place: "layer '\(model.nodes[model.inputs[0]].layer.name)'",
                reason: "takes \(shape[2]) channels, not 1 or 3")
        }
        recipe.network = try ModelFile.json(of: model)
        guard model.inputs.count == 1, shape.count == 3 else { return }
        recipe.channels = shape[2]
        let isSizeGiven = settings.contains { $0.field.name == "inputSize" && $0.wasGiven(a) }
        if recipe.cropSize == nil, !isSizeGiven { recipe.inputSize = shape[0] }
    }

    /// The checkpoint: what was given, or the recipe's name in the current folder.
    static func checkpointPath(_ a: Arguments) throws -> String {
        if let path = a[checkpoint] { return path.string }
        if a[data] == nil, a[recipeFile] == nil, !a[resume] { throw UsageError.missingOption("--data") }
        guard let recipe = a[recipeFile]?.string else { throw UsageError.missingOption("--checkpoint") }
        let name = recipe.lastPathPart
        return (name.hasSuffix(".json") ? String(name.dropLast(5)) : name) + ".h5"
    }
}
