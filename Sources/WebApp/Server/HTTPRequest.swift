import TextCoding

/// A request whose head, at least, has arrived.
public struct HTTPRequest: Sendable {
    public var method: String
    /// Percent-decoded, without the query and, once the application has it, without `base`.
    public var path: String
    /// Where the page is for who asks: empty, or a path such as `/music` (`BasePath`).
    public var base = ""
    /// Percent-decoded, in the order of the address; names may come more than once.
    public var query: [(name: String, value: String)] = []
    /// By lower-case name; several of a name are one list, with commas.
    public var headers: [String: String] = [:]
    /// Empty until the body has arrived.
    public var body: [UInt8] = []
    /// Who asks: an IP address, without a port.
    public var client = ""
    /// Whether it came over TLS.
    public var isSecure = false

    public init(method: String, path: String) {
        self.method = method
        self.path = path
    }

    /// The last value of this name in the query.
    public func value(_ name: String) -> String? { query.last { $0.name == name }?.value }

    /// All values of this name in the query.
    public func values(_ name: String) -> [String] { query.filter { $0.name == name }.map(\.value) }

    /// The media type of the body, lower case, without parameters.
    var contentType: String? {
        headers["content-type"].map { String(trimmed($0.prefix { $0 != ";" })).lowercased() }
    }

    /// The last entry of a header that may be a list.
    func last(_ name: String) -> Substring? { headers[name]?.split(separator: ",").last.map { trimmed($0) } }

    /// Takes the whole address that proxies may send as the target (RFC 9112, section 3.2.2): its host counts, not the one
    /// in the header.
    mutating func takeAuthority() {
        guard !path.hasPrefix("/"), let mark = path.firstRange(of: "://"),
            ["http", "https"].contains(path[..<mark.lowerBound].lowercased())
        else { return }
        let rest = path[mark.upperBound...]
        let end = rest.firstIndex(of: "/") ?? rest.endIndex
        headers["host"] = String(rest[..<end])
        path = end == rest.endIndex ? "/" : String(rest[end...])
    }

    /// The value of a cookie.
    func cookie(_ name: String) -> String? {
        for part in (headers["cookie"] ?? "").split(separator: ";") {
            let pair = trimmed(part).split(separator: "=", maxSplits: 1)
            if pair.count == 2, pair[0] == name { return String(pair[1]) }
        }
        return nil
    }

    /// Whether the encodings that the client accepts have this one among them (RFC 9110, section 12.5.3).
    func accepts(_ encoding: String) -> Bool {
        var isAccepted = false
        for entry in (headers["accept-encoding"] ?? "").lowercased().split(separator: ",") {
            let parts: [Substring] = entry.split(separator: ";").map { trimmed($0) }
            guard let name = parts.first, name == encoding || name == "*" else { continue }
            let isRefused = parts.dropFirst().contains { ["q=0", "q=0.0", "q=0.00", "q=0.000"].contains(String($0)) }
            // What is named counts, not what is said of all others.
            if name == encoding { return !isRefused }
            isAccepted = !isRefused
        }
        return isAccepted
    }
}
