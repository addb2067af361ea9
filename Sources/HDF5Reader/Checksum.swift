/// The checksums in HDF5 files.
package enum Checksum {
    /// Bob Jenkins's lookup3 (`hashlittle`), which guards structures and sorts names.
    package static func lookup3(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.withUnsafeBytes { bytes in
            var a: UInt32 = 0xDEAD_BEEF &+ UInt32(truncatingIfNeeded: bytes.count)
            var b = a, c = a
            func word(_ at: Int) -> UInt32 {
                UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self))
            }
            func turned(_ x: UInt32, _ by: UInt32) -> UInt32 { x << by | x >> (32 - by) }
            var at = 0
            while bytes.count - at > 12 {
                a &+= word(at)
                b &+= word(at + 4)
                c &+= word(at + 8)
                a = (a &- c) ^ turned(c, 4)
                c = c &+ b
                b = (b &- a) ^ turned(a, 6)
                a = a &+ c
                c = (c &- b) ^ turned(b, 8)
                b = b &+ a
                a = (a &- c) ^ turned(c, 16)
                c = c &+ b
                b = (b &- a) ^ turned(a, 19)
                a = a &+ c
                c = (c &- b) ^ turned(b, 4)
                b = b &+ a
                at += 12
            }
            guard at < bytes.count else { return c }
            var tail: (UInt32, UInt32, UInt32) = (0, 0, 0)
            for (place, byte) in bytes[at...].enumerated() {
                let bits = UInt32(byte) << UInt32(8 * (place % 4))
                switch place / 4 {
                case 0: tail.0 |= bits
                case 1: tail.1 |= bits
                default: tail.2 |= bits
                }
            }
            a &+= tail.0
            b &+= tail.1
            c &+= tail.2
            c = (c ^ b) &- turned(b, 14)
            a = (a ^ c) &- turned(c, 11)
            b = (b ^ a) &- turned(a, 25)
            c = (c ^ b) &- turned(b, 16)
            a = (a ^ c) &- turned(c, 4)
            b = (b ^ a) &- turned(a, 14)
            c = (c ^ b) &- turned(b, 24)
            return c
        }
    }

    /// Fletcher's checksum of chunks, over words of two bytes, the first byte the greater.
    static func fletcher32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.withUnsafeBytes { bytes in
            var low: UInt32 = 0, high: UInt32 = 0
            var at = 0
            let even = bytes.count & ~1
            while at < even {
                // As many words as the sums can take before they are folded.
                let end = min(at + 720, even)
                while at < end {
                    low &+= UInt32(bytes[at]) << 8 | UInt32(bytes[at + 1])
                    high &+= low
                    at += 2
                }
                low = (low & 0xFFFF) &+ (low >> 16)
                high = (high & 0xFFFF) &+ (high >> 16)
            }
            if even < bytes.count {
                low &+= UInt32(bytes[even]) << 8
                high &+= low
                low = (low & 0xFFFF) &+ (low >> 16)
                high = (high & 0xFFFF) &+ (high >> 16)
            }
            low = (low & 0xFFFF) &+ (low >> 16)
            high = (high & 0xFFFF) &+ (high >> 16)
            return high << 16 | low
        }
    }
}
