/// What one word of a command line can be read as: a number, a path, a duration, one of several names.
///
/// Conform your own type by giving `init?(argument:)`, `placeholder` and `expectation`.
public protocol ArgumentValue: ArgumentResult where Item == Self {
    /// Reads the value, or returns `nil` when the text isn't one.
    init?(argument: String)

    /// The text that `init?(argument:)` reads back as this value; help shows defaults with it.
    var argumentText: String { get }

    /// The word help shows for a value, such as `n` in `--epochs <n>`.
    static var placeholder: String { get }

    /// What a right value looks like, to end the sentence "expected ...".
    static var expectation: String { get }

    /// All legal texts if there are few of them; empty otherwise.
    static var allowedValues: [String] { get }

    /// What the shell offers when the user asks it to complete a value.
    static var completion: Completion { get }

    /// The right text for one that can't be read, if it is near one.
    static func suggestion(for text: String) -> String?
}

extension ArgumentValue {
    public var argumentText: String { "\(self)" }
    public static var allowedValues: [String] { [] }
    public static var completion: Completion { .none }

    public static func suggestion(for text: String) -> String? {
        guard case .words(let words) = completion else { return nil }
        return nearest(to: text, in: words)
    }
}

/// What the shell offers for a value.
public enum Completion: Sendable, Equatable {
    /// Nothing: the user types it.
    case none
    /// Files and folders.
    case files
    /// Folders only.
    case directories
    /// These words.
    case words([String])
}

/// A type that an option as a whole can yield: one value, an optional one, or all that were given.
///
/// `Int` is a value that must be there (or have a default), `Int?` one that may be missing, `[Int]` an option
/// that may be repeated.
public protocol ArgumentResult: Sendable {
    associatedtype Item: ArgumentValue

    /// How many values are expected.
    static var arity: Arity { get }

    /// Puts the values given together. `items` holds at least one unless the arity allows none.
    static func gather(_ items: [Item]) -> Self

    /// The values this result consists of.
    var items: [Item] { get }
}

/// How many values an option or positional argument yields.
public enum Arity: Sendable, Equatable {
    case one, optional, repeated
}

extension ArgumentValue {
    public static var arity: Arity { .one }
    public static func gather(_ items: [Self]) -> Self { items[items.count - 1] }
    public var items: [Self] { [self] }
}

extension Optional: ArgumentResult where Wrapped: ArgumentValue {
    public typealias Item = Wrapped
    public static var arity: Arity { .optional }
    public static func gather(_ items: [Wrapped]) -> Self { items.last }
    public var items: [Wrapped] { self.map { [$0] } ?? [] }
}

extension Array: ArgumentResult where Element: ArgumentValue {
    public typealias Item = Element
    public static var arity: Arity { .repeated }
    public static func gather(_ items: [Element]) -> Self { items }
    public var items: [Element] { self }
}
