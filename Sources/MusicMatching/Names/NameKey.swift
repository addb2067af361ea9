import Emotions
import TextCoding

/// Names made comparable, so that one song from two sources is recognised as one.
enum NameKey {
    /// The title without case, accents, punctuation and what only says how it was released: guests, remasters,
    /// "explicit". Versions that sound different (live, remix, acoustic) stay apart.
    static func title(_ text: String) -> String {
        let bare = fold(withoutNotes(text))
        if !bare.isEmpty { return bare }
        let whole = fold(text)
        // Titles such as "!!!" or an emoji.
        return whole.isEmpty ? text.lowercased() : whole
    }

    /// The first artist credited.
    static func artist(_ text: String) -> String {
        for part in splitCredits(text) {
            let key = fold(String(part))
            if !key.isEmpty { return key }
        }
        return text.lowercased()
    }

    /// Everybody credited, each comparable.
    static func artists(_ text: String) -> [String] {
        var names: [String] = []
        for part in splitCredits(text) {
            let key = fold(String(part))
            if !key.isEmpty, !names.contains(key) { names.append(key) }
        }
        return names
    }

    /// Everybody credited, as it is written.
    static func names(_ text: String) -> [String] {
        splitCredits(text).map { String(trimmed($0)) }.filter { !$0.isEmpty }
    }

    /// A number that two spellings of one song share (FNV-1a, 64 bits). Equal numbers are only a hint: the names
    /// must be compared too.
    static func hash(title: String, artist: String) -> Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in title.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash = (hash ^ 0x1F) &* 0x100_0000_01B3
        for byte in artist.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return Int(bitPattern: UInt(hash))
    }

    /// Lower case, no accents, words of letters and digits with one space between.
    static func fold(_ text: String) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count)
        var isGap = false
        func put(_ byte: UInt8) {
            if isGap, !result.isEmpty { result.append(0x20) }
            isGap = false
            result.append(byte)
        }
        for scalar in text.unicodeScalars {
            let value = scalar.value
            switch value {
            case 0x61...0x7A, 0x30...0x39: put(UInt8(value))
            case 0x41...0x5A: put(UInt8(value + 32))
            case 0x27, 0x60, 0xB4, 0x2018, 0x2019, 0x02BC: break  // "don't", "dont"
            case 0x26:  // & is "and"
                isGap = true
                for byte in "and".utf8 { put(byte) }
                isGap = true
            case 0x300...0x36F: break  // accents that stand alone
            case 0..<0x80: isGap = true
            default:
                if let plain = LatinLetters.plain(scalar) {
                    for byte in plain.utf8 { put(byte) }
                } else if scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                    || isMark(scalar)
                {
                    for byte in String(scalar).lowercased().utf8 { put(byte) }
                } else {
                    isGap = true
                }
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark: return true
        default: return false
        }
    }

    private static let releaseNotes = [
        "feat", "ft", "featuring", "with", "remaster", "remastered", "explicit", "explicit ver", "album version",
        "single version", "original mix", "bonus track", "from", "mono", "stereo",
    ]

    /// Leaves out "(feat. X)", "[Explicit]" and " - Remastered 2011".
    private static func withoutNotes(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 0x28 || $0 == 0x5B || $0 == 0x2D }) else { return text }
        var kept = "", note = "", closing: Character?
        for character in text {
            if let end = closing {
                if character == end {
                    if !isReleaseNote(note) { kept += " " + note + " " }
                    closing = nil
                } else {
                    note.append(character)
                }
            } else if character == "(" || character == "[" {
                closing = character == "(" ? ")" : "]"
                note = ""
            } else {
                kept.append(character)
            }
        }
        // A bracket that a narrow column cut off.
        if closing != nil, !isReleaseNote(note) { kept += " " + note }
        while let dash = lastDash(in: kept), isReleaseNote(String(kept[dash.after...])) {
            kept = String(kept[..<dash.before])
        }
        return kept
    }

    /// The last " - ".
    private static func lastDash(in text: String) -> (before: String.Index, after: String.Index)? {
        let bytes = text.utf8
        var found: (String.Index, String.Index)?
        var index = bytes.startIndex
        while let next = bytes[index...].firstIndex(of: 0x2D) {
            let after = bytes.index(after: next)
            if next > bytes.startIndex, bytes[bytes.index(before: next)] == 0x20, after < bytes.endIndex,
                bytes[after] == 0x20
            {
                found = (bytes.index(before: next), after)
            }
            index = after
        }
        return found
    }

    private static func isReleaseNote(_ note: String) -> Bool {
        let folded = fold(note)
        if releaseNotes.contains(where: { folded == $0 || folded.hasPrefix($0 + " ") }) { return true }
        // "2011 Remaster", "Taylor's Version" stays: another recording.
        return folded.hasSuffix(" remaster") || folded.hasSuffix(" remastered")
    }

    /// Cuts "A, B & C feat. D" at its joints; also Python's list syntax, which some exports hold.
    private static func splitCredits(_ text: String) -> [Substring] {
        var text = text[...]
        if text.hasPrefix("["), text.hasSuffix("]") { text = text.dropFirst().dropLast() }
        var parts: [Substring] = []
        for part in text.split(whereSeparator: { $0 == "," || $0 == ";" || $0 == "&" || $0 == "/" || $0 == "|" }) {
            var rest = part
            while let joint = firstJoint(in: rest) {
                parts.append(rest[..<joint.lowerBound])
                rest = rest[joint.upperBound...]
            }
            parts.append(rest)
        }
        return parts
    }

    /// Longer ones before those they begin with.
    private static let joints = [" feat. ", " feat ", " ft. ", " ft ", " featuring ", " with ", " vs. ", " vs ", " x "]

    private static func firstJoint(in text: Substring) -> Range<Substring.Index>? {
        guard text.utf8.contains(0x20) else { return nil }
        let bytes = text.utf8
        var start = bytes.startIndex
        while let blank = bytes[start...].firstIndex(of: 0x20) {
            start = bytes.index(after: blank)
            // Every joint begins with one of f, w, v, x.
            guard blank > bytes.startIndex, start < bytes.endIndex,
                [0x66, 0x77, 0x76, 0x78].contains(bytes[start] | 0x20)
            else { continue }
            let rest = bytes[blank...].lazy.map { (0x41...0x5A).contains($0) ? $0 + 32 : $0 }
            for joint in joints where rest.starts(with: joint.utf8) {
                return blank..<bytes.index(blank, offsetBy: joint.utf8.count)
            }
        }
        return nil
    }
}
