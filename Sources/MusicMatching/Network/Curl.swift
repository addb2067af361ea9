import CCurl

/// libcurl's functions: `curl.curl_easy_init()`. The library is loaded when first asked for: with what it pulls in that
/// takes longer than the program's start.
@dynamicMemberLookup
struct Curl: @unchecked Sendable {
    // Safe to share: the table is filled before anybody sees it, and never changed or freed.

    let table: UnsafePointer<fermusic_curl>

    subscript<T>(dynamicMember path: KeyPath<fermusic_curl, T>) -> T { table.pointee[keyPath: path] }

    private static let loaded: Result<Curl, HTTPError> = {
        var message = [CChar](repeating: 0, count: 256)
        if let table = fermusic_curl_load(&message, message.count) { return .success(Curl(table: table)) }
        return .failure(.libraryMissing(text(message)))
    }()

    /// The functions. Throws `HTTPError.libraryMissing` where libcurl is not installed.
    static func load() throws(HTTPError) -> Curl { try loaded.get() }

    /// The library's name and version with those of its TLS library: "libcurl/7.88.1 OpenSSL/3.0.17 ...".
    var version: String { self.curl_version().map { String(cString: $0) } ?? "libcurl" }

    static func text(_ buffer: [CChar]) -> String {
        String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
