/// Which songs may come at all. An empty filter admits every song.
public struct SongFilter: Sendable, Equatable {
    /// Only songs of one of these genres: "metal" is also "heavy metal". Any if empty.
    public var genres: [String] = []
    /// Only songs of these decades, by their first year. Any if empty.
    public var decades: Set<Int> = []
    /// No songs that are known to be explicit.
    public var isClean = false
    /// Only songs that last as many seconds; those whose length is not known stay away.
    public var seconds: ClosedRange<Int>?
    /// Only the listener's own: songs of lists and files that were imported.
    public var isOwn = false

    public init() {}

    public var isEmpty: Bool { self == SongFilter() }

    /// The year in which a decade begins: "90s", "1990s", "1990", "the 80s", "2020er", "'60s". `nil` for anything else.
    public static func decade(_ text: String) -> Int? {
        let digits = text.unicodeScalars.filter { (0x30...0x39).contains($0.value) }
        let others = text.unicodeScalars.filter { !(0x30...0x39).contains($0.value) && $0.properties.isAlphabetic }
        let rest = String(String.UnicodeScalarView(others)).lowercased()
        guard ["", "s", "er", "the", "thes", "years", "años", "anos", "an", "tahunan", "es"].contains(rest),
            let number = Int(String(String.UnicodeScalarView(digits)))
        else { return nil }
        switch (digits.count, number) {
        case (2, 30...99) where number % 10 == 0: return 1900 + number
        case (2, 0...29) where number % 10 == 0: return 2000 + number
        case (4, 1900...2049) where number % 10 == 0 || rest.isEmpty: return number / 10 * 10
        default: return nil
        }
    }

    /// Minutes at most ("4", "3:30"), or from and to ("3-5", "-4", "10-"), as seconds. `nil` for anything else.
    public static func length(_ text: String) -> ClosedRange<Int>? {
        func seconds(_ part: Substring) -> Int? {
            let pieces = part.split(separator: ":", omittingEmptySubsequences: false)
            guard pieces.count <= 2, let minutes = Double(pieces[0]), minutes >= 0, minutes <= 1000 else { return nil }
            if pieces.count == 1 { return Int(minutes * 60) }
            guard let rest = Int(pieces[1]), (0..<60).contains(rest), minutes == minutes.rounded() else { return nil }
            return Int(minutes) * 60 + rest
        }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count <= 2, text.contains(where: { $0.isNumber }) else { return nil }
        let from = parts.count == 2 && !parts[0].isEmpty ? seconds(parts[0]) : 1
        let to = parts[parts.count - 1].isEmpty ? 60_000 : seconds(parts[parts.count - 1])
        guard let from, let to, from <= to, to > 0 else { return nil }
        return from...to
    }

    /// Genres that stand for many others, such as rock and latin.
    public static var genreFamilies: [String] { GenreFamilies.names }

    /// What can be said by the traits alone; `nil` if the names of the song's genres must be looked at.
    func admits(_ traits: SongTraits) -> Bool? {
        if isOwn, !traits.isOwn { return false }
        if isClean, traits.isExplicit { return false }
        if !decades.isEmpty, !(traits.decade.map(decades.contains) ?? false) { return false }
        if let seconds, !(traits.seconds.map(seconds.contains) ?? false) { return false }
        if genres.isEmpty || !families.isDisjoint(with: traits.families) { return true }
        let isOfNone = others.allSatisfy { !$0.isEmpty && $0.isDisjoint(with: traits.families) }
        return isOfNone ? false : nil
    }

    /// The families that genres asked for are the names of: "rock" is also "grunge".
    private var families: GenreFamilies {
        genres.reduce(into: []) { if let family = GenreFamilies(name: $1) { $0.formUnion(family) } }
    }

    /// The families of the other genres: a song of none of them need not be looked at, unless it has none.
    private var others: [GenreFamilies] {
        genres.filter { GenreFamilies(name: $0) == nil }.map { GenreFamilies(genre: $0) }
    }

    /// Whether one of a song's genres is one of those asked for, or has its words in it.
    func admits(genres known: [String]) -> Bool {
        let known = known.map { NameKey.fold($0) }
        return genres.contains { wanted in
            let wanted = NameKey.fold(wanted), joined = wanted.filter { $0 != " " }
            return known.contains { NameSimilarity.holds($0, phrase: wanted) || $0.filter { $0 != " " } == joined }
        }
    }
}
