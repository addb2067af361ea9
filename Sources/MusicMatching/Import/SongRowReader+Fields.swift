import TextCoding

/// What single fields say, as tables and lists write it.
extension SongRowReader {
    /// A name without control characters: what moves a cursor or ends a text for other programs. Line breaks and tabs
    /// become blanks.
    static func clean(_ name: String) -> String {
        guard name.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return name }
        var result = String.UnicodeScalarView()
        for scalar in name.unicodeScalars {
            switch scalar.value {
            case 9, 10, 13: if result.last != " " { result.append(" ") }
            case 0..<0x20, 0x7F: break
            default: result.append(scalar)
            }
        }
        return String(trimmed(String(result)[...]))
    }

    /// Yes or no in the words of tables; `nil` for anything else.
    static func truth(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "yes", "1", "y", "explicit", "ja", "sí", "si", "sim", "oui", "ya", "да", "हाँ", "wahr", "verdadero",
            "vrai":
            return true
        case "false", "no", "0", "n", "clean", "nein", "não", "nao", "non", "tidak", "нет", "नहीं", "falsch", "falso",
            "faux",
            "notexplicit", "not explicit", "cleaned":
            return false
        default: return nil
        }
    }

    /// Milliseconds in "03:47", "1:02:03", "200s", "213000" (milliseconds from 10,000 on) or "213.4" (seconds).
    static func duration(_ text: String) -> Int? {
        let most = 86_400_000
        var bytes = text.utf8[...]
        let areSeconds = bytes.last == 0x73
        if areSeconds { bytes = bytes.dropLast() }
        let parts = bytes.split(separator: 0x3A, omittingEmptySubsequences: false)
        let numbers = parts.map { TextDecoding.number(Array($0)[...]) }
        var seconds = 0.0
        for number in numbers {
            guard let number, number >= 0, number < 1e9 else { return nil }
            seconds = seconds * 60 + number
        }
        let milliseconds = parts.count == 1 && seconds >= 10_000 && !areSeconds ? seconds : (seconds * 1000).rounded()
        return milliseconds > 0 && milliseconds < Double(most) ? Int(milliseconds) : nil
    }

    static func isMissing(_ text: String) -> Bool {
        ["", "-", "nan", "na", "n/a", "null", "none"].contains(text.lowercased())
    }

    /// "['A', 'B']", as Python writes lists, and "A;B" become "A, B".
    static func credits(_ text: String) -> String {
        if text.hasPrefix("['") || text.hasPrefix("[\""), text.hasSuffix("]") {
            let names = text.dropFirst().dropLast().split(separator: ",").map { part in
                String(
                    trimmed(part).drop { $0 == "'" || $0 == "\"" }.reversed().drop { $0 == "'" || $0 == "\"" }
                        .reversed())
            }
            return names.joined(separator: ", ")
        }
        guard text.utf8.contains(0x3B) else { return text }
        return text.split(separator: ";").map { String(trimmed($0)) }.filter { !$0.isEmpty }.joined(separator: ", ")
    }

    /// Words between commas, semicolons or bars, with or without Python's list syntax.
    static func list(_ text: String) -> [String] {
        if text.isEmpty { return [] }
        let isOne = !text.utf8.contains { $0 == 0x3B || $0 == 0x2C || $0 == 0x7C || $0 == 0x5B }
        if isOne, text.utf8.count <= 100 { return [text] }
        var text = text[...]
        if text.hasPrefix("["), text.hasSuffix("]") { text = text.dropFirst().dropLast() }
        return text.split { $0 == ";" || $0 == "," || $0 == "|" }.map { part in
            var part = trimmed(part)
            if let first = part.first, first == "'" || first == "\"", part.count > 1, part.last == first {
                part = part.dropFirst().dropLast()
            }
            return String(part)
        }.filter { !$0.isEmpty && $0.utf8.count <= 100 }
    }

    /// The year at the start of "1982-10-27" or "1982"; or at the end of "27/10/1982".
    static func year(_ text: String) -> Int? {
        let parts = text.utf8.split { !(0x30...0x39).contains($0) }
        for part in parts where part.count == 4 {
            if let year = Int(String(decoding: part, as: UTF8.self)), (1000...2999).contains(year) { return year }
        }
        return nil
    }
}
