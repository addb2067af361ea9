import Files
import NeuralNetCore

extension Weights {
    /// A number that all but certainly differs when a value does, even in the last bit.
    public var fingerprint: String {
        var fingerprint = Fingerprint()
        withUnsafeValues { values in
            for entry in entries {
                fingerprint.add(
                    UnsafeRawBufferPointer(
                        UnsafeBufferPointer(start: values + entry.offset, count: entry.specification.count)))
            }
        }
        return fingerprint.text
    }
}
