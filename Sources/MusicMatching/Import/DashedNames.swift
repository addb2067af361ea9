import TextCoding

/// "Artist - Title" in one field.
enum DashedNames {
    /// What is before and behind the first dash between blanks; numbers in front of the whole are left out, and notes
    /// such as "Remastered 2011" are no names.
    static func parts(_ text: String) -> (String, String)? {
        var text = text[...]
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        if !digits.isEmpty, digits.count <= 4 {
            let rest = text[digits.endIndex...]
            if let sign = rest.first, sign == "." || sign == ")", rest.dropFirst().first == " " {
                text = rest.dropFirst(2)
            } else if rest.hasPrefix(" - "), rest.dropFirst(3).utf8.contains(0x2D) {
                text = rest.dropFirst(3)
            }
        }
        for dash in [" - ", " – ", " — "] {
            guard let place = text.firstPlace(of: dash) else { continue }
            let first = trimmedText(text[..<place.lowerBound]), second = trimmedText(text[place.upperBound...])
            guard !first.isEmpty, !second.isEmpty, !NameKey.title("x - \(second)").elementsEqual("x") else {
                return nil
            }
            return (first, second)
        }
        return nil
    }

    private static func trimmedText(_ text: Substring) -> String { text.trimmingBlanks }
}

extension Substring {
    /// The first place of a text in it.
    func firstPlace(of text: String) -> Range<Index>? {
        let pattern = Array(text.utf8)
        guard let lead = pattern.first else { return nil }
        var start = utf8.startIndex
        while let found = utf8[start...].firstIndex(of: lead) {
            if utf8[found...].starts(with: pattern) { return found..<utf8.index(found, offsetBy: pattern.count) }
            start = utf8.index(after: found)
        }
        return nil
    }
}
