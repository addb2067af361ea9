import CZlib
import Files
import TextCoding

/// A file of the page, kept in memory as it is sent.
struct Asset: Sendable {
    let type: String
    let bytes: [UInt8]
    /// Compressed, where that makes it smaller.
    let gzip: [UInt8]?
    /// Changes with the contents.
    let tag: String

    init(_ bytes: [UInt8], type: String) {
        self.bytes = bytes
        self.type = type
        tag = "\"\(String(Asset.hash(bytes), radix: 16))\""
        let isCompressed =
            type.hasPrefix("image/") && !type.contains("svg") || type.hasPrefix("font/") || type.hasPrefix("audio/")
        gzip = isCompressed ? nil : Asset.compressed(bytes)
    }

    /// The answer to a request: the file, its compressed form, or "not modified".
    ///
    /// - Parameter isVersioned: whether the address changes with the contents, so that it may be kept for ever.
    func response(to request: HTTPRequest, isVersioned: Bool) -> HTTPResponse {
        let isSmall = request.acceptsGzip && gzip != nil
        // Both forms have a tag of their own (RFC 9110, section 8.8.3.3).
        let tag = isSmall ? String(self.tag.dropLast()) + "-gzip\"" : self.tag
        let keeping = isVersioned ? "public, max-age=31536000, immutable" : "no-cache"
        var headers = [("ETag", tag), ("Cache-Control", keeping), ("Vary", "Accept-Encoding")]
        let known = (request.headers["if-none-match"] ?? "").split(separator: ",").map { trimmed($0) }
        if known.contains(where: { $0 == tag || $0 == "W/" + tag || $0 == "*" }) { return HTTPResponse(304, headers) }
        headers.append(("Content-Type", type))
        if type.hasPrefix("audio/") { return part(for: request, tag, headers + [("Accept-Ranges", "bytes")]) }
        guard isSmall, let gzip else { return HTTPResponse(200, headers, body: bytes) }
        return HTTPResponse(200, headers + [("Content-Encoding", "gzip")], body: gzip)
    }

    /// The bytes that a player asks for; all of them if it has others' in mind.
    private func part(for request: HTTPRequest, _ tag: String, _ headers: [(String, String)]) -> HTTPResponse {
        // A part is only ever the answer to GET (RFC 9110, section 14.2).
        let isWanted = request.method == "GET" && (request.headers["if-range"].map { $0 == tag } ?? true)
        switch ByteRange(isWanted ? request.headers["range"] : nil, count: bytes.count) {
        case .whole: return HTTPResponse(200, headers, body: bytes)
        case .outside: return HTTPResponse(416, headers + [("Content-Range", "bytes */\(bytes.count)")])
        case .part(let range):
            let place = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(bytes.count)"
            return HTTPResponse(206, headers + [("Content-Range", place)], body: Array(bytes[range]))
        }
    }

    /// FNV-1a, 64 bits.
    static func hash(_ bytes: [UInt8], from start: UInt64 = 0xCBF2_9CE4_8422_2325) -> UInt64 {
        bytes.reduce(start) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    /// The bytes as a gzip file; `nil` if that would not be smaller.
    static func compressed(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count > 200 else { return nil }
        let result = [UInt8](unsafeUninitializedCapacity: bytes.count - 1) { target, count in
            count = fermusic_gzip(bytes, bytes.count, target.baseAddress, bytes.count - 1)
        }
        return result.isEmpty ? nil : result
    }
}
