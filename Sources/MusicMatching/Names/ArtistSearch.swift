import TextCoding

/// Artists for somebody who is typing a name.
struct ArtistSearch {
    private let wanted: [Substring]
    private var counts: [String: (name: String, songs: Int)] = [:]

    init(_ text: String) { wanted = NameKey.fold(text).split(separator: " ") }

    /// Notes those credited on a song whose names have words that begin like all that was typed.
    mutating func look(at credit: String) {
        if wanted.isEmpty { return }
        for part in credit.split(separator: ",") {
            let name = String(trimmed(part))
            let key = NameKey.fold(name)
            let words = key.split(separator: " ")
            guard wanted.allSatisfy({ beginning in words.contains { $0.hasPrefix(beginning) } }) else { continue }
            counts[key, default: (name, 0)].songs += 1
        }
    }

    /// Those with most songs first.
    func found(_ limit: Int) -> [(name: String, songs: Int)] {
        let ordered = counts.values.sorted { $0.songs != $1.songs ? $0.songs > $1.songs : $0.name < $1.name }
        return Array(ordered.prefix(limit))
    }
}
