/// Which names the server answers to, and whose pages may call it.
///
/// A page on another site can make a browser send requests here. Its own name may even be made to lead here (DNS
/// rebinding): then the Host header still has that name. And requests that change something carry an Origin header.
struct OriginCheck: Sendable {
    /// Names that are answered to, lower case, beside `localhost` and IP addresses: those cannot be rebound.
    let names: Set<String>

    init(names: [String]) { self.names = Set(names.map { $0.lowercased() }) }

    /// Throws `Problem` if the request does not come from here or from a program.
    func check(_ request: HTTPRequest) throws {
        let host = request.headers["host"] ?? ""
        guard let name = OriginCheck.hostName(host), accepts(name) else {
            throw Problem(.forbiddenHost, "the name in the Host header is none of this server's")
        }
        if request.method == "GET" || request.method == "HEAD" || request.method == "OPTIONS" { return }
        if let site = request.headers["sec-fetch-site"]?.lowercased(),
            site.contains("cross-site") || site.contains("same-site")
        {
            throw Problem(.crossSite, "the request was made by a page of another site")
        }
        guard let origin = request.headers["origin"] else { return }
        // Behind a proxy that ends TLS the scheme differs; host and port don't.
        guard let scheme = origin.firstRange(of: "://"), origin[scheme.upperBound...].lowercased() == host.lowercased()
        else { throw Problem(.crossSite, "the request was made by a page of another site") }
    }

    private func accepts(_ name: String) -> Bool {
        name == "localhost" || name.hasSuffix(".localhost") || OriginCheck.isAddress(name) || names.contains(name)
    }

    /// A Host header without its port; `nil` if it is malformed.
    static func hostName(_ header: String) -> String? {
        let text = header.lowercased()
        guard !text.isEmpty, text.utf8.count <= 300 else { return nil }
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            let rest = text[text.index(after: end)...]
            return isPort(rest) ? String(text[...end]) : nil
        }
        let name = text.prefix { $0 != ":" }
        return !name.isEmpty && isPort(text[name.endIndex...]) ? String(name) : nil
    }

    private static func isPort(_ text: Substring) -> Bool {
        text.isEmpty
            || text.first == ":" && text.dropFirst().count <= 5
                && text.dropFirst().utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    private static func isAddress(_ name: String) -> Bool {
        if name.hasPrefix("[") { return name.hasSuffix("]") }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { part in UInt8(part) != nil }
    }
}
