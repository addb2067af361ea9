import Files

/// Which files are music.
public enum MusicFile {
    /// By what their names end with: what FFmpeg reads and people keep music in, with the media type.
    static let types: [String: String] = [
        "mp3": "audio/mpeg", "mp2": "audio/mpeg", "flac": "audio/flac", "ogg": "audio/ogg", "oga": "audio/ogg",
        "opus": "audio/ogg", "spx": "audio/ogg", "m4a": "audio/mp4", "m4b": "audio/mp4", "alac": "audio/mp4",
        // What is protected plays nowhere.
        "m4p": "audio/x-m4p", "aac": "audio/aac", "wav": "audio/wav", "aif": "audio/aiff", "aiff": "audio/aiff",
        "aifc": "audio/aiff", "wma": "audio/x-ms-wma", "ape": "audio/x-ape", "wv": "audio/x-wavpack",
        "mpc": "audio/x-musepack", "tta": "audio/x-tta", "dsf": "audio/x-dsf", "caf": "audio/x-caf",
    ]

    /// Whether a path is that of music, by its name. Names that begin with a dot are other programs' notes.
    public static func isOne(_ path: String) -> Bool { type(of: path) != nil }

    /// The media type of a file of music, by its name; `nil` if it is none.
    static func type(of path: String) -> String? {
        let name = path.lastPathPart
        guard !name.hasPrefix("."), let dot = name.utf8.lastIndex(of: 0x2E) else { return nil }
        return types[name[name.utf8.index(after: dot)...].lowercased()]
    }
}
