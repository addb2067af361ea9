import Emotions
import TextCoding

/// How a list of songs is read.
public struct ImportOptions: Sendable {
    /// The language of songs for which the list gives none.
    public var language: Language?
    /// What all the songs suit; otherwise the file's name may say it ("sad.csv").
    public var emotion: Emotion?
    /// The name of a playlist, for features that are not given if it tells a mood; otherwise the file's name may.
    public var playlist: String?
    /// What the columns of a table hold, in order, where its first row does not say: "title", "artist", "" for others.
    public var columns: [String]?
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
        /// Entries of playlists are counted from 1.
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
    /// Fields that could not be used of songs that could, and the first thousand of them.
    public var badFields = 0
    public var fieldProblems: [BadRow] = []
    /// What is wrong with parts of the list that were passed over, such as members of an archive.
    public var notes: [String] = []
    /// Entries that are files of which the catalogue knows.
    public var matchedFiles = 0

    /// Rows that name a song.
    public var songs: Int { added + merged + unchanged }

    /// Why nothing could be taken; `nil` if something was.
    public var failure: String? {
        guard songs == 0 else { return nil }
        if badRows == 0 { return "there are no songs in it" }
        return badRows == 1 ? "its only row could not be used" : "none of its \(badRows) rows could be used"
    }

    mutating func count(_ result: AddResult) {
        switch result {
        case .added: added += 1
        case .merged: merged += 1
        case .unchanged: unchanged += 1
        }
    }

    mutating func noteRow(row: Int, _ reason: String) {
        badRows += 1
        if problems.count < 1000 { problems.append(BadRow(row: row, reason: reason)) }
    }

    mutating func noteField(row: Int, _ reason: String) {
        badFields += 1
        if fieldProblems.count < 1000 { fieldProblems.append(BadRow(row: row, reason: reason)) }
    }
}
