/// What a title says about how it was recorded, to tell a song from its imitations and versions.
struct RecordingKind: Equatable {
    /// Words of imitations: never what somebody means who did not say so.
    var imitations: Set<String>
    /// Words of other versions by the same artist.
    var versions: Set<String>

    /// - Parameter texts: title, album, names of artists.
    init(_ texts: [String]) {
        let folded = texts.map { NameKey.fold($0) }
        // Scripts without blanks between words are looked through as they are.
        let raw = texts.map { $0.lowercased() }
        func found(_ words: [String]) -> Set<String> {
            Set(
                words.filter { word in
                    word.utf8.allSatisfy { $0 < 0x80 }
                        ? folded.contains { NameSimilarity.holds($0, phrase: word) }
                        : raw.contains { RecordingKind.contains($0, word) }
                })
        }
        imitations = found(RecordingKind.imitationWords)
        versions = found(RecordingKind.versionWords)
    }

    /// Folded as `NameKey.fold` does; other scripts in lower case.
    private static let imitationWords = [
        "karaoke", "tribute", "tributo", "made famous", "made popular", "in the style of", "originally performed",
        "originally by", "cover", "covers", "covered by", "cover version", "coverversion", "backing track",
        "backing version", "instrumental", "instrumental version", "playback", "sing along", "singalong", "8 bit",
        "8bit", "lullaby", "lullabies", "ringtone", "nightcore", "sped up", "speed up", "slowed", "slowed reverb",
        "8d", "8d audio", "parody", "music box", "workout mix", "workout", "reaction", "tutorial", "lesson",
        "how to play", "type beat", "drumless", "minus one", "medley", "ameritz", "party tyme", "as performed by",
        "カラオケ", "カバー", "オルゴール", "노래방", "커버", "伴奏", "翻唱", "караоке", "кавер",
    ]

    private static let versionWords = [
        "live", "en vivo", "ao vivo", "en directo", "en concert", "in concert", "concert", "unplugged", "remix",
        "rmx", "remixed", "acoustic", "acustico", "acustica", "acoustique", "demo", "reprise", "mashup", "orchestral",
        "symphonic", "piano version", "piano", "rehearsal", "session", "sessions", "extended", "extended mix", "dub",
        "club mix", "a cappella", "acapella", "acappella", "lofi", "lo fi", "unreleased", "alternate",
        "alternative version", "edit", "bootleg", "vip mix", "spanish version", "english version", "hindi version",
        "female version", "male version", "sad version", "ライブ", "라이브", "현장",
    ]

    private static func contains(_ text: String, _ word: String) -> Bool {
        let bytes = Array(text.utf8), needle = Array(word.utf8)
        guard bytes.count >= needle.count else { return false }
        return (0...bytes.count - needle.count).contains { bytes[$0...].starts(with: needle) }
    }
}
