import Emotions
import Files
import Glibc
import JSON
import MusicMatching
import Terminal
import TextCoding
import Threads

/// Options that the verbs about songs share, and what they become.
enum MusicOptions {
    static let catalogue = Option<Path?>(
        "catalogue",
        help: "The catalogue's database instead of the one in ~/.local/share/fermusic: a file, or postgresql://...")
    static let moodMap = Option<Path?>(
        "mood-map", help: "Changes to the mood map instead of those in ~/.config/fermusic/mood-map.conf.")
    static let jsonLines = Flag("json", help: "Print JSON for programs to read: one object per line.")

    /// Opens the catalogue the user means; on first use it is made from the built-in songs. One that was named is
    /// made with a word, since the name may be mistyped, and only in a folder that exists.
    static func openCatalogue(_ arguments: Arguments, _ console: Console? = nil) throws -> Catalogue {
        let map = try readMoodMap(arguments)
        let path = place(arguments)
        let isNew = try isNewByName(arguments)
        if let given = arguments[catalogue]?.string, Catalogue.holdsPassword(given), let console { try warn(console) }
        let opened = try Catalogue(path, builtIn: builtInSongs, moodMap: map)
        if isNew { try console?.errors.line("note: \(printable(path)) is new, with the built-in songs") }
        return opened
    }

    /// Servers open several connections.
    private static let hasWarned = Guarded(false)

    private static func warn(_ console: Console) throws {
        let isFirst = hasWarned.withLock { warned in
            defer { warned = true }
            return !warned
        }
        if !isFirst { return }
        try console.errors.line(
            "note: others on this machine can see the password in the list of processes; FERMUSIC_CATALOGUE, PGPASSWORD "
                + "or ~/.pgpass keep it to you")
    }

    /// What the user names, or `FERMUSIC_CATALOGUE` in the environment or the file of credentials, where other users of the
    /// computer do not see an address with its password; else the usual file.
    static func place(_ arguments: Arguments) -> String { named(arguments) ?? Catalogue.standardPath }

    private static func named(_ arguments: Arguments) -> String? {
        arguments[catalogue]?.string ?? Credentials.read().catalogue
    }

    /// Whether the user named a catalogue that does not exist yet. Throws `MusicError.database` if its folder does
    /// not either.
    static func isNewByName(_ arguments: Arguments) throws -> Bool {
        guard let path = named(arguments), !Catalogue.isAddress(path), access(path.cPath, F_OK) != 0 else {
            return false
        }
        guard access(path.parentFolder.cPath, F_OK) == 0 else {
            throw MusicError.database(path: path, reason: "there is no folder \(path.parentFolder)")
        }
        return true
    }

    /// Opens the catalogue, or one in memory with the built-in songs where the file cannot be used: songs come in any
    /// case, and the user is told why they are not his own.
    static func openCatalogueOrBuiltIn(_ arguments: Arguments, _ console: Console) throws -> Catalogue {
        try withCatalogueOrBuiltIn(arguments, console) { $0 }
    }

    /// What `body` makes of the catalogue, or else of the one in memory: a file may be damaged where only `body` looks.
    static func withCatalogueOrBuiltIn<R>(
        _ arguments: Arguments, _ console: Console, _ body: (Catalogue) throws -> R
    ) throws -> R {
        do {
            return try body(openCatalogue(arguments, console))
        } catch let error as MusicError {
            // What the user named himself must be right.
            guard named(arguments) == nil, let songs = builtInSongs else { throw error }
            switch error {
            case .database, .busy, .newerSchema: break
            default: throw error
            }
            try console.errors.line("warning: \(printable(Remedies.text(error))); using the built-in songs only")
            return try body(Catalogue(":memory:", builtIn: songs, moodMap: readMoodMap(arguments)))
        }
    }

    /// The built-in songs alone, in memory.
    static func builtIn(_ arguments: Arguments) throws -> Catalogue {
        guard let songs = builtInSongs else {
            throw MusicError.badFile(path: "songs.csv", reason: "was not found beside the program")
        }
        return try Catalogue(":memory:", builtIn: songs, moodMap: readMoodMap(arguments))
    }

    static func readMoodMap(_ arguments: Arguments) throws -> MoodMap {
        if let given = arguments[moodMap] { return try MoodMap(overriddenBy: given.string) }
        return try usualMoodMap()
    }

    /// The documented map with the user's own changes. Throws what reading those throws.
    static func usualMoodMap() throws -> MoodMap {
        let usual = UserFolder.configuration + "/mood-map.conf"
        return access(usual.cPath, F_OK) == 0 ? try MoodMap(overriddenBy: usual) : .standard
    }

    /// What the user most likely understands: the language of the locale, and English; nothing where the system does not
    /// say.
    static var usualLanguages: [Language] {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].compactMap { environmentValue($0) }.first { !$0.isEmpty }
        let code = locale.map { String($0.prefix { $0.isLetter }) } ?? ""
        let own = code == "C" || code == "POSIX" ? nil : Language(code)
        return own.map { [$0, Language("en")].compactMap { $0 } } ?? []
    }

    static var builtInSongs: String? { ProgramFile.path("songs.csv", checkoutFolder: "Datasets") }
}

/// A language as a word of the command line.
struct LanguageWord: ArgumentValue {
    let language: Language

    init?(argument: String) {
        guard let language = Language(argument) else { return nil }
        self.language = language
    }

    var argumentText: String { language.name.lowercased() }
    static var placeholder: String { "language" }
    static var expectation: String { "a language such as hindi or hi" }
    static var completion: Completion { .words(Language.known.map { $0.name.lowercased() }) }
}

/// One emotion, or several with their weights: `sad`, `happy=0.6,surprise=0.4`.
struct EmotionWord: ArgumentValue {
    let vector: EmotionVector

    init?(argument: String) {
        guard let vector = EmotionVector(feelings: argument) else { return nil }
        self.vector = vector
    }

    var argumentText: String { vector.text }
    static var placeholder: String { "emotion" }
    static var expectation: String { EmotionVector.expectation }
    static var completion: Completion { .words(Emotion.allCases.map(\.name)) }

    static func suggestion(for text: String) -> String? {
        let parts = text.split(separator: ",").map { part -> String? in
            let pieces = part.split(separator: "=", maxSplits: 1)
            guard let word = pieces.first?.trimmingBlanks else { return nil }
            let near = nearest(to: word, in: Emotion.allCases.map(\.name)) ?? nearest(to: word, in: FeelingWords.words)
            let name = FeelingWords.vector(word) != nil ? word : near
            return name.map { ([$0] + pieces.dropFirst().map(\.trimmingBlanks)).joined(separator: "=") }
        }
        let better = parts.compactMap { $0 }
        return better.count == parts.count && !better.isEmpty && Self(argument: better.joined(separator: ",")) != nil
            ? better.joined(separator: ",") : nil
    }
}

extension MoodMode: ArgumentChoice {}
extension Opinion: ArgumentChoice {}
extension Purgeable: ArgumentChoice {}
extension Weekday: ArgumentChoice {}

/// How songs are shown.
enum SongText {
    /// Text from a catalogue in one line of a terminal: nothing in it moves the cursor, and it ends.
    static func line(_ text: String, limit: Int = 120) -> String {
        let safe = printable(text)
        guard safe.unicodeScalars.count > limit else { return safe }
        var shortened = String.UnicodeScalarView(safe.unicodeScalars.prefix(limit - 1))
        shortened.append("…")
        return String(shortened)
    }

    /// "Title - Artist (Album, 1999)"
    static func title(_ song: Song) -> String {
        let album = song.album.isEmpty || song.album == song.title ? nil : line(song.album, limit: 60)
        let about = [album, song.year.map(String.init)].compactMap { $0 }.joined(separator: ", ")
        return "\(line(song.title)) - \(line(song.artist, limit: 80))" + (about.isEmpty ? "" : " (\(about))")
    }

    /// JSON in one line; characters that could harm a terminal are escaped, which JSON allows in any string.
    static func jsonLine(_ value: JSONValue) -> String {
        var result = ""
        for scalar in value.text().unicodeScalars {
            if scalar.value >= 0x7F, printable(String(scalar)) != String(scalar) {
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
