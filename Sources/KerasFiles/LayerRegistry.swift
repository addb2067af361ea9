import JSON
import NeuralNetCore

/// Layers of one's own that files may hold: what to make of a class name and a configuration.
///
///     var layers = LayerRegistry()
///     layers.add(Squash.className) { name, config in Squash(limit: config["limit"]?.doubleValue ?? 1, name: name) }
///     let model = try ModelFile.read("mine.h5", layers: layers).model
public struct LayerRegistry: Sendable {
    /// Makes a layer from its name and what `Layer.config` was. What it throws is reported with file and layer.
    public typealias Maker = @Sendable (_ name: String, _ config: [String: JSONValue]) throws -> any Layer

    private var makers: [String: Maker] = [:]

    /// Without layers of one's own.
    public init() {}

    /// Registers a class, also instead of one that the library knows.
    public mutating func add(_ className: String, _ make: @escaping Maker) { makers[className] = make }

    func knows(_ className: String) -> Bool { makers[className] != nil }

    func make(_ className: String, _ name: String, _ config: [String: JSONValue], path: String) throws -> (any Layer)? {
        guard let maker = makers[className] else { return nil }
        do {
            return try maker(name, config)
        } catch {
            throw NeuralNetError.file(path: path, place: "layer '\(name)'", reason: "\(error)")
        }
    }
}
