import JSON
import NeuralNetCore

/// JSON as Keras wants to read it. Python tells `1` from `1.0`, and Keras refuses a whole number where it expects a
/// fraction.
enum KerasJSON {
    /// Keys in alphabetical order, doubles always with a fraction or an exponent.
    static func text(_ value: JSONValue) -> String {
        switch value {
        case .double(let number) where number.isFinite: return "\(number)"
        case .array(let items): return "[" + items.map(text).joined(separator: ",") + "]"
        case .object(let fields):
            let items = fields.sorted { $0.key < $1.key }.map { JSONValue.string($0.key).text() + ":" + text($0.value) }
            return "{" + items.joined(separator: ",") + "}"
        default: return value.text()
        }
    }
}
