import TextCoding

/// Files of `NAME=value` lines as shells and many programs read them.
package enum EnvironmentFile {
    /// The pairs in order. Understands `export`, comments, single and double quotes; lines that are none are passed
    /// over, since these files belong to other programs too.
    package static func pairs(_ bytes: [UInt8]) -> [(String, String)] {
        var text = String(decoding: bytes, as: UTF8.self)[...]
        if text.first == "\u{FEFF}" { text.removeFirst() }
        var pairs: [(String, String)] = []
        for line in text.split(whereSeparator: \.isNewline) {
            var line = trimmed(line)
            if line.hasPrefix("export ") { line = trimmed(line.dropFirst(7)) }
            guard let equals = line.firstIndex(of: "="), !line.hasPrefix("#") else { continue }
            let name = trimmed(line[..<equals])
            guard !name.isEmpty else { continue }
            pairs.append((String(name), value(trimmed(line[line.index(after: equals)...]))))
        }
        return pairs
    }

    private static func value(_ text: Substring) -> String {
        guard let quote = text.first, quote == "\"" || quote == "'" else {
            // A comment needs a blank before it: "#" may be part of a value.
            var end = text.startIndex, previous: Character = " "
            while end < text.endIndex, !(text[end] == "#" && previous.isWhitespace) {
                previous = text[end]
                end = text.index(after: end)
            }
            return String(trimmed(text[..<end]))
        }
        var result = "", isEscaped = false
        for character in text.dropFirst() {
            if isEscaped {
                result.append(character)
                isEscaped = false
            } else if character == "\\", quote == "\"" {
                isEscaped = true
            } else if character == quote {
                return result
            } else {
                result.append(character)
            }
        }
        // The quote is never closed: it belongs to the value.
        return String(text)
    }
}
