/// Texts that were written in one encoding and declared as another, made readable.
public enum TextRepair {
    /// The text that was meant: UTF-8 that was declared as Latin-1, Cyrillic of Windows that was declared as Latin-1 (ID3
    /// has no other old encoding), and bytes that are no UTF-8 at all (ID3v1 says nothing of encodings) are recognised;
    /// everything else stays as it is. Control characters become blanks, blanks at the ends go.
    public static func repaired(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard scalars.contains(where: { $0.value >= 0x80 }) else { return tidy(text) }
        // Windows-1252's quotes and dashes count as the bytes they were.
        var bytes: [UInt8] = []
        for scalar in scalars {
            guard let byte = byte(scalar) else { return tidy(text) }
            bytes.append(byte)
        }
        if let meant = String(validating: bytes, as: UTF8.self) { return tidy(meant) }
        return tidy(looksCyrillic(bytes) ? cyrillic(bytes) : text)
    }

    /// The text of bytes that say nothing of their encoding.
    public static func text(_ bytes: [UInt8]) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return repaired(text) }
        var latin = String.UnicodeScalarView()
        for byte in bytes { latin.append(Unicode.Scalar(windows1252[byte] ?? UInt32(byte)) ?? "\u{FFFD}") }
        return tidy(looksCyrillic(bytes) ? cyrillic(bytes) : String(latin))
    }

    /// Three letters in a row that all have accents are no word of a language in Latin letters (two are: "Þú"); letters of
    /// Windows-1251 lie where the accented ones of Latin-1 do. (A capital in a word's middle is no Cyrillic either, as in
    /// "ÀÁÂ" there would be, unless all are.)
    private static func looksCyrillic(_ bytes: [UInt8]) -> Bool {
        var high = 0, low = 0, run = 0, longest = 0
        for byte in bytes {
            if byte >= 0xC0 || byte == 0xA8 || byte == 0xB8 {
                high += 1
                run += 1
                longest = max(longest, run)
            } else {
                run = 0
                if (0x41...0x5A).contains(byte & 0xDF) { low += 1 }
                // Signs that neither Latin-1's names nor Cyrillic ones have.
                if (0x80...0x9F).contains(byte), windows1252[byte] == nil { return false }
            }
        }
        return longest >= 3 && high >= 2 * low
    }

    private static func cyrillic(_ bytes: [UInt8]) -> String {
        var text = String.UnicodeScalarView()
        for byte in bytes {
            let value: UInt32
            switch byte {
            case 0..<0x80: value = UInt32(byte)
            case 0xC0...: value = UInt32(byte) - 0xC0 + 0x410
            case 0xA8: value = 0x401
            case 0xB8: value = 0x451
            case 0xAA: value = 0x404
            case 0xBA: value = 0x454
            case 0xAF: value = 0x407
            case 0xBF: value = 0x457
            case 0xB2: value = 0x406
            case 0xB3: value = 0x456
            case 0xA5: value = 0x490
            case 0xB4: value = 0x491
            case 0xB9: value = 0x2116
            case 0xA0, 0xAB, 0xBB, 0xA7, 0xA9, 0xAE, 0xB0, 0xB1, 0xB5, 0xB6, 0xB7: value = UInt32(byte)
            default: value = windows1252[byte] ?? 0xFFFD
            }
            text.append(Unicode.Scalar(value) ?? "\u{FFFD}")
        }
        return String(text)
    }

    private static func byte(_ scalar: Unicode.Scalar) -> UInt8? {
        if scalar.value < 0x100 { return UInt8(scalar.value) }
        return bytesOf1252[scalar.value]
    }

    private static func tidy(_ text: String) -> String {
        var result = String.UnicodeScalarView(), isGap = false
        for scalar in text.unicodeScalars {
            if scalar.value <= 0x20 || scalar.value == 0x7F || scalar.value == 0xFEFF {
                isGap = !result.isEmpty
                continue
            }
            if isGap { result.append(" ") }
            isGap = false
            result.append(scalar)
        }
        return String(result)
    }

    /// Where Windows put characters in place of Latin-1's controls.
    private static let windows1252: [UInt8: UInt32] = [
        0x80: 0x20AC, 0x82: 0x201A, 0x83: 0x192, 0x84: 0x201E, 0x85: 0x2026, 0x86: 0x2020, 0x87: 0x2021, 0x88: 0x2C6,
        0x89: 0x2030, 0x8A: 0x160, 0x8B: 0x2039, 0x8C: 0x152, 0x8E: 0x17D, 0x91: 0x2018, 0x92: 0x2019, 0x93: 0x201C,
        0x94: 0x201D, 0x95: 0x2022, 0x96: 0x2013, 0x97: 0x2014, 0x98: 0x2DC, 0x99: 0x2122, 0x9A: 0x161, 0x9B: 0x203A,
        0x9C: 0x153, 0x9E: 0x17E, 0x9F: 0x178,
    ]
    private static let bytesOf1252 = Dictionary(uniqueKeysWithValues: windows1252.map { ($1, $0) })
}
