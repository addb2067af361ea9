/// Headers that keep browsers from doing with answers what they should not.
enum SecurityHeaders {
    /// Covers and previews come from the services' own servers, players only after a tap; everything else from here.
    static let contentSecurityPolicy = [
        "default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "worker-src 'self'", "style-src 'self'",
        "connect-src 'self'", "manifest-src 'self'",
        "img-src 'self' data: blob: https://i.scdn.co https://*.dzcdn.net https://*.mzstatic.com https://i.ytimg.com",
        "media-src 'self' blob: https://*.dzcdn.net https://*.apple.com https://*.itunes.apple.com",
        "frame-src https://open.spotify.com https://www.youtube-nocookie.com", "base-uri 'none'",
        "form-action 'self'", "frame-ancestors 'none'",
    ].joined(separator: "; ")

    /// What of it a page can say itself.
    static var policyForPages: String {
        contentSecurityPolicy.split(separator: ";").filter { !$0.contains("frame-ancestors") }.joined(separator: ";")
    }

    static func add(to response: inout HTTPResponse, isSecure: Bool) {
        response.setDefault("X-Content-Type-Options", "nosniff")
        response.setDefault("Content-Security-Policy", contentSecurityPolicy)
        // With "no-referrer" browsers would say that the form for the token comes from nowhere ("Origin: null").
        response.setDefault("Referrer-Policy", "same-origin")
        response.setDefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setDefault("Cross-Origin-Opener-Policy", "same-origin")
        response.setDefault("X-Frame-Options", "DENY")
        response.setDefault("Permissions-Policy", "camera=(self), microphone=(), geolocation=()")
        if isSecure { response.setDefault("Strict-Transport-Security", "max-age=31536000") }
    }
}
