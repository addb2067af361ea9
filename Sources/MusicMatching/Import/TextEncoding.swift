import MediaFiles

/// In what a list was written that is no UTF-8: it does not say so, its words do.
enum TextEncoding: String, CaseIterable {
    case western = "CP1252", centralEuropean = "CP1250", turkish = "CP1254", cyrillic = "CP1251"
    case japanese = "CP932", korean = "CP949", chinese = "GB18030", traditionalChinese = "BIG5-HKSCS"

    /// UTF-8 if the bytes are that, otherwise this encoding's text.
    func string(_ bytes: ArraySlice<UInt8>) -> String {
        if self == .western || TextEncoding.isUTF8(bytes) { return TextDecoding.string(bytes) }
        return decoded(bytes) ?? TextDecoding.string(bytes)
    }

    /// Tells it from a list's beginning: by a header whose names are known in one encoding only, by the alphabet of whole
    /// words, by letters that others have no use for.
    static func of(_ start: ArraySlice<UInt8>) -> TextEncoding {
        var lines = start.split { $0 == 10 || $0 == 13 }
        // The last one of a long list may be cut off.
        if lines.count > 1, start.count >= 1 << 16 { lines.removeLast() }
        let foreign = lines.filter { $0.contains { $0 >= 0x80 } }
        let odd = foreign.filter { !isUTF8($0) }
        guard !odd.isEmpty, odd.count * 2 > foreign.count else { return .western }
        if let header = lines.prefix(10).first(where: { !isUTF8($0) }),
            !(western.decoded(header).map(TableLines.isHeader) ?? false),
            let encoding = allCases.first(where: { $0.decoded(header).map(TableLines.isHeader) ?? false })
        {
            return encoding
        }
        let words = Words(odd)
        if words.cyrillic > 0, words.cyrillic >= 4 * (words.mixed + words.other) { return .cyrillic }
        if japanese.share(in: odd, of: { (0x3040...0x30FF).contains($0) }) > 0.2 { return .japanese }
        if words.cyrillic + words.other > 4 * words.mixed {
            if korean.share(in: odd, of: { (0xAC00...0xD7A3).contains($0) }) > 0.8 { return .korean }
            if chinese.share(in: odd, of: { (0x4E00...0x9FFF).contains($0) }) > 0.8 { return .chinese }
        }
        return words.polish > 0 ? .centralEuropean : .western
    }

    /// How many of the letters beyond ASCII are of one kind; 0 if the lines are not written so.
    private func share(in lines: [ArraySlice<UInt8>], of isMeant: (UInt32) -> Bool) -> Double {
        var meant = 0, all = 0
        for line in lines {
            guard let text = decoded(line) else { return 0 }
            for scalar in text.unicodeScalars where scalar.value >= 0x80 {
                all += 1
                if isMeant(scalar.value) { meant += 1 }
            }
        }
        return Double(meant) / Double(max(all, 1))
    }

    static func isUTF8(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.withUnsafeBufferPointer { String(validating: $0, as: UTF8.self) } != nil
    }

    /// `nil` for bytes that it has no letters for, and where the system's C library lacks it.
    private func decoded(_ bytes: ArraySlice<UInt8>) -> String? {
        if self == .western { return TextDecoding.string(bytes) }
        return EncodedText.text(bytes, in: rawValue)
    }

    /// Words with letters beyond ASCII, by their bytes.
    private struct Words {
        /// All bytes are letters of Windows-1251; not all are; some are ASCII's.
        var cyrillic = 0, other = 0, mixed = 0
        /// Signs of Windows-1252 that no word has within, but letters of Windows-1250: ł, ą, ż.
        var polish = 0

        init(_ lines: [ArraySlice<UInt8>]) {
            for line in lines {
                for word in line.split(whereSeparator: { $0 < 0x80 && !Words.isASCIILetter($0) }) {
                    let high = word.count { $0 >= 0x80 }
                    if high == 0 { continue }
                    if high < word.count {
                        mixed += 1
                        if word.dropFirst().dropLast().contains(where: { [0xB3, 0xB9, 0xBF].contains($0) }) {
                            polish += 1
                        }
                    } else if word.count > 1 {
                        let letters = word.count {
                            $0 >= 0xC0 || [0xA8, 0xB8, 0xAA, 0xBA, 0xAF, 0xBF, 0xB2, 0xB3].contains($0)
                        }
                        // Quotes and dashes may stand beside a word.
                        if letters * 10 >= word.count * 9 { cyrillic += 1 } else { other += 1 }
                    }
                }
            }
        }

        private static func isASCIILetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte & 0xDF) }
    }
}
