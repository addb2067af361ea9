/// What is asked of a server.
public struct HTTPRequest: Sendable {
    public enum Method: String, Sendable { case get = "GET", post = "POST", put = "PUT" }

    public var method: Method
    /// `https://...`; plain `http` only to this machine, unless `allowsPlain`.
    public var address: String
    /// The user named this very server with `http`: one in his own network.
    public var allowsPlain = false
    public var headers: [(name: String, value: String)] = []
    public var body: [UInt8]?
    /// The largest body that is taken, in bytes, after unpacking.
    public var sizeLimit = 4 << 20
    /// For reaching the server and agreeing on a key with it.
    public var connectTimeout = Duration.seconds(10)
    /// For all of it.
    public var timeout = Duration.seconds(30)
    /// Answers that lead elsewhere are followed, to `https` only, and only for `GET`.
    public var followsRedirections = true
    /// Whether the server may pack the body. Parts of it are of what is not packed.
    public var acceptsPacked = true

    public init(_ method: Method = .get, _ address: String) {
        self.method = method
        self.address = address
    }

    static let formType = "application/x-www-form-urlencoded"

    /// A form as browsers send it.
    public init(form fields: [(String, String)], to address: String) {
        self.init(.post, address)
        headers = [("Content-Type", HTTPRequest.formType)]
        body = Array(WebAddress.query(fields).utf8)
    }
}

/// What a server answered, whatever its status.
public struct HTTPResponse: Sendable {
    public var status: Int
    /// Names in lower case; of several with one name the last.
    public var headers: [String: String]
    public var body: [UInt8]
    /// Whether an open connection was used again.
    public var reusedConnection: Bool

    public init(status: Int, headers: [String: String] = [:], body: [UInt8] = [], reusedConnection: Bool = false) {
        self.status = status
        self.headers = headers
        self.body = body
        self.reusedConnection = reusedConnection
    }

    /// The body as text; what is not UTF-8 is replaced.
    public var text: String { String(decoding: body, as: UTF8.self) }

    /// Seconds that the server asks to wait: `Retry-After` as a number or as a date (RFC 9110, 10.2.3).
    ///
    /// - Parameter now: seconds since 1970.
    public func retryAfter(now: Int) -> Int? {
        guard let value = headers["retry-after"] else { return nil }
        if let seconds = Int(value) { return max(0, seconds) }
        return HTTPDate.seconds(value).map { max(0, $0 - now) }
    }
}

/// Why there is no answer.
public enum HTTPError: Error, Equatable, Sendable, CustomStringConvertible {
    /// No such host, nobody there, no network.
    case unreachable(String)
    case timedOut
    /// The server could not show that it is who it should be, or speaks no TLS.
    case untrusted(String)
    case tooLarge(limit: Int)
    case badAddress(String)
    /// It led to something that is not `https`.
    case insecureRedirection
    case tooManyRedirections
    /// The connection broke, or what came is not HTTP.
    case torn(String)
    case cancelled
    case libraryMissing(String)

    public var description: String {
        switch self {
        case .unreachable(let reason): return "cannot be reached: \(reason)"
        case .timedOut: return "no answer in time"
        case .untrusted(let reason): return "no secure connection: \(reason)"
        case .tooLarge(let limit): return "the answer is larger than \(limit) bytes"
        case .badAddress(let reason): return "cannot be asked: \(reason)"
        case .insecureRedirection: return "it leads to an address that is not https"
        case .tooManyRedirections: return "it leads from one address to another without end"
        case .torn(let reason): return "the connection broke: \(reason)"
        case .cancelled: return "cancelled"
        case .libraryMissing(let reason): return "needs libcurl (apt-get install libcurl4): \(reason)"
        }
    }
}
