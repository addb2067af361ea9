/// What became of a folder with music.
public struct LibraryReport: Sendable, Equatable {
    /// A file that gave no song, and why.
    public struct Problem: Sendable, Equatable {
        public var path: String
        public var reason: String
    }

    /// Files looked at, of how many.
    public var done = 0
    public var total = 0
    /// Songs the catalogue did not have.
    public var added = 0
    /// Songs of which it knows more now.
    public var merged = 0
    /// Files whose songs it had, with nothing new.
    public var unchanged = 0
    /// Files that have not changed since they were read; they were not opened.
    public var skipped = 0
    /// Files found elsewhere than before.
    public var moved = 0
    /// Files that are no longer there. Their songs stay, with all that is known of them.
    public var gone = 0
    /// Files that were listened to.
    public var heard = 0
    /// Files read now whose songs are by somebody unknown: neither tags nor name say who sings.
    public var nameless = 0
    /// Files that gave no song: those read now, and those that are as they were.
    public var failed = 0
    /// The first thousand of those read now.
    public var problems: [Problem] = []
    /// The first thousand files whose songs are known but could not be listened to, of those read now.
    public var unheard: [Problem] = []
    /// Whether all files were looked at, rather than stopped before.
    public var isWhole = false

    public init() {}

    /// Files that give a song.
    public var songs: Int { added + merged + unchanged + skipped + moved }

    mutating func note(_ path: String, _ reason: String) {
        failed += 1
        if problems.count < 1000 { problems.append(Problem(path: path, reason: reason)) }
    }
}

/// A file of a song.
public struct SongFile: Sendable, Equatable {
    /// Its number in the catalogue.
    public var number: Int
    public var path: String
    /// Milliseconds.
    public var duration: Int?
    /// ReplayGain, in decibels.
    public var trackGain: Double?
    public var albumGain: Double?
    public var hasCover: Bool
    /// When it was missed, in seconds since 1970; `nil` if it is there.
    public var gone: Int?
}

extension Catalogue {
    /// The files of a song, those that are there first. Throws `MusicError`.
    public func files(of song: Int) throws -> [SongFile] {
        try database.rows(
            """
            SELECT path, duration, track_gain, album_gain, has_cover, gone, id FROM files WHERE song = ? \
            ORDER BY gone IS NOT NULL, path
            """, [.integer(song)]
        ) { row in
            SongFile(
                number: row.integer(6), path: row.text(0), duration: row.optionalInteger(1),
                trackGain: row.optionalInteger(2).map { Double($0) / 100 },
                albumGain: row.optionalInteger(3).map { Double($0) / 100 }, hasCover: row.integer(4) != 0,
                gone: row.optionalInteger(5))
        }
    }
}
