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

    /// Whether it is the address of such a database, and not of something else.
    let isKnown: Bool

    /// Whether a place is an address, of whatever kind, rather than a file.
    static func isOne(_ place: String) -> Bool {
        guard let scheme = place[...].firstPlace(of: "://").map({ place[..<$0.lowerBound] }) else { return false }
        return !scheme.isEmpty && scheme.utf8.allSatisfy { (0x61...0x7A).contains($0 | 0x20) }
    }

    init(_ text: String) {
        // Schemes know no case (RFC 3986, section 3.1), but libpq does.
        let (scheme, behind) = PostgreSQLAddress.parts(text)
        isKnown = ["postgresql://", "postgres://"].contains(scheme)
        self.text = Secret(scheme + behind)
        var passwords: [String] = []
        var rest = behind[...]
        var settings: Substring = ""
        if let mark = rest.utf8.firstIndex(of: UInt8(ascii: "?")) {
            settings = rest[rest.index(after: mark)...]
            rest = rest[..<mark]
        }
        // By bytes: what is an accent on a colon would hide a password. One may hold "/" or "@" that should have been written as %2F and %40.
        if let at = rest.utf8.lastIndex(of: UInt8(ascii: "@")) {
            let user = rest[..<at]
            if let colon = user.utf8.firstIndex(of: UInt8(ascii: ":")) {
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

    private static func parts(_ text: String) -> (scheme: String, rest: String) {
        guard let end = text[...].firstPlace(of: "://")?.upperBound else { return ("", text) }
        return (text[..<end].lowercased(), String(text[end...]))
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
