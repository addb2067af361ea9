/// The candidate a user most likely meant, or `nil` when none is close.
///
/// Close means: it starts with the word, or at most a third of its letters (one at least) are wrong.
package func nearest(to word: String, in candidates: [String]) -> String? {
    let wanted = word.lowercased()
    guard !wanted.isEmpty else { return nil }
    var best: (candidate: String, distance: Int)?
    for candidate in candidates {
        let name = candidate.lowercased()
        var distance = editDistance(wanted, name)
        let limit = max(1, min(wanted.count, name.count) / 3)
        if distance > limit {
            guard wanted.count >= 2, name.hasPrefix(wanted) else { continue }
            distance = limit + 1
        }
        if best.map({ distance < $0.distance }) ?? true { best = (candidate, distance) }
    }
    return best?.candidate
}

/// The number of letters to insert, delete, replace or swap with their neighbour to turn `a` into `b`.
///
/// Damerau-Levenshtein distance, optimal string alignment. O(a * b) time, O(b) space.
package func editDistance(_ a: String, _ b: String) -> Int {
    // Beyond this length nobody mistyped a name; bounds the work on hostile input.
    let a = Array(a.prefix(128)), b = Array(b.prefix(128))
    if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in 1...a.count {
        var row = [i] + [Int](repeating: 0, count: b.count)
        for j in 1...b.count {
            let replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
            row[j] = min(replaced, last[j] + 1, row[j - 1] + 1)
            if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                row[j] = min(row[j], beforeLast[j - 2] + 1)
            }
        }
        (beforeLast, last) = (last, row)
    }
    return last[b.count]
}
