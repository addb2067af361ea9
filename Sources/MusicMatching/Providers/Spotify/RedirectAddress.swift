/// Where Spotify sends the browser after a login: an address of this very machine.
package struct RedirectAddress: Sendable, Equatable {
    static let usual = "http://127.0.0.1:8888/callback"

    /// As the app lists it.
    package let registered: String
    /// Without brackets; `nil` if the browser ends elsewhere, and its address must be pasted.
    package let host: String?
    /// `nil` if any will do.
    package let port: UInt16?
    /// With its slash.
    package let path: String

    /// What `SPOTIFY_REDIRECT_URI` says, or the usual. Throws `ProviderError`.
    init(_ credentials: Credentials) throws(ProviderError) {
        try self.init(credentials.text(.spotifyRedirectURI) ?? RedirectAddress.usual)
    }

    /// Throws `ProviderError`.
    package init(_ text: String) throws(ProviderError) {
        registered = text
        let hint = "use \(RedirectAddress.usual), in SPOTIFY_REDIRECT_URI and in the app's settings"
        guard let authority = WebAddress.authority(text), let host = WebAddress.host(text), !text.contains("#") else {
            throw ProviderError(.spotify, .wrongRedirect, "'\(ServiceJSON.words(text))' is no address; \(hint)")
        }
        let start = text.utf8.count - text.drop { $0 != ":" }.dropFirst(3).utf8.count + authority.utf8.count
        let rest = String(decoding: text.utf8.dropFirst(start), as: UTF8.self)
        path = rest.isEmpty ? "/" : String(rest.prefix { $0 != "?" })
        if WebAddress.isSecure(text) {
            self.host = nil
            port = nil
            return
        }
        guard host != "localhost" else {
            throw ProviderError(.spotify, .wrongRedirect, "Spotify no longer accepts 'localhost'; \(hint)")
        }
        guard WebAddress.isPlainLoopback(text) else {
            throw ProviderError(.spotify, .wrongRedirect, "plain http is only accepted to 127.0.0.1; \(hint)")
        }
        let after = authority.dropFirst(host.utf8.count)
        if after.isEmpty {
            port = nil
        } else {
            guard let number = UInt16(after.dropFirst()), number > 0 else {
                throw ProviderError(.spotify, .wrongRedirect, "'\(after.dropFirst())' is no port; \(hint)")
            }
            port = number
        }
        self.host = host == "[::1]" ? "::1" : host
    }

    /// With the port that was found.
    package func address(port actual: UInt16) -> String {
        guard let host, port == nil else { return registered }
        return "http://\(host.contains(":") ? "[\(host)]" : host):\(actual)\(path == "/" ? "" : path)"
    }
}
