// Compiled by Scripts/fuzz with the module NeuralNet and the sources of ONNXFiles.

import NeuralNet

/// Any bytes are a network or an error; a network is written and read as the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzONNX(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let model = try? ONNXFile.read(bytes, path: "input").model else { return 0 }
    precondition(!model.outputs.isEmpty)
    guard model.parameterCount < 1 << 16 else { return 0 }
    do {
        let again = try ONNXFile.read(try ONNXFile.bytes(of: model), path: "again").model
        precondition(again.outputShapes == model.outputShapes, "another shape came back")
    } catch {
        fatalError("what was written is not read: \(error)")
    }
    return 0
}
