/// Texts that were written in one encoding and declared as another, made readable.
public enum TextRepair {
    /// The text that was meant, by itself, see `texts`.
    public static func repaired(_ text: String) -> String { texts([Array(text.utf8)])[0] }

    /// The text of bytes that say nothing of their encoding, by themselves, see `texts`.
    public static func text(_ bytes: [UInt8]) -> String { texts([bytes])[0] }

    /// The texts of one file as they were meant. UTF-8 that was declared as Latin-1, and bytes of the old encodings of
    /// many countries that were (ID3 has no other old one, and ID3v1 says nothing of encodings), are recognised, the
    /// latter by all texts together, since one name is often too short; what is in doubt stays as it is. Control
    /// characters become blanks, blanks at the ends go.
    public static func texts(_ written: [[UInt8]]) -> [String] {
        var result = written.map { _ in "" }, latin: [(place: Int, bytes: [UInt8])] = [], foreign = latin
        for (place, bytes) in written.enumerated() {
            let text = String(validating: bytes, as: UTF8.self)
            if let text, text.utf8.allSatisfy({ $0 < 0x80 }) {
                result[place] = text
                continue
            }
            guard let old = text.map(oldBytes) ?? bytes else {
                result[place] = text ?? ""
                continue
            }
            if let meant = String(validating: old, as: UTF8.self) {
                result[place] = meant
            } else if TagEncoding.isLatin(old) {
                latin.append((place, old))
            } else {
                foreign.append((place, old))
            }
        }
        let encoding = foreign.isEmpty ? nil : TagEncoding.of(foreign.map(\.bytes))
        for (place, bytes) in foreign { result[place] = encoding?.text(bytes) ?? western(bytes) }
        let isCentral = TagEncoding.isCentralEuropean(latin.map(\.bytes))
        for (place, bytes) in latin {
            result[place] = (isCentral ? EncodedText.text(bytes, in: "CP1250") : nil) ?? western(bytes)
        }
        return result.map(tidy)
    }

    /// The bytes that were taken for Latin-1 or Windows-1252; `nil` for text that is beyond these.
    private static func oldBytes(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        for scalar in text.unicodeScalars {
            guard let byte = byte(scalar) else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    private static func western(_ bytes: [UInt8]) -> String {
        var text = String.UnicodeScalarView()
        for byte in bytes { text.append(Unicode.Scalar(windows1252[byte] ?? UInt32(byte)) ?? "\u{FFFD}") }
        return String(text)
    }

    private static func byte(_ scalar: Unicode.Scalar) -> UInt8? {
        if scalar.value < 0x100 { return UInt8(scalar.value) }
        return bytesOf1252[scalar.value]
    }

    private static func tidy(_ text: String) -> String {
        var result = String.UnicodeScalarView(), isGap = false
        for scalar in text.unicodeScalars {
            if scalar.value <= 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.value == 0xFEFF {
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
