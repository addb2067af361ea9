/// Why a service could not be used. The description is one clear line that never holds a key or token.
public struct ProviderError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Cause: String, Sendable, CaseIterable {
        /// Credentials are missing.
        case notSetUp
        /// The service does not know the credentials.
        case badCredentials
        case loginNeeded
        case loginExpired
        /// The owner of the Spotify app has no Premium.
        case premiumMissing
        /// The listener has no Premium.
        case premiumRequired
        case notAllowListed
        case scopeMissing
        case wrongRedirect
        case forbidden
        case noDevice
        case notFound
        case rateLimited
        case quotaExceeded
        /// It failed lately and is left alone for a while.
        case paused
        case offline
        case timedOut
        case insecure
        case serverFailed
        case notUnderstood
        case refused
        case cancelled
        case libraryMissing

        /// Whether the next song would fare no better.
        var isGeneral: Bool {
            switch self {
            case .notFound, .notUnderstood, .refused, .serverFailed, .timedOut: false
            default: true
            }
        }
    }

    /// As it calls itself.
    public var service: String
    public var cause: Cause
    /// What is not the same each time, such as the service's own words.
    public var detail: String
    /// When to ask again, in seconds since 1970.
    public var until: Int?

    public init(_ service: MusicService, _ cause: Cause, _ detail: String = "", until: Int? = nil) {
        self.init(named: service.name, cause, detail, until: until)
    }

    package init(named service: String, _ cause: Cause, _ detail: String = "", until: Int? = nil) {
        self.service = service
        self.cause = cause
        self.detail = detail
        self.until = until
    }

    /// What transport says, as said by a service.
    package init(named service: String, _ error: HTTPError) {
        let cause: Cause
        switch error {
        case .unreachable: cause = .offline
        case .timedOut: cause = .timedOut
        case .untrusted, .insecureRedirection: cause = .insecure
        case .tooLarge, .torn, .tooManyRedirections: cause = .notUnderstood
        case .badAddress: cause = .refused
        case .cancelled: cause = .cancelled
        case .libraryMissing: cause = .libraryMissing
        }
        self.init(named: service, cause, "\(error)")
    }

    public var description: String { "\(service): \(reason)" }

    /// The description without the service's name.
    public var reason: String {
        let base = text
        guard let until else { return base }
        return "\(base) (until \(Clock.text(until)))"
    }

    private var text: String {
        switch cause {
        case .notSetUp: return "not set up: \(detail)"
        case .badCredentials: return "does not accept the credentials: \(detail)"
        case .loginNeeded: return "needs a login"
        case .loginExpired: return "the login has expired (they last six months) or was revoked"
        case .premiumMissing:
            return "the owner of the app needs Spotify Premium (apps in development mode work only with it)"
        case .premiumRequired: return "starting playback needs Spotify Premium"
        case .notAllowListed:
            return "this account is not on the app's list of users; its owner adds it in the Spotify dashboard under "
                + "User Management (five users at most)"
        case .scopeMissing: return "the login does not allow this"
        case .wrongRedirect: return "wrong redirect address: \(detail)"
        case .forbidden: return "refuses access" + (detail.isEmpty ? "" : ": \(detail)")
        case .noDevice: return "no device is playing; open Spotify on a phone or computer first"
        case .notFound: return "has no such thing: \(detail)"
        case .rateLimited: return "too many requests"
        case .quotaExceeded: return "the quota is used up" + (detail.isEmpty ? "" : ": \(detail)")
        case .paused: return "left alone for a while: \(detail)"
        case .offline, .timedOut, .insecure, .cancelled, .libraryMissing: return detail
        case .serverFailed: return "fails: \(detail)"
        case .notUnderstood: return "gave an answer that is not understood: \(detail)"
        case .refused: return "refuses the request: \(detail)"
        }
    }
}
