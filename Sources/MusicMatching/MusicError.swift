/// What can go wrong around songs. The description is one clear line.
public enum MusicError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The database cannot be opened, read or written.
    case database(path: String, reason: String)
    /// The database's server cannot be reached, does not let the user in, or does not answer.
    case unreachable(path: String, reason: String)
    /// Another process kept the database locked for longer than was waited.
    case busy(path: String)
    /// The database was written by a newer program.
    case newerSchema(path: String, found: Int, known: Int)
    /// A list of songs, a schedule or a mood map that cannot be used as a whole.
    case badFile(path: String, reason: String)
    /// A table that does not say which of its columns hold titles and artists.
    case unknownColumns(path: String, reason: String)
    /// A line of a file that cannot be used.
    case badLine(path: String, line: Int, reason: String)
    /// No song answers to what the user named.
    case noSuchSong(String)
    /// No playlist has this name.
    case noSuchPlaylist(String)
    /// Nobody in the catalogue is called like this.
    case noSuchArtist(String, nearest: String?)
    /// More than one song answers to what the user named.
    case ambiguousSong(String, matches: [String])

    public var description: String {
        switch self {
        case .database(let path, let reason), .unreachable(let path, let reason), .badFile(let path, let reason),
            .unknownColumns(let path, let reason):
            return "\(path): \(reason)"
        case .busy(let path): return "\(path): another process is writing; try again when it is done"
        case .newerSchema(let path, let found, let known):
            return "\(path): written by a newer fermusic (schema \(found), this one knows up to \(known))"
        case .badLine(let path, let line, let reason): return "\(path): line \(line): \(reason)"
        case .noSuchSong(let text): return "no song '\(text)' in the catalogue"
        case .noSuchPlaylist(let name): return "no playlist '\(name)' in the catalogue"
        case .noSuchArtist(let text, let nearest):
            return "no songs by '\(text)'" + (nearest.map { "; did you mean '\($0)'?" } ?? "")
        case .ambiguousSong(let text, let matches):
            return "'\(text)' could be \(matches.joined(separator: ", ")); give the number"
        }
    }
}
