import Files
import NeuralNetCore

/// Networks in files that are not read here, known by how they begin: they are refused in words that help.
enum ForeignNetwork {
    /// What a file is and what to do about it; nil for all others, and for what cannot be read.
    static func reason(_ file: FileAtAnyPlace) -> String? {
        var start = [UInt8](repeating: 0, count: min(file.count, 16))
        guard start.count >= 8, (try? start.withUnsafeMutableBytes { try file.read(at: 0, into: $0) }) != nil else {
            return nil
        }
        if NetworkPlan.begins(start) { return "a plan, for the engine in browsers: name the model that it was made of" }
        if start[4..<8].elementsEqual("TFL3".utf8) {
            return "a TensorFlow Lite model; Keras's file or ONNX of the same network can be read"
        }
        if start.starts(with: "GGUF".utf8) {
            return "weights of a language model (GGUF), no network that sees pictures"
        }
        if start.starts(with: "version https://".utf8) {
            return "not the model but a pointer to it (Git LFS); git lfs pull fetches the file"
        }
        // A pickle of protocol 2 to 5, as PyTorch wrote until version 1.6.
        if start[0] == 0x80, (2...5).contains(start[1]) { return pytorch }
        // The length of a JSON object, and that object.
        if start[4..<8].allSatisfy({ $0 == 0 }), start.count > 8, start[8] == UInt8(ascii: "{") {
            return "weights alone (safetensors), without their network; \(export)"
        }
        switch start.first(where: { $0 > 0x20 }) {
        case UInt8(ascii: "<"): return "a web page or XML, not the model: what was downloaded is another file"
        case UInt8(ascii: "{"): return "JSON: a network without its weights; the model's whole file can be read"
        default: return nil
        }
    }

    /// Of a zip file without a Keras model, by its entries' names.
    static func reason(entries: some Sequence<String>) -> String? {
        entries.contains { $0 == "data.pkl" || $0.hasSuffix("/data.pkl") } ? pytorch : nil
    }

    private static let export = "torch.onnx.export writes an ONNX file, which can be read"
    private static let pytorch = "a PyTorch file; " + export
}
