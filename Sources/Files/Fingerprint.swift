/// A number that tells whether large data has changed, after FNV-1a (G. Fowler, L. Noll, P. Vo) but over 8 bytes at a
/// time. It guards against mistakes, not against intent.
public struct Fingerprint {
    private var hash: UInt64 = 0xCBF2_9CE4_8422_2325

    public init() {}

    /// Adds a number.
    public mutating func add(_ value: UInt64) { hash = (hash ^ value) &* 0x0000_0100_0000_01B3 }

    /// Adds bytes; the same in two calls are something else.
    public mutating func add(_ bytes: UnsafeRawBufferPointer) {
        var at = 0
        while at + 8 <= bytes.count {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
            // FNV carries upwards only: high bits must reach low ones.
            add(word ^ word >> 29)
            at += 8
        }
        while at < bytes.count {
            add(UInt64(bytes[at]))
            at += 1
        }
    }

    /// All of it.
    public var value: UInt64 { hash }

    /// 32 bits of it, for small things.
    public var short: UInt32 { UInt32(truncatingIfNeeded: hash ^ hash >> 32) }

    /// 16 hexadecimal digits.
    public var text: String {
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
