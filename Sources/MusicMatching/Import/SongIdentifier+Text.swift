extension SongIdentifier {
    /// The 22 characters in `spotify:track:ID`, a link to a track, or by themselves.
    public static func spotifyTrack(_ text: String) -> String? {
        var id = text[...]
        if id.utf8.count == 22, id.utf8.allSatisfy(isBase62) { return text }
        guard id.utf8.contains(where: { $0 == 0x3A || $0 == 0x2F }) else { return nil }
        if id.hasPrefix("spotify:track:") {
            id = id.dropFirst(14)
        } else if let place = id.firstRange(ofTrack: "/track/") {
            id = id[place...].prefix { $0 != "?" && $0 != "/" && $0 != "#" }
        }
        return id.utf8.count == 22 && id.utf8.allSatisfy(isBase62) ? String(id) : nil
    }

    private static func isBase62(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    /// Twelve letters and digits, dashes left out.
    public static func isrc(_ text: String) -> String? {
        let code = text.uppercased().filter { $0 != "-" && $0 != " " }
        let isPlain = code.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) }
        return code.utf8.count == 12 && isPlain ? code : nil
    }
}

extension Substring {
    /// Where the text behind the first occurrence begins.
    fileprivate func firstRange(ofTrack pattern: String) -> Index? {
        var index = startIndex
        while index < endIndex {
            if self[index...].hasPrefix(pattern) { return self.index(index, offsetBy: pattern.count) }
            index = self.index(after: index)
        }
        return nil
    }
}
