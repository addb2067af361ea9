/// Model files, or names of models that come with the program: one as text, several as a list in files and separated by
/// commas elsewhere.
public struct ModelNames: RecipeValue, Codable, Equatable, Sendable, ExpressibleByStringLiteral {
    /// At least one where read from text; none is empty.
    public let names: [String]

    public init(_ names: [String]) { self.names = names }
    public init(stringLiteral name: String) { names = [name] }

    package static var kind: RecipeValueKind { .path }
    /// Names with commas are for files alone. Nil if one is empty.
    public init?(recipeText: String) {
        names = recipeText.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        if names.contains("") { return nil }
    }
    public var recipeText: String { names.joined(separator: ",") }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        names = try (try? [container.decode(String.self)]) ?? container.decode([String].self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if names.count == 1 { try container.encode(names[0]) } else { try container.encode(names) }
    }
}
