/// A value made of fields, which files hold by name: what a file does not say has its default, so that files of other
/// program versions and files written by hand can be read.
public protocol RecipePart: Codable, Equatable, Sendable {
    /// A field for each stored property, in the order in which they are read, listed and compared.
    static var fields: [RecipeField<Self>] { get }
    /// With all fields at their defaults.
    init()
}

extension RecipePart {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: RecipeFieldName.self)
        self.init()
        for field in Self.fields { try field.read(container, &self) }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: RecipeFieldName.self)
        for field in Self.fields { try field.write(self, &container) }
    }

    /// A field by its name, of a part too.
    static func field(_ name: String) -> RecipeField<Self>? {
        fields.lazy.flatMap { [$0] + $0.parts }.first { $0.name == name }
    }

    /// The first field with a value that nothing can use, or with a value while the field that it is for has none.
    var problemOfFields: RecipeProblem? {
        for field in Self.fields.flatMap({ [$0] + $0.parts }) {
            guard field.isAllowed(self) else {
                return .value(field: field.name, limits: field.access?.limits ?? "possible")
            }
            if field.isOptional, field.access?.text(self) != nil, let problem = unused(field) { return problem }
        }
        return nil
    }

    /// Says which other field is not as this one needs it to change anything; nil if all is well.
    public func unused(_ field: RecipeField<Self>) -> RecipeProblem? {
        guard let (name, value) = field.purpose else { return nil }
        let other = Self.field(name)?.access?.text(self)
        guard other == nil || value != nil && other != value else { return nil }
        return .unused(field: field.name, purpose: name, value: value)
    }
}

/// What is wrong with a recipe. Fields have the names that files use.
public enum RecipeProblem: Error, Equatable, Sendable {
    case value(field: String, limits: String)
    /// The field changes nothing, since `purpose` is missing, or not at `value`.
    case unused(field: String, purpose: String, value: String?)
    case exclusive(String, String)
}

extension RecipeProblem: CustomStringConvertible {
    public var description: String { words { $0 } }

    /// In words, with other names for the fields.
    public func words(_ name: (String) -> String) -> String {
        switch self {
        case .value(let field, let limits): "\(name(field)) must be \(limits)"
        case .unused(let field, let purpose, let value):
            "\(name(field)) is for \(name(purpose))" + (value.map { " \($0)" } ?? "")
        case .exclusive(let first, let second): "\(name(first)) and \(name(second)) exclude each other"
        }
    }
}

/// The name of a field in a file.
struct RecipeFieldName: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) { stringValue = name }
    init(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { nil }
}
