import JSON

/// Calls of Spotify's Web API: each with a token, which is renewed once when it is not accepted.
struct SpotifyAPI: Sendable {
    let client: ServiceClient
    let tokens: SpotifyTokens
    let base: String
    let market: String

    struct Call {
        var method = HTTPRequest.Method.get
        /// Begins with a slash.
        var path: String
        var query: [(String, String)] = []
        var body: JSONValue?
        /// Which breaker it belongs to.
        var name: String
        var access = SpotifyAccess.anybody
    }

    /// What `read` makes of the answer; `nil` of it means that it is not understood. Throws `ProviderError`.
    func send<Value>(
        _ call: Call, _ limit: CallLimit, read: (JSONValue?) -> Value?
    ) throws(ProviderError) -> Value {
        let token = try tokens.token(for: call.access, limit)
        do {
            return try send(call, token, limit, read)
        } catch {
            guard error.cause == .badCredentials else { throw error }
            let renewed = try tokens.token(for: call.access, rejected: token, limit)
            return try send(call, renewed, limit, read)
        }
    }

    private func send<Value>(
        _ call: Call, _ token: Secret, _ limit: CallLimit, _ read: (JSONValue?) -> Value?
    ) throws(ProviderError) -> Value {
        let query = call.query.isEmpty ? "" : "?" + WebAddress.query(call.query)
        var request = HTTPRequest(call.method, base + call.path + query)
        request.headers = [("Authorization", "Bearer \(token.value)"), ("Accept", "application/json")]
        if let body = call.body {
            request.headers.append(("Content-Type", "application/json"))
            request.body = Array(body.text().utf8)
        }
        let endpoint = Endpoint(service: .spotify, name: call.name, isRepeatable: call.method != .post)
        let now = client.memory.now()
        return try client.send(request, to: endpoint, limit) { SpotifyErrors.judge($0, now: now, read: read) }
    }
}
