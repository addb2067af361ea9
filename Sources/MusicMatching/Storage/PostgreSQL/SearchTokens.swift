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
        var bytes: [UInt8] = []
        let words = try write(title: title, artist: artist, album: album, to: &bytes)
        return (String(decoding: bytes, as: UTF8.self), words)
    }

    /// Adds a document's text; gives how many words it has.
    func write(title: String, artist: String, album: String, to bytes: inout [UInt8]) throws -> Int {
        var place = 0
        func write(_ text: String, _ weight: UInt8) throws {
            var length = 0
            func end() {
                if length == 0 { return }
                bytes.append(0x27)
                bytes.append(0x3A)
                bytes.add(min(place, 16383))
                bytes.append(weight)
                length = 0
            }
            func begin() {
                if length > 0 { return }
                if place > 0 { bytes.append(0x20) }
                bytes.append(0x27)
                place += 1
            }
            for scalar in text.unicodeScalars {
                let value = scalar.value
                switch value {
                case 0x30...0x39, 0x61...0x7A, 0x41...0x5A:
                    begin()
                    length += 1
                    if length <= SearchTokens.longest {
                        bytes.append(UInt8((0x41...0x5A).contains(value) ? value + 32 : value))
                    }
                case ..<0x80: end()
                default:
                    switch try letter(scalar) {
                    case .separator: end()
                    case .dropped: break
                    case .letter(let folded):
                        for scalar in folded.unicodeScalars {
                            begin()
                            length += 1
                            if length <= SearchTokens.longest { bytes += Array(String(scalar).utf8) }
                        }
                    }
                }
            }
            end()
        }
        try write(title, 0x41)
        try write(artist, 0x42)
        try write(album, 0x43)
        return place
    }
}
