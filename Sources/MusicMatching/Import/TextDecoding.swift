import Files

/// Bytes of unknown encoding as text.
enum TextDecoding {
    /// UTF-8 if the bytes are that, otherwise Windows-1252, of which Latin-1's letters are a part; other encodings are
    /// `TextEncoding`'s. Decided per field: lists put together from several sources mix both.
    static func string(_ bytes: ArraySlice<UInt8>) -> String {
        if let text = bytes.withUnsafeBufferPointer({ String(validating: $0, as: UTF8.self) }) {
            return text.utf8.contains(0xC3) ? withRepairedMarks(text) : text
        }
        var text = ""
        for byte in bytes {
            let scalar = (0x80..<0xA0).contains(byte) ? windows1252[Int(byte) - 0x80] : UInt32(byte)
            text.unicodeScalars.append(Unicode.Scalar(scalar) ?? "\u{FFFD}")
        }
        return text
    }

    /// A path with bytes that are no UTF-8 as the text that they are likely to be; `nil` for a path that is text already.
    static func readable(path: String) -> String? {
        guard path.unicodeScalars.contains(where: { $0.pathByte != nil }) else { return nil }
        let bytes = path.cPath.dropLast().map { UInt8(bitPattern: $0) }[...]
        return TextEncoding.of(bytes).string(bytes)
    }

    /// A path as its bytes would be in Windows-1252; `nil` where they would be the same, or there are none.
    static func windows1252Path(_ path: String) -> String? {
        var bytes: [UInt8] = [], differs = false
        for scalar in path.unicodeScalars {
            if scalar.value < 0x80 {
                bytes.append(UInt8(scalar.value))
                continue
            }
            differs = true
            if let place = windows1252.firstIndex(of: scalar.value), scalar != "\u{FFFD}" {
                bytes.append(UInt8(0x80 + place))
            } else if (0xA0..<0x100).contains(scalar.value) {
                bytes.append(UInt8(scalar.value))
            } else {
                return nil
            }
        }
        return differs ? String(pathBytes: bytes) : nil
    }

    /// The replacement character U+FFFD, written as UTF-8, read as Latin-1 and written as UTF-8 again, looks like
    /// "ï¿½". The letter it stood for is gone; at least it counts as one unknown letter again. Cut off at the end of a
    /// field it is "ï¿".
    private static func withRepairedMarks(_ text: String) -> String {
        var result = String.UnicodeScalarView(), pending: [Unicode.Scalar] = []
        let mark: [Unicode.Scalar] = ["\u{EF}", "\u{BF}", "\u{BD}"]
        for scalar in text.unicodeScalars {
            if scalar == mark[pending.count] {
                pending.append(scalar)
                if pending.count == 3 {
                    result.append("\u{FFFD}")
                    pending = []
                }
                continue
            }
            result.append(contentsOf: pending)
            pending = []
            if scalar == mark[0] { pending = [scalar] } else { result.append(scalar) }
        }
        result.append(contentsOf: pending.count == 2 ? ["\u{FFFD}"] : pending)
        return String(result)
    }

    /// What Windows put where Latin-1 has control characters; 0 where there is nothing.
    private static let windows1252: [UInt32] = [
        0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0xFFFD,
        0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
        0x0153, 0xFFFD, 0x017E, 0x0178,
    ]

    /// A decimal number such as `0.25`, `-1e-05` or `118.523`; blanks around it are allowed. `nil` if it is none.
    static func number(_ bytes: ArraySlice<UInt8>) -> Double? {
        var rest = bytes.drop { $0 == 0x20 }
        while rest.last == 0x20 { rest.removeLast() }
        var sign = 1.0, mantissa = 0.0, exponent = 0, digits = 0
        if let first = rest.first, first == 0x2D || first == 0x2B {
            if first == 0x2D { sign = -1 }
            rest.removeFirst()
        }
        var isFraction = false
        while let byte = rest.first {
            if byte >= 0x30, byte <= 0x39 {
                // More digits than a Double holds only move the point.
                if mantissa < 1e17 {
                    mantissa = mantissa * 10 + Double(byte - 0x30)
                    if isFraction { exponent -= 1 }
                } else if !isFraction {
                    exponent += 1
                }
                digits += 1
            } else if byte == 0x2E, !isFraction {
                isFraction = true
            } else {
                break
            }
            rest.removeFirst()
        }
        guard digits > 0 else { return nil }
        if let byte = rest.first {
            guard byte == 0x65 || byte == 0x45, let written = Int(String(decoding: rest.dropFirst(), as: UTF8.self)),
                (-400...400).contains(written)
            else { return nil }
            exponent += written
        }
        var value = mantissa
        while exponent < 0, value != 0 {
            let step = min(-exponent, 22)
            value /= powers[step]
            exponent += step
        }
        while exponent > 0, value != 0, value.isFinite {
            let step = min(exponent, 22)
            value *= powers[step]
            exponent -= step
        }
        return value.isFinite ? sign * value : nil
    }

    /// Powers of ten that a Double holds exactly.
    private static let powers: [Double] = (0...22).map { (0..<$0).reduce(1.0) { value, _ in value * 10 } }
}
