/// How much alike two names are, 0 to 1.
enum NameSimilarity {
    /// One minus the share of letters that must be changed (Levenshtein); blanks don't count, since some write
    /// "wake me up" in one word. For names that `NameKey` made comparable.
    ///
    /// - Parameter least: what is surely no more than this is 0, which spares most of the work.
    static func ratio(_ a: String, _ b: String, above least: Double = 0) -> Double {
        if a == b { return a.isEmpty ? 0 : 1 }
        // Longer ones are no names, and the cost grows with the product.
        let first = a.unicodeScalars.filter { $0 != " " }.prefix(120).map { $0.value }
        let second = b.unicodeScalars.filter { $0 != " " }.prefix(120).map { $0.value }
        let longest = max(first.count, second.count)
        let shortest = min(first.count, second.count)
        // Each letter more must be changed.
        guard shortest > 0, Double(shortest) > least * Double(longest) else { return 0 }
        return 1 - Double(distance(first, second)) / Double(longest)
    }

    private static func distance(_ a: [UInt32], _ b: [UInt32]) -> Int {
        withUnsafeTemporaryAllocation(of: Int.self, capacity: b.count + 1) { row in
            for j in 0...b.count { row[j] = j }
            for i in a.indices {
                var diagonal = row[0], left = i + 1
                row[0] = left
                for j in b.indices {
                    let above = row[j + 1]
                    left = min(min(above, left) + 1, diagonal + (a[i] == b[j] ? 0 : 1))
                    row[j + 1] = left
                    diagonal = above
                }
            }
            return row[b.count]
        }
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
