/// A named value: `--epochs 75`, `--epochs=75`, `-n 75`.
///
///     let epochs = Option<Int>("epochs", short: "n", default: 75, help: "Passes over the data.", range: 1...10_000)
///     let seed = Option<UInt64?>("seed", help: "Repeats a run.")       // may be missing
///     let tags = Option<[String]>("tag", help: "May be repeated.")      // zero or more
///     let data = Option<Path>("data", help: "The data set.")            // must be given
///
/// The same value is listed in the command and asked for when it runs: `arguments[epochs]` is an `Int`.
/// An option given twice counts with its last value, unless its type is an array.
public struct Option<Value: ArgumentResult>: Parameter {
    public private(set) var description: ParameterDescription

    /// - Parameters:
    ///   - choices: the legal texts, when they are known only at run time; enumerations bring their own.
    ///   - completion: what the shell offers; the type's own by default.
    public init(
        _ name: String, short: Character? = nil, default: Value? = nil, help: String, placeholder: String? = nil,
        choices: [String] = [], completion: Completion? = nil
    ) {
        description = .value(
            of: Value.self, kind: .option, name: name, short: short, default: `default`, help: help,
            placeholder: placeholder, isRequired: `default` == nil && Value.arity == .one, choices: choices,
            completion: completion, boundsText: nil, check: { _ in true })
    }

    /// - Parameter range: the limits of a value, such as `1...` or `0..<1`.
    public init(
        _ name: String, short: Character? = nil, default: Value? = nil, help: String, placeholder: String? = nil,
        range: some RangeExpression<Value.Item> & Sendable
    ) where Value.Item: Comparable {
        let bounds = ValueBounds(range)
        description = .value(
            of: Value.self, kind: .option, name: name, short: short, default: `default`, help: help,
            placeholder: placeholder, isRequired: `default` == nil && Value.arity == .one, choices: [],
            completion: nil, boundsText: bounds.text, check: bounds.contains)
    }

    /// An option described by a table elsewhere, in texts: `standard` is what help shows as the default, `limits` are the
    /// words for `isAllowed`.
    package init(
        _ name: String, short: Character?, help: String, placeholder: String?, choices: [String], standard: String?,
        limits: String?, isAllowed: @escaping @Sendable (Value.Item) -> Bool
    ) {
        description = .value(
            of: Value.self, kind: .option, name: name, short: short, default: nil, help: help,
            placeholder: placeholder, isRequired: false, choices: choices, completion: nil, boundsText: limits,
            check: isAllowed)
        description.defaultText = standard
    }

    /// The same option, listed under a heading of its own in help; nil is the ordinary list.
    public func group(_ title: String?) -> Self {
        var copy = self
        copy.description.group = title
        return copy
    }
}

/// A switch without a value: `--json`.
///
/// With `invertible` or a default of `true` there is `--no-json` too. The last one given counts.
public struct Flag: Parameter {
    public private(set) var description: ParameterDescription

    public init(
        _ name: String, short: Character? = nil, default: Bool = false, invertible: Bool = false, help: String
    ) {
        checkName(name, short: short)
        description = ParameterDescription(
            kind: .flag(invertible: invertible || `default`), name: name, short: short, placeholder: "", help: help,
            isRequired: false, isRepeated: false, defaultText: `default` ? "on" : nil, boundsText: nil,
            allowedValues: [], completion: .none, group: nil,
            read: { texts throws(UsageError) in texts.last.map { $0 == "true" } ?? `default` })
    }

    /// The same flag, listed under a heading of its own in help; nil is the ordinary list.
    public func group(_ title: String?) -> Self {
        var copy = self
        copy.description.group = title
        return copy
    }
}

/// A value known by its place: `fermusic predict a.png b.png`.
///
/// `Argument<Path>` must be given, `Argument<Path?>` may be, `Argument<[Path]>` takes all that follow: one or more,
/// or any number with `required: false`.
public struct Argument<Value: ArgumentResult>: Parameter {
    public let description: ParameterDescription

    public init(
        _ name: String, default: Value? = nil, required: Bool? = nil, help: String, choices: [String] = [],
        completion: Completion? = nil
    ) {
        description = .value(
            of: Value.self, kind: .positional, name: name, short: nil, default: `default`, help: help,
            placeholder: name, isRequired: required ?? (`default` == nil && Value.arity != .optional),
            choices: choices, completion: completion, boundsText: nil, check: { _ in true })
    }
}

extension ParameterDescription {
    /// The description of an option or positional argument that yields `Value`.
    static func value<Value: ArgumentResult>(
        of type: Value.Type, kind: Kind, name: String, short: Character?, default fallback: Value?, help: String,
        placeholder: String?, isRequired: Bool, choices: [String], completion: Completion?, boundsText: String?,
        check: @escaping @Sendable (Value.Item) -> Bool
    ) -> Self {
        checkName(name, short: short)
        let allowed = choices.isEmpty ? Value.Item.allowedValues : choices
        let displayName = kind == .positional ? "<\(name)>" : "--\(name)"
        let fallbackItems = fallback?.items ?? []
        return ParameterDescription(
            kind: kind, name: name, short: short, placeholder: placeholder ?? Value.Item.placeholder, help: help,
            isRequired: isRequired, isRepeated: Value.arity == .repeated,
            defaultText: fallbackItems.isEmpty ? nil : fallbackItems.map(\.argumentText).joined(separator: " "),
            boundsText: boundsText, allowedValues: allowed,
            completion: completion ?? (choices.isEmpty ? Value.Item.completion : .words(choices)), group: nil,
            read: { texts throws(UsageError) in
                var items: [Value.Item] = []
                for text in texts {
                    items.append(
                        try readItem(
                            text, of: displayName, allowed: allowed, boundsText: boundsText, check: check))
                }
                if items.isEmpty {
                    if let fallback { return fallback }
                    if isRequired {
                        throw kind == .positional ? .missingArgument(displayName) : .missingOption(displayName)
                    }
                }
                return Value.gather(items)
            })
    }

    private static func readItem<Item: ArgumentValue>(
        _ text: String, of name: String, allowed: [String], boundsText: String?, check: (Item) -> Bool
    ) throws(UsageError) -> Item {
        let item = Item(argument: text)
        // A value may know other words for what is allowed.
        if !allowed.isEmpty, !allowed.contains(text), !(item.map { allowed.contains($0.argumentText) } ?? false) {
            throw .notAllowed(name, value: text, allowed: allowed, suggestion: nearest(to: text, in: allowed))
        }
        guard let item else {
            throw .invalidValue(
                name, value: text, expected: Item.expectation, suggestion: Item.suggestion(for: text))
        }
        guard check(item) else { throw .outOfRange(name, value: text, bounds: boundsText ?? "") }
        return item
    }
}

/// Names are written by programmers: a wrong one is a mistake in the program, found by its first test.
private func checkName(_ name: String, short: Character?) {
    precondition(!name.isEmpty && !name.hasPrefix("-"), "a parameter is named without dashes: '\(name)'")
    precondition(name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }, "odd name '\(name)'")
    precondition(name != "help" && short != "h", "'help' and '-h' are taken")
    precondition(short.map { $0.isASCII && $0.isLetter } ?? true, "a short name is one ASCII letter")
}
