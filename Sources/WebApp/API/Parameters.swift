import JSON

/// Reads what clients send, and says what is wrong with it.
struct Parameters {
    private let fields: [String: JSONValue]

    /// A JSON object with no other fields than these. Throws `Problem`.
    init(_ body: [UInt8], known: Set<String>) throws {
        guard let text = String(validating: body, as: UTF8.self) else {
            throw Problem(.badRequest, "the body is not UTF-8")
        }
        let value: JSONValue
        do {
            value = try JSONValue(parsing: text)
        } catch {
            throw Problem(.badRequest, "the body is not JSON: \(error)")
        }
        try self.init(value, known: known, name: "the body")
    }

    init(_ value: JSONValue, known: Set<String>, name: String) throws {
        guard let fields = value.objectValue else { throw Problem(.badRequest, "\(name) must be a JSON object") }
        self.fields = fields
        if let other = fields.keys.sorted().first(where: { !known.contains($0) }) {
            throw Problem(
                .badRequest, "'\(other.prefix(40))' is not known; there is \(known.sorted().joined(separator: ", "))")
        }
    }

    func value(_ name: String) -> JSONValue? { fields[name] }

    func integer(_ name: String, _ range: ClosedRange<Int>) throws -> Int? {
        guard let value = fields[name] else { return nil }
        guard let number = value.integer, range.contains(number) else {
            throw Problem(
                .badRequest, "'\(name)' must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func number(_ name: String, _ range: ClosedRange<Double>) throws -> Double? {
        guard let value = fields[name] else { return nil }
        guard let number = value.number, range.contains(number) else {
            throw Problem(.badRequest, "'\(name)' must be a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func text(_ name: String) throws -> String? {
        guard let value = fields[name] else { return nil }
        guard let text = value.stringValue else { throw Problem(.badRequest, "'\(name)' must be a text") }
        return text
    }

    func list(_ name: String, limit: Int) throws -> [JSONValue] {
        guard let value = fields[name] else { return [] }
        guard let list = value.arrayValue, list.count <= limit else {
            throw Problem(.badRequest, "'\(name)' must be a list of at most \(limit)")
        }
        return list
    }

    func texts(_ name: String, limit: Int) throws -> [String] {
        try list(name, limit: limit).map { value in
            guard let text = value.stringValue, text.unicodeScalars.count <= 100 else {
                throw Problem(.badRequest, "'\(name)' must hold texts of at most 100 characters")
            }
            return text
        }
    }

    func integers(_ name: String, limit: Int) throws -> [Int] {
        try list(name, limit: limit).map { value in
            guard let number = value.integer else { throw Problem(.badRequest, "'\(name)' must hold whole numbers") }
            return number
        }
    }
}

extension JSONValue {
    /// A whole number, but not a truth value.
    var integer: Int? { boolValue == nil ? intValue : nil }
    var number: Double? { boolValue == nil ? doubleValue : nil }
}

extension HTTPRequest {
    /// A whole number in the query. Throws `Problem`.
    func integer(_ name: String, _ range: ClosedRange<Int>, default fallback: Int) throws -> Int {
        guard let text = value(name) else { return fallback }
        // `Int` would take "+5".
        guard let number = Int(text), range.contains(number), text.first != "+" else {
            throw Problem(
                .badRequest, "'\(name)' must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// One of several words in the query. Throws `Problem`.
    func choice(_ name: String, _ words: [String], default fallback: String) throws -> String {
        guard let text = value(name) else { return fallback }
        guard words.contains(text) else {
            throw Problem(.badRequest, "'\(name)' must be \(words.joined(separator: ", "))")
        }
        return text
    }
}
