import Glibc

/// Bytes in an encoding that the C library knows, as text.
public enum EncodedText {
    /// `nil` for bytes that the encoding has no letters for, and where the system's C library lacks it.
    ///
    /// - Parameter encoding: as iconv calls it.
    public static func text(_ bytes: some Collection<UInt8>, in encoding: String) -> String? {
        let converter = iconv_open("UTF-8", encoding)
        guard let converter, converter != iconv_t(bitPattern: -1) else { return nil }
        defer { iconv_close(converter) }
        var source = bytes.map { CChar(bitPattern: $0) }
        // No letter of two bytes takes more than four in UTF-8, none of one more than three.
        var target = [UInt8](repeating: 0, count: source.count * 3 + 4)
        let size = target.count
        let left = source.withUnsafeMutableBufferPointer { source in
            target.withUnsafeMutableBytes { target -> Int? in
                var from = source.baseAddress, to = target.baseAddress?.assumingMemoryBound(to: CChar.self)
                var given = source.count, room = target.count
                guard iconv(converter, &from, &given, &to, &room) != Int(bitPattern: UInt.max), given == 0 else {
                    return nil
                }
                return room
            }
        }
        return left.map { String(decoding: target[..<(size - $0)], as: UTF8.self) }
    }
}
