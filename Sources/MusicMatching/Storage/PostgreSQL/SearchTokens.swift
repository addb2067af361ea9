/// Words as SQLite's search index has them (FTS5, `unicode61 remove_diacritics 2`), so that a search finds the same songs
/// whatever the engine.
///
/// What that makes of a letter beyond ASCII is asked of SQLite itself, once for each.
final class SearchTokens {
    private enum Letter {
        case separator
        /// A mark on the letter before it.
        case dropped
        case letter(String)
    }

    private let index: SQLiteDatabase
    private var letters: [Unicode.Scalar: Letter] = [:]

    init() throws {
        index = try SQLiteDatabase(":memory:")
        try index.execute(
            """
            CREATE VIRTUAL TABLE texts USING fts5(text, tokenize = 'unicode61 remove_diacritics 2');
            CREATE VIRTUAL TABLE tokens USING fts5vocab(texts, instance);
            """)
    }

    /// Longer words are cut: PostgreSQL takes none above 2,046 bytes.
    private static let longest = 500

    func tokens(_ text: String) throws -> [String] {
        var tokens: [String] = [], word = String.UnicodeScalarView()
        func end() {
            if !word.isEmpty { tokens.append(String(String.UnicodeScalarView(word.prefix(SearchTokens.longest)))) }
            word = String.UnicodeScalarView()
        }
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x30...0x39, 0x61...0x7A: word.append(scalar)
            case 0x41...0x5A: word.append(Unicode.Scalar(UInt8(scalar.value) + 32))
            case ..<0x80: end()
            default:
                switch try letter(scalar) {
                case .separator: end()
                case .dropped: break
                case .letter(let folded): word.append(contentsOf: folded.unicodeScalars)
                }
            }
        }
        end()
        return tokens
    }

    private func letter(_ scalar: Unicode.Scalar) throws -> Letter {
        if let known = letters[scalar] { return known }
        try index.run("INSERT INTO texts (rowid, text) VALUES (1, ?)", .text("a\(scalar)b"))
        let found = try index.rows("SELECT term FROM tokens ORDER BY offset") { $0.text(0) }
        try index.run("DELETE FROM texts WHERE rowid = 1")
        let letter: Letter
        switch found.count {
        case 1 where found[0] == "ab": letter = .dropped
        case 1: letter = .letter(String(found[0].dropFirst().dropLast()))
        default: letter = .separator
        }
        letters[scalar] = letter
        return letter
    }

    /// A document of PostgreSQL's, in its text form, and how many words it has.
    func document(title: String, artist: String, album: String) throws -> (text: String, words: Int) {
        var parts: [String] = [], place = 0
        for (field, weight) in [(title, "A"), (artist, "B"), (album, "C")] {
            for token in try tokens(field) {
                place += 1
                parts.append("'\(token)':\(min(place, 16383))\(weight)")
            }
        }
        return (parts.joined(separator: " "), place)
    }
}
