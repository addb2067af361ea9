import Files
import Glibc
import JSON
import Threads
import TextCoding

/// Whom a call is made for.
enum SpotifyAccess {
    /// The listener if he has logged in, otherwise the app.
    case anybody
    case listener
}

/// Keeps tokens good: fetches, renews, and shares them between threads and processes.
final class SpotifyTokens: Sendable {
    private let client: ServiceClient
    private let address: String
    private let credentials: Credentials
    let loginPath: String
    private let appPath: String
    private let app = Guarded<SpotifyToken?>(nil)
    private let login = Guarded<SpotifyToken?>(nil)

    /// - Parameter folder: where tokens are kept.
    init(_ client: ServiceClient, _ addresses: ServiceAddresses, _ credentials: Credentials, folder: String) {
        self.client = client
        self.credentials = credentials
        address = addresses.spotifyAccounts + "/api/token"
        loginPath = folder + "/spotify-login.json"
        appPath = folder + "/spotify-app.json"
    }

    var clientID: String? { credentials.text(.spotifyClientID) }
    private var now: Int { client.memory.now() }

    /// The login that is kept, good or not.
    var storedLogin: SpotifyToken? { SpotifyToken.read(loginPath, clientID: clientID) }

    /// Whether a login or the app's secret is there at all.
    var isSetUp: Bool { clientID != nil && credentials.has(.spotifyClientSecret) || storedLogin != nil }

    /// A token that is good as far as anybody knows. Throws `ProviderError`.
    ///
    /// - Parameter rejected: one that the service did not accept.
    func token(
        for access: SpotifyAccess, rejected: Secret? = nil, _ limit: CallLimit
    ) throws(ProviderError) -> Secret {
        if let stored = storedLogin {
            do {
                return try renewedLogin(stored, rejected, limit)
            } catch {
                // The app can still search by itself.
                guard access == .anybody, error.cause == .loginExpired, credentials.has(.spotifyClientSecret) else {
                    throw error
                }
            }
        } else if access == .listener {
            throw ProviderError(.spotify, .loginNeeded)
        }
        return try appToken(rejected, limit)
    }

    // MARK: The app by itself

    private func appToken(_ rejected: Secret?, _ limit: CallLimit) throws(ProviderError) -> Secret {
        guard let id = clientID, let secret = credentials.text(.spotifyClientSecret) else {
            let missing = clientID == nil ? "SPOTIFY_CLIENT_ID" : "SPOTIFY_CLIENT_SECRET or a login"
            throw ProviderError(.spotify, .notSetUp, "\(missing) is missing")
        }
        let now = now
        return try app.withLock { kept throws(ProviderError) in
            if kept == nil { kept = SpotifyToken.read(appPath, clientID: id) }
            if let kept, kept.isFresh(now: now), kept.access != rejected { return kept.access }
            var request = HTTPRequest(form: [("grant_type", "client_credentials")], to: address)
            request.headers.append(("Authorization", "Basic " + Base64.text(Array("\(id):\(secret)".utf8))))
            let token = try fetch(request, id, isRepeatable: true, limit)
            kept = token
            // Only saves the next run a call.
            try? token.write(appPath)
            return token.access
        }
    }

    // MARK: The listener

    private func renewedLogin(
        _ stored: SpotifyToken, _ rejected: Secret?, _ limit: CallLimit
    ) throws(ProviderError) -> Secret {
        let now = now
        return try login.withLock { kept throws(ProviderError) in
            if let kept, kept.isFresh(now: now), kept.access != rejected { return kept.access }
            let token = try renew(rejected, limit)
            kept = token
            return token.access
        }
    }

    /// One process at a time: a refresh token may be good only once.
    private func renew(_ rejected: Secret?, _ limit: CallLimit) throws(ProviderError) -> SpotifyToken {
        let lock = try lockFile(limit)
        defer { if lock >= 0 { close(lock) } }
        guard let token = storedLogin else { throw ProviderError(.spotify, .loginNeeded) }
        if token.isFresh(now: now), token.access != rejected { return token }
        guard let refresh = token.refresh else { throw ProviderError(.spotify, .loginExpired) }
        let fields = [
            ("grant_type", "refresh_token"), ("refresh_token", refresh.value), ("client_id", token.clientID),
        ]
        let renewed = try fetch(
            HTTPRequest(form: fields, to: address), token.clientID, isRepeatable: false, limit, renewing: token)
        try keep(renewed)
        return renewed
    }

    private func lockFile(_ limit: CallLimit) throws(ProviderError) -> Int32 {
        let descriptor = open((loginPath + ".lock").cPath, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        // Without the lock it works too, mostly.
        guard descriptor >= 0 else { return -1 }
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else { break }
            guard limit.sleep(.milliseconds(20)) else {
                close(descriptor)
                throw ProviderError(.spotify, .timedOut, "another process renews the login")
            }
        }
        return descriptor
    }

    /// Trades the code of a login for tokens and keeps them. Throws `ProviderError`.
    func exchange(
        code: String, verifier: String, redirect: String, clientID: String, _ limit: CallLimit
    ) throws(ProviderError) -> SpotifyToken {
        let fields = [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirect),
            ("client_id", clientID), ("code_verifier", verifier),
        ]
        let token = try fetch(HTTPRequest(form: fields, to: address), clientID, isRepeatable: false, limit)
        guard token.refresh != nil else {
            throw ProviderError(.spotify, .notUnderstood, "a login without a refresh token")
        }
        try keep(token)
        login.withLock { $0 = token }
        return token
    }

    /// Deletes the login; gives whether there was one.
    func forget() -> Bool {
        login.withLock { $0 = nil }
        unlink((loginPath + ".lock").cPath)
        return unlink(loginPath.cPath) == 0
    }

    private func keep(_ token: SpotifyToken) throws(ProviderError) {
        do {
            try token.write(loginPath)
        } catch {
            throw ProviderError(.spotify, .refused, "\(error)")
        }
    }

    private func fetch(
        _ request: HTTPRequest, _ clientID: String, isRepeatable: Bool, _ limit: CallLimit,
        renewing old: SpotifyToken? = nil
    ) throws(ProviderError) -> SpotifyToken {
        var request = request
        // Secrets are for this one address.
        request.followsRedirections = false
        request.sizeLimit = 64 << 10
        let now = now
        let endpoint = Endpoint(service: .spotify, name: "token", isRepeatable: isRepeatable)
        let json = try client.send(request, to: endpoint, limit) { SpotifyErrors.judgeToken($0, now: now) }
        guard let token = SpotifyToken(json, clientID: clientID, now: now, renewing: old) else {
            throw ProviderError(.spotify, .notUnderstood, "a token that is none")
        }
        return token
    }
}
