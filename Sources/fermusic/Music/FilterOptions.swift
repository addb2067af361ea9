import MusicMatching
import Terminal

/// Which songs may come at all.
enum FilterOptions {
    static let without = Option<CommaSeparated<LanguageWord>?>("without", help: "Languages that never come.")
    static let genres = Option<CommaSeparated<GenreWord>?>(
        "genre", short: "g", help: "Only songs of these genres; metal is also heavy metal.")
    static let decades = Option<CommaSeparated<DecadeWord>?>("decade", help: "Only songs of these decades.")
    static let clean = Flag("clean", help: "No songs that are marked as explicit.")
    static let length = Option<LengthRange?>(
        "length", help: "Only songs that last so many minutes; those of unknown length stay away.")
    static let only = Option<OnlyWord?>("only", help: "Only songs of your own: those you imported.")

    static let all: [any Parameter] = [without, genres, decades, clean, length, only]

    static func filter(_ a: Arguments) -> SongFilter {
        var filter = SongFilter()
        filter.genres = a[genres]?.values.map(\.name) ?? []
        filter.decades = Set(a[decades]?.values.map(\.year) ?? [])
        filter.isClean = a[clean]
        filter.seconds = a[length]?.seconds
        filter.isOwn = a[only] != nil
        return filter
    }
}

/// What `--only` can be.
enum OnlyWord: String, ArgumentChoice { case mine }

/// A genre in any words.
struct GenreWord: ArgumentValue {
    let name: String

    init?(argument: String) {
        guard !argument.isEmpty, argument.utf8.count <= 100 else { return nil }
        name = argument
    }

    var argumentText: String { name }
    static var placeholder: String { "genre" }
    static var expectation: String { "a genre such as metal or bossa nova" }
    static var completion: Completion { .words(SongFilter.genreFamilies) }
    static func suggestion(for text: String) -> String? { nil }
}

/// A decade as people write it.
struct DecadeWord: ArgumentValue {
    let year: Int

    init?(argument: String) {
        guard let year = SongFilter.decade(argument) else { return nil }
        self.year = year
    }

    var argumentText: String { "\(year)s" }
    static var placeholder: String { "decade" }
    static var expectation: String { "a decade such as 90s, 1990s or 2020s" }
    static var completion: Completion { .words((195...202).map { "\($0)0s" }) }
    static func suggestion(for text: String) -> String? { nil }
}

/// Minutes from and to: `3-5`, `-4`, `10-`, or up to: `4`.
struct LengthRange: ArgumentValue {
    let seconds: ClosedRange<Int>
    private let text: String

    init?(argument: String) {
        guard let seconds = SongFilter.length(argument) else { return nil }
        self.seconds = seconds
        text = argument
    }

    var argumentText: String { text }
    static var placeholder: String { "minutes" }
    static var expectation: String { "minutes at most such as 4, or from and to such as 3-5 or 3:30-5" }
}
