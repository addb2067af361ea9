import Glibc
import TextCoding

/// A login: Authorization Code with PKCE (RFC 7636). The listener agrees in a browser, which then comes to an address of
/// this machine with a code.
public final class SpotifyLogin {
    /// What the login asks for: the listener's own playlists, liked songs and most heard ones, saving lists, starting
    /// playback.
    public static let scopes = [
        "playlist-read-private", "playlist-read-collaborative", "playlist-modify-private", "user-modify-playback-state",
        "user-library-read", "user-top-read",
    ]

    /// What the listener opens in a browser.
    public let address: String
    /// What the app must list among its redirect addresses.
    public let redirect: String
    /// Whether the browser can come here by itself; otherwise the address where it ends must be pasted.
    public var listens: Bool { listener != nil }

    private let tokens: SpotifyTokens
    private let clientID: String
    private let verifier: String
    private let state: String
    private let actualRedirect: String
    private let listener: LoopbackListener?
    private let path: String

    /// Throws `ProviderError`.
    init(_ tokens: SpotifyTokens, _ credentials: Credentials, _ addresses: ServiceAddresses) throws(ProviderError) {
        guard let id = credentials.text(.spotifyClientID) else {
            throw ProviderError(
                .spotify, .notSetUp,
                "SPOTIFY_CLIENT_ID is missing; make an app at https://developer.spotify.com/dashboard")
        }
        let target = try RedirectAddress(credentials)
        self.tokens = tokens
        clientID = id
        verifier = Base64.text(SpotifyLogin.randomBytes(48), forAddresses: true)
        state = Base64.text(SpotifyLogin.randomBytes(24), forAddresses: true)
        path = target.path
        redirect = target.registered
        if let host = target.host {
            let listener = try LoopbackListener(host: host, port: target.port ?? 0)
            self.listener = listener
            actualRedirect = target.address(port: listener.port)
        } else {
            listener = nil
            actualRedirect = target.registered
        }
        let challenge = Base64.text(SHA256.digest(Array(verifier.utf8)), forAddresses: true)
        address =
            addresses.spotifyAccounts + "/authorize?"
            + WebAddress.query([
                ("client_id", id), ("response_type", "code"), ("redirect_uri", actualRedirect),
                ("scope", SpotifyLogin.scopes.joined(separator: " ")), ("state", state),
                ("code_challenge_method", "S256"), ("code_challenge", challenge),
            ])
    }

    /// Waits for the browser, or for the address where it ended as a line of `input`, and keeps the login.
    /// Throws `ProviderError`.
    ///
    /// - Parameters:
    ///   - input: a file descriptor that lines can be read from.
    ///   - onProblem: called with a line about each visit that was none of ours.
    public func finish(
        _ limit: CallLimit, input: Int32?, onProblem: (String) -> Void
    ) throws(ProviderError) {
        let visits = LoopbackVisits(listener: listener, input: input)
        while true {
            guard let visit = try visits.next(limit) else {
                if limit.isCancelled { throw ProviderError(.spotify, .cancelled, "cancelled") }
                throw ProviderError(
                    .spotify, .timedOut,
                    "nobody came back from the browser; if it showed 'INVALID_CLIENT: Invalid redirect URI', add "
                        + "\(redirect) to the app's redirect addresses")
            }
            guard visit.isPasted || visit.path == path else {
                visit.answer(404, "Nothing here.")
                continue
            }
            // Anybody can send a browser here; only who began this login knows the state.
            guard visit.fields["state"] == state else {
                visit.answer(400, "This does not belong to the login that fermusic has begun.")
                onProblem("a visit without this login's state was turned away")
                continue
            }
            if let error = visit.fields["error"] {
                visit.answer(200, "No login. You may close this page.")
                let text = error == "access_denied" ? "you did not agree" : ServiceJSON.words(error)
                throw ProviderError(.spotify, .forbidden, text)
            }
            guard let code = visit.fields["code"], !code.isEmpty else {
                visit.answer(400, "The code is missing.")
                onProblem("a visit without a code was turned away")
                continue
            }
            do {
                _ = try tokens.exchange(
                    code: code, verifier: verifier, redirect: actualRedirect, clientID: clientID, limit)
            } catch {
                visit.answer(200, "Spotify did not accept the login; the terminal says why.")
                throw error.cause == .loginExpired
                    ? ProviderError(.spotify, .refused, "the code of this login: \(error.detail)") : error
            }
            visit.answer(200, "fermusic is connected with Spotify. You may close this page.")
            return
        }
    }

    private static func randomBytes(_ count: Int) -> [UInt8] {
        // The system's cryptographic source.
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }
}
