import JSON

/// What Spotify's answers mean.
enum SpotifyErrors {
    /// Judges an answer of the Web API; `read` gives `nil` for what it does not understand.
    static func judge<Value>(
        _ response: HTTPResponse, now: Int, read: (JSONValue?) -> Value?
    ) -> Verdict<Value> {
        let json = ServiceJSON.parse(response)
        let words = message(json)
        let wait = response.retryAfter(now: now)
        switch response.status {
        case 200..<300:
            if let value = read(json) { return .fine(value) }
            return .final(ProviderError(.spotify, .notUnderstood, ServiceJSON.excerpt(response)))
        case 401: return .final(ProviderError(.spotify, .badCredentials, words))
        case 403: return .final(forbidden(response, json, words))
        case 404:
            let isPlayer = reason(json) == "NO_ACTIVE_DEVICE" || words.lowercased().contains("no active device")
            return .final(ProviderError(.spotify, isPlayer ? .noDevice : .notFound, isPlayer ? "" : words))
        case 429 where reason(json) == "QUOTA_EXCEEDED":
            return .pause(
                ProviderError(.spotify, .quotaExceeded, "that of the app's owner"), seconds: wait ?? 3600)
        // The window is 30 seconds long.
        case 429: return .again(ProviderError(.spotify, .rateLimited), after: wait ?? 30)
        case 500...: return .again(ProviderError(.spotify, .serverFailed, "HTTP \(response.status)"), after: wait)
        case 400..<500: return .final(ProviderError(.spotify, .refused, words.isEmpty ? "HTTP 400" : words))
        default: return .final(ProviderError(.spotify, .notUnderstood, ServiceJSON.excerpt(response)))
        }
    }

    private static func message(_ json: JSONValue?) -> String {
        ServiceJSON.words(json?["error"]?["message"]?.stringValue ?? json?["message"]?.stringValue ?? "")
    }

    private static func reason(_ json: JSONValue?) -> String? {
        json?["error"]?["reason"]?.stringValue ?? json?["reason"]?.stringValue
    }

    /// One number for many causes; some come as plain text.
    private static func forbidden(_ response: HTTPResponse, _ json: JSONValue?, _ words: String) -> ProviderError {
        let text = (words.isEmpty ? ServiceJSON.words(response.text) : words).lowercased()
        if reason(json) == "PREMIUM_REQUIRED" { return ProviderError(.spotify, .premiumRequired) }
        if text.contains("not registered") || text.contains("developer dashboard") {
            return ProviderError(.spotify, .notAllowListed)
        }
        if text.contains("premium"), text.contains("owner") { return ProviderError(.spotify, .premiumMissing) }
        if text.contains("premium") { return ProviderError(.spotify, .premiumRequired) }
        if text.contains("scope") { return ProviderError(.spotify, .scopeMissing) }
        return ProviderError(.spotify, .forbidden, text == "forbidden" ? "" : words)
    }

    /// Judges an answer of the token endpoint: the document, if it has a token.
    static func judgeToken(_ response: HTTPResponse, now: Int) -> Verdict<JSONValue> {
        let json = ServiceJSON.parse(response)
        switch response.status {
        case 200:
            if let json, json["access_token"]?.stringValue?.isEmpty == false { return .fine(json) }
            return .final(ProviderError(.spotify, .notUnderstood, "HTTP 200 without a token"))
        case 429: return .again(ProviderError(.spotify, .rateLimited), after: response.retryAfter(now: now) ?? 30)
        case 500...:
            return .again(
                ProviderError(.spotify, .serverFailed, "HTTP \(response.status)"),
                after: response.retryAfter(now: now))
        default: break
        }
        let words = ServiceJSON.words(json?["error_description"]?.stringValue ?? "")
        switch json?["error"]?.stringValue {
        case _ where words.lowercased().contains("redirect"):
            return .final(ProviderError(.spotify, .wrongRedirect, words))
        case "invalid_grant": return .final(ProviderError(.spotify, .loginExpired, words))
        case "invalid_client", "unauthorized_client":
            return .final(
                ProviderError(
                    .spotify, .badCredentials,
                    "check SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET" + (words.isEmpty ? "" : " (\(words))")))
        case let error?: return .final(ProviderError(.spotify, .refused, words.isEmpty ? error : words))
        case nil: return .final(ProviderError(.spotify, .notUnderstood, "HTTP \(response.status)"))
        }
    }
}
