import Files

/// Which files are music.
public enum MusicFile {
    /// By what their names end with: what FFmpeg reads and people keep music in.
    static let extensions: Set<String> = [
        "mp3", "mp2", "flac", "ogg", "oga", "opus", "m4a", "m4b", "m4p", "aac", "wav", "aif", "aiff", "aifc", "wma",
        "ape", "wv",
        "mpc", "tta", "spx", "dsf", "alac", "caf",
    ]

    /// Whether a path is that of music, by its name. Names that begin with a dot are other programs' notes.
    public static func isOne(_ path: String) -> Bool {
        let name = path.lastPathPart
        guard !name.hasPrefix("."), let dot = name.utf8.lastIndex(of: 0x2E) else { return false }
        return extensions.contains(name[name.utf8.index(after: dot)...].lowercased())
    }
}
