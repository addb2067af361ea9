import Timing

/// CSV tables on the web as lists to read again: `https://...`. Servers that say when a table was changed are not made
/// to send it twice.
struct WebTables: ListProvider {
    let http: HTTPClient
    let time: Duration
    let isCancelled: @Sendable () -> Bool

    /// A million songs and more.
    static let sizeLimit = 512 << 20

    func handles(_ place: String) -> Bool {
        (WebAddress.isSecure(place) || WebAddress.isPlainLoopback(place)) && !YouTubePlaylists.isOne(place)
    }

    func list(at place: String, version: String) throws -> ProvidedList {
        var request = HTTPRequest(.get, place)
        request.sizeLimit = WebTables.sizeLimit
        request.timeout = time
        if version.hasPrefix("etag ") { request.headers.append(("If-None-Match", String(version.dropFirst(5)))) }
        if version.hasPrefix("date ") { request.headers.append(("If-Modified-Since", String(version.dropFirst(5)))) }
        let response = try send(request, CallLimit(time, isCancelled: isCancelled))
        switch response.status {
        case 200: return .table(response.body, version: WebTables.version(response))
        case 304 where !version.isEmpty: return .unchanged
        default: throw WebTableFailure(description: "the server answers with HTTP \(response.status)")
        }
    }

    /// Once more after a broken connection or a server's moment of weakness.
    private func send(_ request: HTTPRequest, _ limit: CallLimit) throws(HTTPError) -> HTTPResponse {
        do {
            let response = try http.send(request, limit)
            guard response.status == 429 || response.status >= 500 else { return response }
            let wait = response.retryAfter(now: currentTime()).map { .seconds($0) } ?? ServiceClient.backOff(2)
            return wait < limit.remaining && limit.sleep(wait) ? try http.send(request, limit) : response
        } catch {
            guard case .torn = error, limit.sleep(ServiceClient.backOff(1)) else { throw error }
            return try http.send(request, limit)
        }
    }

    private static func version(_ response: HTTPResponse) -> String {
        func plain(_ name: String) -> String? {
            response.headers[name].flatMap { $0.utf8.count <= 200 && !$0.isEmpty ? $0 : nil }
        }
        if let tag = plain("etag") { return "etag \(tag)" }
        if let date = plain("last-modified") { return "date \(date)" }
        return ""
    }
}

/// A plain reason; who asked knows the place.
struct WebTableFailure: Error, CustomStringConvertible { let description: String }
