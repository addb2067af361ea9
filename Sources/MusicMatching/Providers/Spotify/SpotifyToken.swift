import Files
import Glibc
import JSON

/// What lets the program act for a listener, or for itself where `refresh` is missing.
struct SpotifyToken: Sendable, Equatable {
    /// The app that it belongs to.
    var clientID: String
    var access: Secret
    /// Seconds since 1970.
    var expires: Int
    var refresh: Secret?
    /// When the listener agreed, in seconds since 1970.
    var authorised = 0
    var scopes: [String] = []

    /// From an answer of the token endpoint; `old` is what it renews.
    init?(_ json: JSONValue, clientID: String, now: Int, renewing old: SpotifyToken? = nil) {
        guard let access = json["access_token"]?.stringValue, SpotifyToken.isPlain(access) else { return nil }
        self.clientID = clientID
        self.access = Secret(access)
        expires = now + max(0, min(json["expires_in"]?.intValue ?? 3600, 86400))
        // Where no new one comes the old one stays good.
        refresh = json["refresh_token"]?.stringValue.map { Secret($0) } ?? old?.refresh
        authorised = old?.authorised ?? now
        scopes = json["scope"]?.stringValue.map { $0.split(separator: " ").map(String.init) } ?? old?.scopes ?? []
    }

    /// It goes into a header.
    private static func isPlain(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 4096 && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    /// Whether it will be good for a while.
    func isFresh(now: Int) -> Bool { now < expires - 60 }

    /// Refreshing works for six months after the listener agreed.
    var loginEnds: Int { authorised + 182 * 86400 }
}

/// Tokens in files that only their owner may read.
extension SpotifyToken {
    /// `nil` if there is none, it is damaged, or it belongs to another app.
    static func read(_ path: String, clientID: String?) -> SpotifyToken? {
        guard let bytes = try? FileBytes.read(path, limit: 64 << 10),
            let json = try? JSONValue(parsing: String(decoding: bytes, as: UTF8.self)),
            let owner = json["client_id"]?.stringValue, clientID == nil || owner == clientID,
            var token = SpotifyToken(json, clientID: owner, now: 0)
        else { return nil }
        token.expires = json["expires"]?.intValue ?? 0
        token.authorised = json["authorised"]?.intValue ?? 0
        return token
    }

    /// Throws `MusicError`.
    func write(_ path: String) throws(MusicError) {
        var fields: [String: JSONValue] = [
            "client_id": .string(clientID), "access_token": .string(access.value), "expires": .int(expires),
            "authorised": .int(authorised), "scope": .string(scopes.joined(separator: " ")),
        ]
        if let refresh { fields["refresh_token"] = .string(refresh.value) }
        do {
            try AtomicFile.replace(path, makesFolders: true, isPrivate: true) { file in
                try file.write(Array(JSONValue.object(fields).text().utf8))
            }
        } catch {
            throw .badFile(path: path, reason: "cannot write: \((error as? FileFailure)?.reason ?? "\(error)")")
        }
    }
}
