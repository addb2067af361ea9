import JSON
import NeuralNetCore

/// How a layer is called in a configuration: Keras 2's lists `["a", 0, 0, {}]` and Keras 3's `args` and `kwargs`.
struct KerasCall {
    /// Output `output` of call `call` of a layer.
    struct Reference {
        var layer: String
        var call: Int
        var output: Int
        /// Keras 2, and Keras 3 in `output_layers`, count the calls of a model from 1: its own definition is call 0.
        var mayCountDefinition: Bool
    }

    enum Argument {
        case tensor(Reference)
        case constant(JSONValue)
    }

    var arguments: [Argument] = []
    /// What is not null, without `name`.
    var keywords: [String: Argument] = [:]

    /// The keywords for which layers take tensors, in the order of their arguments.
    static let tensorKeywords = ["inputs", "query", "value", "key"]

    /// All tensors, those given by keyword last, in the order of arguments, others by their alphabet.
    var references: [Reference] {
        let known = KerasCall.tensorKeywords
        let byKeyword = keywords.sorted {
            (known.firstIndex(of: $0.key) ?? known.count, $0.key) < (
                known.firstIndex(of: $1.key) ?? known.count, $1.key
            )
        }
        return (arguments + byKeyword.map(\.value)).compactMap {
            if case .tensor(let reference) = $0 { reference } else { nil }
        }
    }

    /// Whether it is called with anything but tensors, keywords aside.
    var hasConstants: Bool {
        arguments.contains {
            if case .constant = $0 { true } else { false }
        }
    }

    /// Reads `inbound_nodes` of one layer. Throws what `failure` makes of the reason.
    static func calls(_ value: JSONValue?, _ failure: (String) -> NeuralNetError) throws -> [KerasCall] {
        try (value?.arrayValue ?? []).compactMap { node in
            if let args = node["args"] {
                var call = KerasCall()
                try collect(args, into: &call.arguments, failure)
                for (name, value) in node["kwargs"]?.objectValue ?? [:] where !isNothing(value) {
                    var found: [Argument] = []
                    if value.arrayValue == nil { try collect(value, into: &found, failure) }
                    call.keywords[name] = found.first ?? .constant(value)
                }
                return call
            }
            guard let list = node.arrayValue else { throw failure("\(node.text()) is not understood") }
            guard !list.isEmpty else { return nil }
            var call = KerasCall()
            // `["a", 0, 0, {}]` for one without the list around it.
            for link in list.first?.stringValue == nil ? list : [.array(list)] {
                guard let parts = link.arrayValue, let source = parts.first?.stringValue else {
                    throw failure("\(link.text()) names no layer")
                }
                if source == "_CONSTANT_VALUE", parts.count > 2 {
                    call.arguments.append(.constant(parts[2]))
                } else {
                    call.arguments.append(.tensor(try reference(link, mayCountDefinition: true, failure)))
                }
                for (name, value) in parts.dropFirst(3).first?.objectValue ?? [:]
                where !isNothing(value) && name != "name" {
                    let isTensor = value.arrayValue?.count == 3 && value.arrayValue![0].stringValue != nil
                    call.keywords[name] =
                        isTensor
                        ? .tensor(try reference(value, mayCountDefinition: true, failure)) : .constant(value)
                }
            }
            return call
        }
    }

    /// Null, or a null for each of several tensors.
    private static func isNothing(_ value: JSONValue) -> Bool {
        value.isNull || value.arrayValue.map { !$0.isEmpty && $0.allSatisfy(\.isNull) } == true
    }

    /// `["a", 0, 0]`.
    static func reference(
        _ link: JSONValue, mayCountDefinition: Bool, _ failure: (String) -> NeuralNetError
    ) throws -> Reference {
        guard let parts = link.arrayValue, let name = parts.first?.stringValue else {
            throw failure("\(link.text()) names no layer")
        }
        let numbers = parts.dropFirst().prefix(2).map { $0.intValue ?? -1 }
        guard numbers.allSatisfy({ (0..<65536).contains($0) }) else {
            throw failure("\(link.text()) names no call of a layer")
        }
        return Reference(
            layer: name, call: numbers.first ?? 0, output: numbers.count > 1 ? numbers[1] : 0,
            mayCountDefinition: mayCountDefinition)
    }

    /// `input_layers` and `output_layers`: `[["a", 0, 0], ...]`, just `["a", 0, 0]`, or an object of them, which Keras
    /// takes in the order of its keys.
    static func ends(_ value: JSONValue, _ failure: (String) -> NeuralNetError) throws -> [Reference] {
        if let fields = value.objectValue {
            return try fields.sorted { $0.key < $1.key }.flatMap { try ends($0.value, failure) }
        }
        guard let items = value.arrayValue, !items.isEmpty else {
            throw failure("input_layers or output_layers is \(value.text())")
        }
        if items[0].stringValue != nil { return [try reference(value, mayCountDefinition: true, failure)] }
        return try items.flatMap { try ends($0, failure) }
    }

    private static func collect(
        _ value: JSONValue, into found: inout [Argument], _ failure: (String) -> NeuralNetError
    ) throws {
        if let history = value["config"]?["keras_history"] {
            found.append(.tensor(try reference(history, mayCountDefinition: false, failure)))
        } else if let items = value.arrayValue {
            for item in items { try collect(item, into: &found, failure) }
        } else if !value.isNull {
            found.append(.constant(value))
        }
    }
}
