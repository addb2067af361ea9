/// What is known of artists beside their songs: what they mostly play, and what else they are called, in their own script
/// too. `artists.csv` lies beside the built-in list of songs.
struct ArtistTable {
    /// By `ArtistKey`.
    private var genres: [String: String] = [:]
    /// By the keys of their other names.
    private var namesakes: [String: String] = [:]
    /// The keys that mean the same artist, each with all the others.
    private var others: [String: Set<String>] = [:]

    /// Nobody is known.
    init() {}

    /// - Parameter fields: artist, genre, and other names with semicolons between.
    mutating func add(_ fields: [String]) {
        let key = ArtistKey.key(fields[0])
        if key.isEmpty { return }
        if !fields[1].isEmpty { genres[key] = fields[1] }
        if fields[2].isEmpty { return }
        let keys = Set(fields[2].split(separator: ";").map { ArtistKey.key(String($0)) } + [key]).filter { !$0.isEmpty }
        for other in keys {
            others[other, default: []].formUnion(keys)
            // Somebody whose own name it is comes first, before or behind.
            if !fields[1].isEmpty, other != key { namesakes[other] = fields[1] }
        }
    }

    /// What the first artist of a credit mostly plays; `nil` if it is not known.
    func genre(of credit: CreditKeys.Keys) -> String? {
        genres[credit.whole] ?? genres[credit.first] ?? namesakes[credit.whole] ?? namesakes[credit.first]
    }

    /// Whether somebody is known by that key.
    func knows(_ key: String) -> Bool { genres[key] != nil || namesakes[key] != nil || others[key] != nil }

    /// All that have other names.
    var keys: [String] { others.keys.sorted() }

    /// Keys of the same artist's other names.
    func names(of key: String) -> [String] { (others[key] ?? []).subtracting([key]).sorted() }
}
