/// A request with its answer, from head to end. Used by the one thread that serves its connection; a job sets
/// `response` while the connection sleeps.
final class Exchange: @unchecked Sendable {
    // Safe to share: suspending and resuming a connection order what both threads do.

    /// Of a body that is refused so much is read and thrown away, so that the client gets to read the answer.
    static let discardLimit = 4 << 20

    var request: HTTPRequest
    var limit = 0
    var discarded = 0
    var refusal: Problem?
    var response: HTTPResponse?
    var status = 0
    /// Whether all of its body has come.
    var isWhole = false
    let started = ContinuousClock.now

    init(_ request: HTTPRequest) { self.request = request }

    /// The length that the request says its body has; 0 if it does not.
    var declaredLength: Int { request.headers["content-length"].flatMap { Int($0) } ?? 0 }

    /// Whether that is no number, as when it comes twice.
    var isLengthOdd: Bool { request.headers["content-length"].map { Int($0) == nil } ?? false }

    /// The transfer encoding of its body, where it has one of its own.
    var encoding: String? { request.headers["transfer-encoding"]?.lowercased() }

    /// Whether it is refused before its body is read: the connection ends behind the answer. Other bodies are read and
    /// thrown away, so that it goes on.
    var isRefusedAtOnce: Bool {
        guard refusal != nil else { return false }
        if isLengthOdd { return true }
        // Nobody knows where an odd body ends.
        if let encoding, encoding != "chunked" || request.headers["content-length"] != nil { return true }
        // Who asks sends nothing before somebody says so.
        return declaredLength > Exchange.discardLimit || request.headers["expect"]?.lowercased() == "100-continue"
    }
}
