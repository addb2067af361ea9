import Glibc

/// The user's folders after the XDG base directory specification. `environment` is asked for variables.
public enum UserFolder {
    /// Data that belongs to the user.
    public static var data: String { data(environment: variable) }
    /// Settings.
    public static var configuration: String { folder("XDG_CONFIG_HOME", ".config", variable) }
    /// What can be made again.
    public static var cache: String { folder("XDG_CACHE_HOME", ".cache", variable) }

    package static func data(environment: (String) -> String?) -> String {
        folder("XDG_DATA_HOME", ".local/share", environment)
    }

    private static func variable(_ name: String) -> String? { getenv(name).map { String(pathBytes: $0) } }

    private static func folder(_ name: String, _ fallback: String, _ environment: (String) -> String?) -> String {
        // Relative paths are to be ignored, says the specification.
        if let value = environment(name), value.hasPrefix("/") { return value + "/fermusic" }
        return home(environment) + "/" + fallback + "/fermusic"
    }

    package static var home: String { home(variable) }

    private static func home(_ environment: (String) -> String?) -> String {
        if let value = environment("HOME"), value.hasPrefix("/") { return value }
        if let entry = getpwuid(getuid()), let folder = entry.pointee.pw_dir { return String(pathBytes: folder) }
        return "/"
    }
}
