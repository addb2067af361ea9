/// How a file keeps weights. What is computed with them stays float32.
public enum StoredPrecision: String, Sendable, CaseIterable {
    case float32
    /// Half the size, 11 bits of each weight: Keras and this library read it as they do float32.
    case float16

    /// The largest finite number of float16; HDF5 would make larger ones infinite.
    static let largestHalf: Float = 65_504
}
