/// What ranking looks at beside mood, labels and language, as one number, so that an index can hold it: decade, length,
/// families of genres, whether a song is the listener's own, whether it is explicit, whether it gives heart.
struct SongTraits: Equatable, Sendable {
    let rawValue: StoredInt

    init(rawValue: StoredInt) { self.rawValue = rawValue }

    /// - Parameter seconds: how long it is; what is longer than an hour counts as that.
    init(year: Int?, genres: [String], seconds: Int?, isOwn: Bool, isExplicit: Bool, isHeartening: Bool) {
        let decade = StoredInt(year.map { min(max(($0 / 10) - 189, 1), 15) } ?? 0)
        let length = StoredInt(min(max(seconds ?? 0, 0), 4095))
        rawValue =
            decade | (isOwn ? SongTraits.own : 0) | (isExplicit ? SongTraits.explicit : 0)
            | (isHeartening ? SongTraits.heartening : 0)
            | length << 8 | StoredInt(GenreFamilies(genres).rawValue) << 24
    }

    /// The bits of songs that are the listener's own, of explicit ones, and of those with a heartening theme.
    static let own: StoredInt = 1 << 4
    static let explicit: StoredInt = 1 << 5
    static let heartening: StoredInt = 1 << 6

    /// Themes of songs that are a hand on the shoulder.
    static let hearteningThemes = ["courage", "comfort", "hope"]
    static func isHeartening(_ themes: [String]) -> Bool { themes.contains(where: hearteningThemes.contains) }

    /// The first year of the decade, from 1900 to 2040; `nil` if it is not known.
    var decade: Int? {
        let number = Int(rawValue & 15)
        return number == 0 ? nil : 1890 + number * 10
    }
    var isOwn: Bool { rawValue & SongTraits.own != 0 }
    var isExplicit: Bool { rawValue & SongTraits.explicit != 0 }
    var isHeartening: Bool { rawValue & SongTraits.heartening != 0 }
    var seconds: Int? {
        let seconds = Int(rawValue >> 8 & 4095)
        return seconds == 0 ? nil : seconds
    }
    var families: GenreFamilies { GenreFamilies(rawValue: Int(rawValue >> 24)) }
}
