import CZlib
import Files

/// A file of the page, kept in memory as it is sent.
struct Asset: Sendable {
    let type: String
    let bytes: [UInt8]
    /// Packed, where that makes it smaller.
    let gzip: [UInt8]?
    let brotli: [UInt8]?
    /// Changes with the contents.
    let tag: String

    /// Shorter files are sent as they are.
    static let leastPacked = 200

    init(_ bytes: [UInt8], type: String, effort: Brotli.Effort = .quick) {
        self.bytes = bytes
        self.type = type
        tag = "\"\(String(Asset.hash(bytes), radix: 16))\""
        let isPacked =
            type.hasPrefix("image/") && !type.contains("svg") || type.hasPrefix("font/") || type.hasPrefix("audio/")
        let gzip = isPacked ? nil : Asset.compressed(bytes), brotli = isPacked ? nil : Brotli.packed(bytes, effort)
        let usual = gzip?.count ?? bytes.count
        self.gzip = gzip
        self.brotli = brotli.flatMap { $0.count < usual ? $0 : nil }
    }

    /// The answer to a request: the file, the smallest form of it that the client takes, or "not modified".
    ///
    /// - Parameter isVersioned: whether the address changes with the contents, so that it may be kept for ever.
    func response(to request: HTTPRequest, isVersioned: Bool) -> HTTPResponse {
        response(to: request, keeping: isVersioned ? "public, max-age=31536000, immutable" : "no-cache")
    }

    /// - Parameter keeping: the answer's `Cache-Control`.
    func response(to request: HTTPRequest, keeping: String) -> HTTPResponse {
        let packed: (name: String, bytes: [UInt8])? =
            if let brotli, request.accepts("br") {
                ("br", brotli)
            } else if let gzip, request.accepts("gzip") {
                ("gzip", gzip)
            } else {
                nil
            }
        // Each form has a tag of its own (RFC 9110, section 8.8.3.3).
        let tag = packed.map { "\(self.tag.dropLast())-\($0.name)\"" } ?? self.tag
        let vary = [("Vary", "Accept-Encoding")]
        if type.hasPrefix("audio/") {
            let content = RangedContent(count: bytes.count, tag: tag, type: type, keeping: keeping, headers: vary)
            return content.response(to: request) { .bytes(Array(bytes[$0])) }
        }
        let headers = [("ETag", tag), ("Cache-Control", keeping)] + vary
        if RangedContent.isKnown(tag, to: request) { return HTTPResponse(304, headers) }
        let typed = headers + [("Content-Type", type)]
        guard let packed else { return HTTPResponse(200, typed, body: bytes) }
        return HTTPResponse(200, typed + [("Content-Encoding", packed.name)], body: packed.bytes)
    }

    /// FNV-1a, 64 bits.
    static func hash(_ bytes: [UInt8], from start: UInt64 = 0xCBF2_9CE4_8422_2325) -> UInt64 {
        bytes.reduce(start) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    /// The bytes as a gzip file; `nil` if that would not be smaller.
    static func compressed(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count > leastPacked else { return nil }
        let result = [UInt8](unsafeUninitializedCapacity: bytes.count - 1) { target, count in
            count = fermusic_gzip(bytes, bytes.count, target.baseAddress, bytes.count - 1)
        }
        return result.isEmpty ? nil : result
    }
}
