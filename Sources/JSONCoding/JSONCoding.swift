import FoundationEssentials
import JSON

extension JSONValue {
    /// What a type that knows its fields makes of a JSON text. `JSONError` if it is not JSON or too deep, as
    /// `init(parsing:)` says, before anything else is tried; `DecodingError` if fields are missing or of another kind.
    public static func decode<Value: Decodable>(_ type: Value.Type, from text: String) throws -> Value {
        _ = try JSONValue(parsing: text)
        return try JSONDecoder().decode(type, from: Data(text.utf8))
    }

    /// The JSON text of a value, keys in alphabetical order. Throws `EncodingError`, for example for NaN.
    public static func encode(_ value: some Encodable, pretty: Bool = false) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting =
            pretty ? [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes] : [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
