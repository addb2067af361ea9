import EmotionRecognition
import Terminal

/// A setting of a recipe as an option of a command.
struct RecipeParameter: Sendable {
    let field: RecipeField<TrainingRecipe>
    let parameter: any Parameter
    private let access: RecipeAccess<TrainingRecipe>
    private let given: @Sendable (Arguments) -> String?

    /// Nil for settings that only files make.
    init?(_ field: RecipeField<TrainingRecipe>) {
        guard let option = field.option else { return nil }
        self.field = field
        access = option.access
        switch access.kind {
        case .flag:
            let flag = Flag(
                option.name, short: option.short, default: access.text(TrainingRecipe()) == "true",
                invertible: true, help: option.help
            ).group(option.group)
            parameter = flag
            given = { $0.wasGiven(flag) ? "\($0[flag])" : nil }
        case .whole: (parameter, given) = Self.option(option, Int.self)
        case .number: (parameter, given) = Self.option(option, Double.self)
        case .range: (parameter, given) = Self.option(option, NumericRange.self)
        case .path: (parameter, given) = Self.option(option, Path.self)
        case .text, .words: (parameter, given) = Self.option(option, String.self)
        case .list(of: .whole): (parameter, given) = Self.option(option, CommaSeparated<Int>.self)
        case .list(of: .number): (parameter, given) = Self.option(option, CommaSeparated<Double>.self)
        case .list: (parameter, given) = Self.option(option, CommaSeparated<String>.self)
        }
    }

    private static func option<Value: ArgumentValue>(
        _ option: RecipeOption<TrainingRecipe>, _ type: Value.Type
    ) -> (any Parameter, @Sendable (Arguments) -> String?) {
        let access = option.access
        let standard = access.text(TrainingRecipe()) ?? ""
        var words: [String] = []
        if case .words(let known) = access.kind { words = known }
        let parameter = Option<Value?>(
            option.name, short: option.short, help: option.help, placeholder: words.isEmpty ? nil : "name",
            choices: words, standard: standard.isEmpty ? nil : standard, limits: access.limits,
            isAllowed: { access.allows($0.argumentText) }
        ).group(option.group)
        return (parameter, { $0.wasGiven(parameter) ? $0[parameter]?.argumentText : nil })
    }

    func wasGiven(_ arguments: Arguments) -> Bool { given(arguments) != nil }

    /// Puts what was given on the command line into a recipe.
    func apply(_ arguments: Arguments, to recipe: inout TrainingRecipe) {
        if let text = given(arguments) { access.set(&recipe, text) }
    }
}
