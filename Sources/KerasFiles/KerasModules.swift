import JSON
import NeuralNetCore

/// Where Keras has its layers.
extension KerasConfig {
    /// Layers that Keras has for its own models only, and asks for by name when it reads them.
    private static let applicationLayers: Set<String> = ["LayerScale", "StochasticDepth"]

    static func module(of className: String) -> String {
        applicationLayers.contains(className) ? "keras.src.applications.convnext" : "keras.layers"
    }

    static func registeredName(of className: String) -> JSONValue {
        applicationLayers.contains(className) ? .string(className) : .null
    }
}
