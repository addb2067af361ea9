import Files
import Glibc
import TextCoding

/// What the user has agreed with services: from the environment, from `.env` in the current folder, or from
/// `credentials` (or `.env`) in `~/.config/fermusic`, the first that has it.
public struct Credentials: Sendable {
    public enum Name: String, CaseIterable, Sendable {
        case spotifyClientID = "SPOTIFY_CLIENT_ID"
        case spotifyClientSecret = "SPOTIFY_CLIENT_SECRET"
        case spotifyRedirectURI = "SPOTIFY_REDIRECT_URI"
        case spotifyMarket = "SPOTIFY_MARKET"
        case youtubeKey = "YOUTUBE_API_KEY"
        case subsonicUser = "SUBSONIC_USER"
        case subsonicPassword = "SUBSONIC_PASSWORD"
        case subsonicKey = "SUBSONIC_API_KEY"
        case jellyfinKey = "JELLYFIN_API_KEY"
        case jellyfinUser = "JELLYFIN_USER"
        case mpdPassword = "MPD_PASSWORD"
        case listenBrainzToken = "LISTENBRAINZ_TOKEN"
        /// The catalogue's place, where it is an address with a password.
        case catalogue = "FERMUSIC_CATALOGUE"

        /// Whether it must not be shown, or lie where others can read it.
        var isSecret: Bool {
            switch self {
            case .spotifyClientSecret, .youtubeKey, .subsonicPassword, .subsonicKey, .jellyfinKey, .mpdPassword,
                .listenBrainzToken, .catalogue:
                true
            default: false
            }
        }
    }

    private var values: [Name: (value: Secret, place: String)] = [:]
    /// Files with secrets that other users of the computer may read.
    public private(set) var openFiles: [String] = []

    /// Values given by a program. Empty ones count as missing.
    public init(_ values: [Name: String] = [:]) {
        for (name, value) in values { take(name, value, "the program") }
    }

    /// Reads all places. A file that cannot be read is left out.
    public static func read(environment: (String) -> String? = variable) -> Credentials {
        var credentials = Credentials()
        for name in Name.allCases {
            if let value = environment(name.rawValue) { credentials.take(name, value, "the environment") }
        }
        let folder = UserFolder.configuration
        for path in [".env", folder + "/credentials", folder + "/.env"] {
            guard let bytes = try? FileBytes.read(path, limit: 1 << 20) else { continue }
            var tookSecret = false
            for (key, value) in EnvironmentFile.pairs(bytes) {
                guard let name = Name(rawValue: key), credentials.values[name] == nil else { continue }
                credentials.take(name, value, path)
                tookSecret = tookSecret || name.isSecret
            }
            var status = stat()
            if tookSecret, stat(path.cPath, &status) == 0, status.st_mode & 0o077 != 0 {
                credentials.openFiles.append(path)
            }
        }
        return credentials
    }

    private mutating func take(_ name: Name, _ value: String, _ place: String) {
        let value = String(trimmed(value[...]))
        // What holds control characters was damaged, and would damage requests.
        guard !value.isEmpty, value.utf8.count <= 1000, value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            return
        }
        values[name] = (Secret(value), place)
    }

    func text(_ name: Name) -> String? { values[name]?.value.value }

    /// The catalogue that is used where none is named.
    public var catalogue: String? { text(.catalogue) }

    public func has(_ name: Name) -> Bool { values[name] != nil }

    /// Where a value was found, in words; `nil` if nowhere.
    public func place(of name: Name) -> String? { values[name]?.place }

    /// The country whose offers count, two capital letters: `SPOTIFY_MARKET`, or that of the user's locale, or US.
    public var market: String {
        func country(_ text: String) -> String? {
            let upper = text.uppercased()
            return upper.utf8.count == 2 && upper.utf8.allSatisfy { (0x41...0x5A).contains($0) } ? upper : nil
        }
        if let given = text(.spotifyMarket), let code = country(given) { return code }
        for name in ["LC_ALL", "LC_MESSAGES", "LANG"] {
            guard let locale = Credentials.variable(name), let underscore = locale.firstIndex(of: "_") else { continue }
            let rest = locale[locale.index(after: underscore)...]
            if let code = country(String(rest.prefix { $0.isLetter })) { return code }
        }
        return "US"
    }

    /// What must not be shown.
    var secrets: [String] { (Name.allCases.filter(\.isSecret) + [.spotifyClientID]).compactMap { text($0) } }

    public static func variable(_ name: String) -> String? { getenv(name).map { String(pathBytes: $0) } }
}
