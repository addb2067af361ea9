import Glibc

/// An IP address, or a network of them: `10.1.2.3`, `10.0.0.0/8`, `fd00::/8`.
public struct AddressRange: Sendable {
    private let bytes: [UInt8]
    private let bits: Int

    /// `nil` if the text is neither.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let bytes = AddressRange.bytes(String(parts[0])) else { return nil }
        self.bytes = bytes
        bits = parts.count == 1 ? bytes.count * 8 : Int(parts[1]) ?? -1
        guard (0...bytes.count * 8).contains(bits) else { return nil }
    }

    /// Whether the address lies in it; false for what is no address.
    public func contains(_ address: String) -> Bool {
        guard let other = AddressRange.bytes(address), other.count == bytes.count else { return false }
        return (0..<bytes.count).allSatisfy { place in
            let wanted = min(8, max(0, bits - place * 8))
            return (bytes[place] ^ other[place]) >> (8 - wanted) == 0
        }
    }

    /// An address as proxies write it, without brackets and port; an IPv4 address also where it stands in one of IPv6.
    static func plain(_ text: Substring) -> String {
        var address = text
        if address.hasPrefix("["), let end = address.firstIndex(of: "]") {
            address = address[..<end].dropFirst()
        } else if let colon = address.firstIndex(of: ":"), colon == address.lastIndex(of: ":") {
            address = address[..<colon]
        }
        let isMapped = address.lowercased().hasPrefix("::ffff:") && address.contains(".")
        return String(isMapped ? address.dropFirst(7) : address)
    }

    /// 4 or 16 bytes. What came to a socket for both kinds as `::ffff:10.1.2.3` is the address it stands for.
    private static func bytes(_ text: String) -> [UInt8]? {
        var result = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &result) == 1 { return Array(result.prefix(4)) }
        guard inet_pton(AF_INET6, text, &result) == 1 else { return nil }
        let isMapped = result.prefix(10).allSatisfy { $0 == 0 } && result[10] == 0xFF && result[11] == 0xFF
        return isMapped ? Array(result.suffix(4)) : result
    }
}
