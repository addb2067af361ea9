/// One setting of a recipe, or of a part of it: a stored property, with all that files, checks and a command line need to
/// know of it. Adding a setting is a property and a row of `fields`.
public struct RecipeField<Owner: Sendable>: Sendable {
    /// The property's name, and the field's in files; of a part's field `augmentation.rotationRange`.
    public let name: String
    /// How a command line sets it; nil for what only files set.
    package private(set) var option: RecipeOption<Owner>?
    /// The field that this one is for, and the value that it must have for that; nil for any.
    public private(set) var purpose: (field: String, value: String?)?
    /// The fields that it consists of.
    public let parts: [RecipeField<Owner>]
    /// The value as text.
    package let access: RecipeAccess<Owner>?
    let isOptional: Bool
    let read: @Sendable (KeyedDecodingContainer<RecipeFieldName>, inout Owner) throws -> Void
    let write: @Sendable (Owner, inout KeyedEncodingContainer<RecipeFieldName>) throws -> Void
    let isAllowed: @Sendable (Owner) -> Bool
    /// Whether two owners have the same value here.
    let isEqual: @Sendable (Owner, Owner) -> Bool

    private init(
        _ name: String, isOptional: Bool, access: RecipeAccess<Owner>?, parts: [RecipeField<Owner>] = [],
        read: @escaping @Sendable (KeyedDecodingContainer<RecipeFieldName>, inout Owner) throws -> Void,
        write: @escaping @Sendable (Owner, inout KeyedEncodingContainer<RecipeFieldName>) throws -> Void,
        isAllowed: @escaping @Sendable (Owner) -> Bool, isEqual: @escaping @Sendable (Owner, Owner) -> Bool
    ) {
        self.name = name
        self.isOptional = isOptional
        self.access = access
        self.parts = parts
        self.read = read
        self.write = write
        self.isAllowed = isAllowed
        self.isEqual = isEqual
    }

    /// A value that is always there: what a file does not say stays as it was.
    init<Value: RecipeValue>(
        _ name: String, _ path: WritableKeyPath<Owner, Value> & Sendable, _ limits: RecipeLimits<Value>? = nil
    ) {
        self.init(
            name, isOptional: false, access: RecipeAccess(path, limits),
            read: { fields, owner in
                let key = RecipeFieldName(name)
                if let value = try fields.decodeIfPresent(Value.self, forKey: key) { owner[keyPath: path] = value }
            },
            write: { try $1.encode($0[keyPath: path], forKey: RecipeFieldName(name)) },
            isAllowed: { limits?.contains($0[keyPath: path]) ?? true },
            isEqual: { $0[keyPath: path] == $1[keyPath: path] })
    }

    /// A value that may be missing: what a file does not say is nil.
    init<Value: RecipeValue>(
        _ name: String, _ path: WritableKeyPath<Owner, Value?> & Sendable, _ limits: RecipeLimits<Value>? = nil,
        as kind: RecipeValueKind? = nil
    ) {
        self.init(
            name, isOptional: true, access: RecipeAccess(path, limits, as: kind),
            read: { $1[keyPath: path] = try $0.decodeIfPresent(Value.self, forKey: RecipeFieldName(name)) },
            write: { try $1.encodeIfPresent($0[keyPath: path], forKey: RecipeFieldName(name)) },
            isAllowed: { owner in owner[keyPath: path].map { limits?.contains($0) ?? true } ?? true },
            isEqual: { $0[keyPath: path] == $1[keyPath: path] })
    }

    /// A value with fields of its own.
    init<Part: RecipePart>(_ name: String, part path: WritableKeyPath<Owner, Part> & Sendable) {
        self.init(
            name, isOptional: false, access: nil, parts: Part.fields.map { $0.lifted(by: path, into: name) },
            read: { fields, owner in
                let key = RecipeFieldName(name)
                if let value = try fields.decodeIfPresent(Part.self, forKey: key) { owner[keyPath: path] = value }
            },
            write: { try $1.encode($0[keyPath: path], forKey: RecipeFieldName(name)) },
            isAllowed: { _ in true }, isEqual: { $0[keyPath: path] == $1[keyPath: path] })
    }

    /// The command line sets the field's value.
    func option(_ name: String, short: Character? = nil, in group: String? = nil, _ help: String) -> Self {
        guard let access else { preconditionFailure("\(self.name) is no text") }
        return option(RecipeOption(name: name, short: short, group: group, help: help, access: access))
    }

    /// The command line sets it through another property.
    func option<Value: RecipeValue>(
        _ name: String, short: Character? = nil, in group: String? = nil, _ help: String,
        through path: WritableKeyPath<Owner, Value> & Sendable, _ limits: RecipeLimits<Value>? = nil
    ) -> Self {
        let access = RecipeAccess(path, limits)
        return option(RecipeOption(name: name, short: short, group: group, help: help, access: access))
    }

    private func option(_ option: RecipeOption<Owner>) -> Self {
        var copy = self
        copy.option = option
        return copy
    }

    /// The field changes nothing unless another one is set, to a certain value if one is given.
    func isFor(_ field: String, _ value: String? = nil) -> Self {
        var copy = self
        copy.purpose = (field, value)
        return copy
    }

    /// The same field, of what has `Owner` as a part. Its part reads and writes it.
    private func lifted<Whole>(by path: WritableKeyPath<Whole, Owner> & Sendable, into part: String) -> RecipeField<
        Whole
    > {
        var field = RecipeField<Whole>(
            "\(part).\(name)", isOptional: isOptional, access: access?.lifted(by: path), read: { _, _ in },
            write: { _, _ in }, isAllowed: { [isAllowed] in isAllowed($0[keyPath: path]) },
            isEqual: { [isEqual] in isEqual($0[keyPath: path], $1[keyPath: path]) })
        field.option = option.map {
            RecipeOption(
                name: $0.name, short: $0.short, group: $0.group, help: $0.help, access: $0.access.lifted(by: path))
        }
        field.purpose = purpose.map { ("\(part).\($0.field)", $0.value) }
        return field
    }
}

/// How a command line sets a field.
package struct RecipeOption<Owner: Sendable>: Sendable {
    /// Without dashes.
    package let name: String
    /// A letter that stands for the name; nil for none.
    package let short: Character?
    /// The heading it is listed under; nil for none.
    package let group: String?
    /// What the option does, for a list of options.
    package let help: String
    /// Reads and sets the field.
    package let access: RecipeAccess<Owner>
}

/// A value read and set as text.
package struct RecipeAccess<Owner: Sendable>: Sendable {
    /// What a user is to be asked for.
    package let kind: RecipeValueKind
    /// Which values are allowed; nil for all.
    package let limits: String?
    /// Whether a text is a value within the limits.
    package let allows: @Sendable (String) -> Bool
    /// Nil for no value.
    package let text: @Sendable (Owner) -> String?
    /// Does nothing with texts that are not allowed.
    package let set: @Sendable (inout Owner, String) -> Void

    init<Value: RecipeValue>(_ path: WritableKeyPath<Owner, Value> & Sendable, _ limits: RecipeLimits<Value>?) {
        self.init(
            kind: Value.kind, limits: limits?.text, allows: { Self.value($0, limits) != nil },
            text: { $0[keyPath: path].recipeText },
            set: { if let value = Self.value($1, limits) { $0[keyPath: path] = value } })
    }

    init<Value: RecipeValue>(
        _ path: WritableKeyPath<Owner, Value?> & Sendable, _ limits: RecipeLimits<Value>?, as kind: RecipeValueKind?
    ) {
        self.init(
            kind: kind ?? Value.kind, limits: limits?.text, allows: { Self.value($0, limits) != nil },
            text: { $0[keyPath: path]?.recipeText },
            set: { if let value = Self.value($1, limits) { $0[keyPath: path] = value } })
    }

    private init(
        kind: RecipeValueKind, limits: String?, allows: @escaping @Sendable (String) -> Bool,
        text: @escaping @Sendable (Owner) -> String?, set: @escaping @Sendable (inout Owner, String) -> Void
    ) {
        self.kind = kind
        self.limits = limits
        self.allows = allows
        self.text = text
        self.set = set
    }

    private static func value<Value: RecipeValue>(_ text: String, _ limits: RecipeLimits<Value>?) -> Value? {
        guard let value = Value(recipeText: text), limits?.contains(value) ?? true else { return nil }
        return value
    }

    fileprivate func lifted<Whole>(by path: WritableKeyPath<Whole, Owner> & Sendable) -> RecipeAccess<Whole> {
        RecipeAccess<Whole>(
            kind: kind, limits: limits, allows: allows, text: { [text] in text($0[keyPath: path]) },
            set: { [set] in set(&$0[keyPath: path], $1) })
    }
}
