// Compiled by Scripts/fuzz with the module NeuralNet and the sources of the model card.

import NeuralNet

/// Any text is JSON or an error; any JSON is a network, a model card, or an error.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzModel(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    guard let value = try? JSONValue(parsing: text) else { return 0 }
    if count < 300 {
        let written = value.text()
        guard let again = try? JSONValue(parsing: written), again.text() == written else {
            fatalError("what was written is not what was read: \(written)")
        }
    }
    if let model = try? KerasModelConfig.model(from: text, path: "input", weightLimit: 1 << 16) {
        precondition(model.parameterCount <= 1 << 16 && !model.outputs.isEmpty)
    }
    _ = try? ModelCard(json: value, path: "input")
    return 0
}
