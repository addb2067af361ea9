/// Addresses on the web, put together and judged.
enum WebAddress {
    /// "a=1&b=2", percent-encoded.
    static func query(_ fields: [(String, String)]) -> String {
        fields.map { "\(WebAddress.encoded($0.0))=\(WebAddress.encoded($0.1))" }.joined(separator: "&")
    }

    /// Percent-encoded (RFC 3986): only unreserved characters stay as they are, so nothing can end or change a link.
    static func encoded(_ text: String) -> String { encoded(bytes: text.utf8) }

    static func encoded(bytes given: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in given {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: bytes.append(byte)
            default: bytes += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What `encoded` gives as some programs write it: "%c3%a9" for "%C3%A9".
    static func withSmallDigits(_ encoded: String) -> String {
        let parts = encoded.split(separator: "%", omittingEmptySubsequences: false)
        return
            (parts.prefix(1).map(String.init) + parts.dropFirst().map { $0.prefix(2).lowercased() + $0.dropFirst(2) })
            .joined(separator: "%")
    }

    /// A name or value of a query or form as it was meant.
    static func decoded(_ text: Substring) -> String {
        String(decoding: decodedBytes(text, plusIsBlank: true), as: UTF8.self)
    }

    static func decodedBytes(_ text: Substring, plusIsBlank: Bool = false) -> [UInt8] {
        var bytes: [UInt8] = [], rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == 0x25, rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == 0x2B && plusIsBlank ? 0x20 : byte)
            }
        }
        return bytes
    }

    /// The part between `://` and the next `/`, `?` or `#`, in lower case; `nil` if there is none.
    static func authority(_ address: String) -> String? {
        guard let start = address.range(of: "://") else { return nil }
        let rest = address[start.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" && $0 != "\\" }
        return rest.isEmpty ? nil : rest.lowercased()
    }

    /// The authority without its port.
    static func host(_ address: String) -> String? {
        guard let authority = authority(address) else { return nil }
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            return String(authority[...end])
        }
        return authority.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).first.map(String.init)
    }

    /// Whether it is `https`.
    static func isSecure(_ address: String) -> Bool { address.lowercased().hasPrefix("https://") }

    /// Whether it is plain `http` to this very machine, by number: a name could lead anywhere.
    static func isPlainLoopback(_ address: String) -> Bool {
        guard address.lowercased().hasPrefix("http://"), let host = host(address) else { return false }
        return host == "127.0.0.1" || host == "[::1]"
    }

    /// Whether a link from a service may be shown as one and be opened: `https`, without anything that ends or
    /// changes it.
    static func isLink(_ text: String) -> Bool {
        isSecure(text) && text.utf8.count <= 2000 && host(text) != nil
            && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x3C && $0 != 0x3E }
    }
}

extension String {
    /// Foundation's, which is not imported, for a fixed text.
    fileprivate func range(of text: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
