import JSON
import NeuralNetCore

/// What is noticed while a configuration is read.
final class KerasNotes {
    private(set) var warnings: [String] = []
    /// Fields of the layer under way that mean nothing here and are kept for the file.
    var keptFields: [String: JSONValue] = [:]
    private var layers = 0

    func warn(_ text: String) {
        if !warnings.contains(text) { warnings.append(text) }
    }

    /// Counts layers, models inside as often as they are called.
    func count(_ more: Int, most: Int, _ failure: (String) -> NeuralNetError) throws {
        layers += more
        guard layers <= most else { throw failure("\(layers) layers are more than \(most)") }
    }
}
