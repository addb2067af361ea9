import Files
import Glibc
import MediaFiles

/// What came of writing moods into files.
public struct MoodTagReport: Sendable {
    public var written = 0
    /// Files that had these words already.
    public var same = 0
    /// Files with a mood that somebody else wrote.
    public var foreign = 0
    /// Files of songs of which nothing but guesses is known.
    public var unknown = 0
    public var problems: [LibraryReport.Problem] = []

    public init() {}

    public var files: Int { written + same + foreign + unknown + problems.count }
}

extension Catalogue {
    /// Writes the moods of songs into their files, see `MoodTagWriter`: what people say they suit, and how valence and
    /// energy feel where they are more than a guess from names. A mood that somebody else wrote stays.
    ///
    /// - Parameters:
    ///   - places: folders and files; none for all that were imported.
    ///   - isTrial: only says what would be written.
    ///   - progress: called after each file; what it throws ends the work.
    /// Throws `MusicError`, and what `progress` throws.
    public func writeMoods(
        below places: [String] = [], isTrial: Bool = false, progress: (MoodTagReport) throws -> Void = { _ in }
    ) throws -> MoodTagReport {
        let roots = places.map(Catalogue.absolute)
        let files = try database.rows(
            "SELECT id, path, size, modified, song FROM files WHERE gone IS NULL AND song IS NOT NULL ORDER BY path", []
        ) { (id: $0.integer(0), path: $0.text(1), size: $0.integer(2), modified: $0.integer(3), song: $0.integer(4)) }
        var report = MoodTagReport(), seen: Set<String> = []
        for file in files
        where roots.isEmpty
            || roots.contains(where: { file.path == $0 || file.path.hasPrefix($0.hasSuffix("/") ? $0 : $0 + "/") })
        {
            // A file that symbolic links name too is one.
            if !seen.insert(Catalogue.resolved(file.path)).inserted {
                if !isTrial { try noteChange(of: file.id, at: file.path) }
                continue
            }
            guard let words = Catalogue.moodWords(of: try song(file.song)) else {
                report.unknown += 1
                continue
            }
            do {
                guard let state = FileReading.State(file.path) else { throw FileFailure("is not there any more") }
                guard state.size == file.size, state.modified == file.modified else {
                    throw FileFailure("was changed since it was imported; import it again")
                }
                let tags = try TagReader.read(file.path)
                if tags.mood == words, tags.ownMood == words {
                    report.same += 1
                } else if !tags.mood.isEmpty, tags.mood != tags.ownMood {
                    report.foreign += 1
                } else {
                    if isTrial {
                        try MoodTagWriter.check(words, file.path)
                    } else {
                        try MoodTagWriter.write(words, to: file.path)
                        try noteChange(of: file.id, at: file.path)
                    }
                    report.written += 1
                }
            } catch let failure as FileFailure {
                report.problems.append(.init(path: file.path, reason: failure.reason))
            } catch let error as MediaError {
                report.problems.append(.init(path: file.path, reason: error.reason))
            }
            try progress(report)
        }
        return report
    }

    /// "sad; melancholy"; `nil` if nobody said anything of the song and nothing was measured or heard.
    static func moodWords(of song: Song) -> String? {
        var words = song.emotions.emotions.prefix(3).map(\.name)
        let guessed = [MoodAxis.valence, .energy].filter { song.estimated.contains($0) && !song.heard.contains($0) }
        if guessed.isEmpty { words.append(Reason.feel(of: song)) }
        return words.isEmpty ? nil : words.joined(separator: "; ")
    }

    private static func resolved(_ path: String) -> String {
        guard let pointer = realpath(path.cPath, nil) else { return path }
        defer { free(pointer) }
        return String(pathBytes: pointer)
    }

    /// So that the next import does not take the file for another one.
    private func noteChange(of file: Int, at path: String) throws {
        guard let state = FileReading.State(path) else { return }
        try database.run(
            "UPDATE files SET size = ?, modified = ?, content = ? WHERE id = ?", .integer(state.size),
            .integer(state.modified), .integer(FileReading.content(path, state.size)), .integer(file))
    }
}
