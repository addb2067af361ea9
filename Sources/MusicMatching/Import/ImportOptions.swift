import Emotions

/// How a list of songs is read.
public struct ImportOptions: Sendable {
    /// The language of songs for which the list gives none.
    public var language: Language?
    /// What all the songs suit; otherwise the file's name may say it ("sad.csv").
    public var emotion: Emotion?
    /// The name of a playlist, for features that are not given if it tells a mood; otherwise the file's name may.
    public var playlist: String?
    /// Whether features are somebody's judgement rather than measured.
    public var isEditorial = false
    /// Whether it is the list that is part of the program.
    var isBuiltIn = false

    public init() {}
}

/// What an import did.
public struct ImportReport: Sendable {
    /// A row that could not be used, counted as an editor counts lines, and why.
    public struct BadRow: Sendable, Equatable {
        public var row: Int
        public var reason: String
    }

    /// The kind of list, in words.
    public var format = ""
    public var added = 0
    /// Songs that were there and of which something new was learned.
    public var merged = 0
    public var unchanged = 0
    public var badRows = 0
    /// The first thousand of them.
    public var problems: [BadRow] = []

    /// Rows that name a song.
    public var songs: Int { added + merged + unchanged }
}
