import TextCoding

/// The address of a database: `postgresql://user:password@host:port/name?sslmode=require`, as libpq reads it. What it does
/// not say, libpq takes from the environment (`PGPASSWORD` ...), from `~/.pgpass` and from its service file.
struct PostgreSQLAddress: Sendable {
    /// With the password; never shown.
    let text: Secret
    /// Without password and settings.
    let shown: String
    private let passwords: [String]

    var holdsPassword: Bool { !passwords.isEmpty }

    static func isOne(_ place: String) -> Bool { place.hasPrefix("postgresql://") || place.hasPrefix("postgres://") }

    init(_ text: String) {
        self.text = Secret(text)
        var passwords: [String] = []
        var rest = text[...]
        let scheme = rest.firstPlace(of: "://").map { rest[..<$0.upperBound] } ?? ""
        rest = rest.dropFirst(scheme.count)
        var settings: Substring = ""
        if let mark = rest.firstIndex(of: "?") {
            settings = rest[rest.index(after: mark)...]
            rest = rest[..<mark]
        }
        // A password may hold "/" or "@" that should have been written as %2F and %40.
        if let at = rest.lastIndex(of: "@") {
            let user = rest[..<at]
            if let colon = user.firstIndex(of: ":") {
                passwords.append(String(user[user.index(after: colon)...]))
                shown = String(scheme + user[..<colon] + rest[at...])
            } else {
                shown = String(scheme + rest)
            }
        } else {
            shown = String(scheme + rest)
        }
        for setting in settings.split(separator: "&") {
            let parts = setting.split(separator: "=", maxSplits: 1)
            if parts.count == 2, parts[0].hasSuffix("password") { passwords.append(String(parts[1])) }
        }
        self.passwords = passwords.filter { !$0.isEmpty }
    }

    /// What libpq says, in one line without the password, which it may repeat of an address it cannot read.
    func cleaned(_ message: String) -> String {
        var line = message.split(whereSeparator: { $0.isNewline || $0 == "\t" || $0 == " " }).joined(separator: " ")
        for secret in [text.value] + passwords.asWritten + passwords.map({ WebAddress.decoded($0[...]) }) {
            line = line.split(separator: secret, omittingEmptySubsequences: false).joined(separator: "•••")
        }
        return line
    }
}
