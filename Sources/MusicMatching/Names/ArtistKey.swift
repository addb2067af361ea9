import TextCoding

/// Names of artists as `song_artists` keeps them: equal for "The Beatles" and "beatles", "Destiny's Child" and
/// "Destinys Child", "AC/DC" and "ACDC", "MØ" and "Mo", "Simon & Garfunkel" and "Simon and Garfunkel".
enum ArtistKey {
    /// The name as `NameKey` folds it, without "the" at its beginning, "and", and blanks. Empty for blank names only.
    static func key(_ name: String) -> String {
        var words = NameKey.fold(name).split(separator: " ")
        // "!!!" has no letters.
        if words.isEmpty { return trimmed(name[...]).lowercased() }
        if words.count > 1, words[0] == "the" { words.removeFirst() }
        let telling = words.filter { $0 != "and" }
        return (telling.isEmpty ? words : telling).joined(separator: "")
    }

    /// Who sings songs of which nobody says who does. They have nothing in common, so this is no artist's name: it has no
    /// keys.
    static let unknown = "Unknown artist"

    private static let unknownKey = key(unknown)

    static func isUnknown(_ name: String) -> Bool { key(name) == unknownKey }

    /// Everybody credited on a song, and the credit as a whole: "Simon & Garfunkel" is two names, or one.
    static func keys(of credit: String) -> [String] {
        var keys: [String] = []
        for name in NameKey.artists(credit) + [credit] {
            let key = key(name)
            if !key.isEmpty, key != unknownKey, !keys.contains(key) { keys.append(key) }
        }
        return keys
    }

    /// Who is credited first.
    static func first(of credit: String) -> String {
        let key = key(NameKey.artist(credit))
        return key == unknownKey ? "" : key
    }
}
