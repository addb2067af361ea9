import TextCoding

/// Something of which parts may be asked for, and which clients keep (RFC 9110, sections 13 and 14).
struct RangedContent {
    var count: Int
    /// A strong one: equal tags mean equal bytes.
    var tag: String
    var type: String
    /// What `Cache-Control` says.
    var keeping: String
    var headers: [(String, String)] = []

    /// The bytes that a client asks for; all of them if it has others' in mind; "not modified" if it has them.
    func response(to request: HTTPRequest, body: (Range<Int>) -> HTTPResponse.Body) -> HTTPResponse {
        var headers = [("ETag", tag), ("Cache-Control", keeping)] + self.headers
        if RangedContent.isKnown(tag, to: request) { return HTTPResponse(304, headers) }
        headers += [("Content-Type", type), ("Accept-Ranges", "bytes")]
        let isSame = request.headers["if-range"].map { $0 == tag } ?? true
        // Parts are for GET alone.
        var response: HTTPResponse
        switch ByteRange(isSame && request.method == "GET" ? request.headers["range"] : nil, count: count) {
        case .whole:
            response = HTTPResponse(200, headers)
            response.body = body(0..<count)
        case .outside: return HTTPResponse(416, headers + [("Content-Range", "bytes */\(count)")])
        case .part(let range):
            let place = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(count)"
            response = HTTPResponse(206, headers + [("Content-Range", place)])
            response.body = body(range)
        }
        return response
    }

    /// Whether a client has what the tag stands for.
    static func isKnown(_ tag: String, to request: HTTPRequest) -> Bool {
        let known = (request.headers["if-none-match"] ?? "").split(separator: ",").map { trimmed($0) }
        return known.contains { $0 == tag || $0 == "W/" + tag || $0 == "*" }
    }
}
