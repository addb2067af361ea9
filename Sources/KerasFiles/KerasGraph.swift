import JSON
import NeuralNetCore

/// The layers of one level of a configuration while they are put together: a layer or a model inside per name, and the
/// tensors that each of its calls made.
struct KerasGraph {
    /// One layer of the configuration.
    struct Item {
        var name: String
        var className: String
        /// Where Keras finds the class; empty for Keras 2.
        var module: String
        var config: JSONValue
        var isTrainable: Bool
        var calls: [KerasCall]

        var isModel: Bool { ["Sequential", "Model", "Functional"].contains(className) }
    }

    /// What is called.
    enum Content {
        case input
        case layer(SharedLayer, KerasLayout)
        case model(Model)
    }

    struct Entry {
        var content: Content?
        /// Outputs of each call.
        var calls: [[KerasTensor]] = []
        /// The number that references which may count a model's own definition give the first call.
        var first = 0
    }

    private(set) var entries: [String: Entry] = [:]

    /// Enters the layers. `ends`: what the level's inputs and outputs refer to.
    init(_ items: [Item], ends: [KerasCall.Reference], _ failure: (String) -> NeuralNetError) throws {
        for item in items {
            guard entries.updateValue(Entry(), forKey: item.name) == nil else {
                throw failure("two layers are named '\(item.name)'")
            }
        }
        var numbers: [String: Set<Int>] = [:]
        for reference in ends + items.flatMap({ $0.calls.flatMap(\.references) }) where reference.mayCountDefinition {
            numbers[reference.layer, default: []].insert(reference.call)
        }
        for item in items where item.isModel {
            guard let seen = numbers[item.name], let last = seen.max() else { continue }
            let counts = last >= item.calls.count || (!seen.contains(0) && item.className != "Sequential")
            entries[item.name]!.first = counts ? 1 : 0
        }
    }

    /// The tensor, or nil if its call has not been made yet.
    func tensor(_ reference: KerasCall.Reference) throws(Missing) -> KerasTensor? {
        guard let entry = entries[reference.layer] else { throw Missing(reason: "no layer '\(reference.layer)'") }
        let call = reference.call - (reference.mayCountDefinition ? entry.first : 0)
        guard call >= 0 else { throw Missing(reason: "layer '\(reference.layer)' has no call \(reference.call)") }
        guard call < entry.calls.count else { return nil }
        guard reference.output < entry.calls[call].count else {
            throw Missing(reason: "layer '\(reference.layer)' has no output \(reference.output)")
        }
        return entry.calls[call][reference.output]
    }

    struct Missing: Error { var reason: String }

    func content(of name: String) -> Content? { entries[name]?.content }

    mutating func set(_ content: Content, of name: String) { entries[name]!.content = content }

    mutating func add(_ outputs: [KerasTensor], to name: String) { entries[name]!.calls.append(outputs) }
}
