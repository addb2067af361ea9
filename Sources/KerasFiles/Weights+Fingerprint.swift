import Files
import NeuralNetCore

extension Weights {
    /// A number that all but certainly differs when a value does, even in the last bit.
    public var fingerprint: String {
        var fingerprint = Fingerprint()
        for index in entries.indices { fingerprint.add(UnsafeRawBufferPointer(buffer(index))) }
        return fingerprint.text
    }
}
