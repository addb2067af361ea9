import TextCoding

/// A language of songs, known by its ISO 639-1 code.
public struct Language: Sendable, Hashable {
    public let code: String
    /// The English name.
    public let name: String

    /// Finds a language by its code (ISO 639-1 or 639-2, also with a country or script: `pt-BR`, `en_US.UTF-8`), by its
    /// English name or its own (`Español`, `Bahasa Indonesia`), in any case and without accents; for codes that are not
    /// in the list the code is the name. `nil` if it is neither a known name nor a code.
    public init?(_ text: String) {
        let folded = NameKey.fold(text)
        let lower = folded.isEmpty ? text.lowercased() : folded
        let start = lower.prefix { $0.isLetter }
        if let known = Language.byWord[lower] ?? Language.byWord[text.lowercased()] {
            self = known
        } else if text.contains("(") || text.contains(where: { "-_".contains($0) }) && !text.contains(" "),
            let known = Language.byWord[String(start)]
        {
            self = known
        } else if lower.utf8.count == 2, lower.utf8.allSatisfy({ (0x61...0x7A).contains($0) }) {
            self.init(code: lower, name: lower)
        } else {
            return nil
        }
    }

    /// What somebody most likely understands: the languages that a browser names, such as `pt-BR` and `hi;q=0.8`, and
    /// English; nothing if it names none.
    public static func usual(_ named: [String]) -> [Language] {
        let known = named.prefix(20).compactMap { Language(String(trimmed($0[...]).prefix { $0.isLetter })) }
        return known.isEmpty ? [] : known + [Language("en")].compactMap { $0 }
    }

    private init(code: String, name: String) {
        self.code = code
        self.name = name
    }

    /// Languages that are known by name.
    public static let known: [Language] = [
        ("af", "Afrikaans"), ("am", "Amharic"), ("ar", "Arabic"), ("az", "Azerbaijani"), ("bg", "Bulgarian"),
        ("bn", "Bengali"), ("bs", "Bosnian"), ("ca", "Catalan"), ("cs", "Czech"), ("cy", "Welsh"), ("da", "Danish"),
        ("de", "German"), ("el", "Greek"), ("en", "English"), ("es", "Spanish"), ("et", "Estonian"),
        ("eu", "Basque"), ("fa", "Persian"), ("fi", "Finnish"), ("fr", "French"), ("ga", "Irish"),
        ("gl", "Galician"), ("gu", "Gujarati"), ("ha", "Hausa"), ("he", "Hebrew"), ("hi", "Hindi"),
        ("hr", "Croatian"), ("ht", "Haitian"), ("hu", "Hungarian"), ("hy", "Armenian"), ("id", "Indonesian"),
        ("ig", "Igbo"), ("is", "Icelandic"), ("it", "Italian"), ("ja", "Japanese"), ("jv", "Javanese"),
        ("ka", "Georgian"), ("kk", "Kazakh"), ("km", "Khmer"), ("kn", "Kannada"), ("ko", "Korean"),
        ("ku", "Kurdish"), ("la", "Latin"), ("ln", "Lingala"), ("lt", "Lithuanian"), ("lv", "Latvian"),
        ("mk", "Macedonian"), ("ml", "Malayalam"), ("mn", "Mongolian"), ("mr", "Marathi"), ("ms", "Malay"),
        ("my", "Burmese"), ("ne", "Nepali"), ("nl", "Dutch"), ("no", "Norwegian"), ("or", "Odia"),
        ("pa", "Punjabi"), ("pl", "Polish"), ("ps", "Pashto"), ("pt", "Portuguese"), ("ro", "Romanian"),
        ("ru", "Russian"), ("sa", "Sanskrit"), ("si", "Sinhala"), ("sk", "Slovak"), ("sl", "Slovenian"),
        ("so", "Somali"), ("sq", "Albanian"), ("sr", "Serbian"), ("su", "Sundanese"), ("sv", "Swedish"),
        ("sw", "Swahili"), ("ta", "Tamil"), ("te", "Telugu"), ("th", "Thai"), ("tl", "Tagalog"), ("tr", "Turkish"),
        ("uk", "Ukrainian"), ("ur", "Urdu"), ("uz", "Uzbek"), ("vi", "Vietnamese"), ("wo", "Wolof"),
        ("xh", "Xhosa"), ("yi", "Yiddish"), ("yo", "Yoruba"), ("zh", "Chinese"), ("zu", "Zulu"),
    ].map { Language(code: $0.0, name: $0.1) }

    private static let byWord: [String: Language] = {
        var words: [String: Language] = [:]
        for language in known {
            words[language.code] = language
            words[language.name.lowercased()] = language
        }
        for (code, names) in Array(otherNames) + Array(foreignNames) {
            for name in names {
                words[name.lowercased()] = words[code]
                let folded = NameKey.fold(name)
                if !folded.isEmpty { words[folded] = words[code] }
            }
        }
        return words
    }()
}
