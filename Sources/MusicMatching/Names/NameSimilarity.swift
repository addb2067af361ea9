/// How much alike two names are, 0 to 1.
enum NameSimilarity {
    /// One minus the share of letters that must be changed (Levenshtein); blanks don't count, since some write
    /// "wake me up" in one word. For names that `NameKey` made comparable.
    static func ratio(_ a: String, _ b: String) -> Double {
        if a == b { return a.isEmpty ? 0 : 1 }
        // Longer ones are no names, and the cost grows with the product.
        let first = a.unicodeScalars.filter { $0 != " " }.prefix(120).map { $0.value }
        let second = b.unicodeScalars.filter { $0 != " " }.prefix(120).map { $0.value }
        let longest = max(first.count, second.count)
        guard min(first.count, second.count) > 0 else { return 0 }
        return 1 - Double(distance(first, second)) / Double(longest)
    }

    private static func distance(_ a: [UInt32], _ b: [UInt32]) -> Int {
        var row = Array(0...b.count)
        for (i, letter) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in b.enumerated() {
                let above = row[j + 1]
                row[j + 1] = min(above + 1, row[j] + 1, diagonal + (letter == other ? 0 : 1))
                diagonal = above
            }
        }
        return row[b.count]
    }

    /// Whether all words of a name come in a text, in any order.
    static func holds(_ text: String, wordsOf name: String) -> Bool {
        let words = Set(text.split(separator: " "))
        let wanted = name.split(separator: " ")
        return !wanted.isEmpty && wanted.allSatisfy { words.contains($0) }
    }

    /// The words of `phrase` one behind the other.
    static func holds(_ text: String, phrase: String) -> Bool {
        let padded = Array(" \(text) ".utf8), needle = Array(" \(phrase) ".utf8)
        guard padded.count >= needle.count else { return false }
        return (0...padded.count - needle.count).contains { padded[$0...].starts(with: needle) }
    }
}
