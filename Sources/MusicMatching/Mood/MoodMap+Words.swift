extension MoodMap {
    /// The place of the first of these texts that is known: as a whole ("sad"), or else by the longest run of words in
    /// it that is ("heavy metal" knows "metal"), the last of several.
    func point(ofWords texts: [String]) -> MoodPoint? {
        for text in texts {
            let folded = NameKey.fold(text)
            if let point = words[folded] { return point }
            let parts = folded.split(separator: " ").prefix(16)
            for length in stride(from: min(3, parts.count), to: 0, by: -1) {
                for start in stride(from: parts.count - length, through: 0, by: -1) {
                    let run = length == 1 ? String(parts[start]) : parts[start..<start + length].joined(separator: " ")
                    if let point = words[run] { return point }
                }
            }
        }
        return nil
    }
}
