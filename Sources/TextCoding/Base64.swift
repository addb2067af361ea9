/// Base 64 (RFC 4648).
package enum Base64 {
    package static func text(_ bytes: [UInt8], forAddresses: Bool = false) -> String {
        let letters = Array(
            ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + (forAddresses ? "-_" : "+/")).utf8)
        var result: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = (0..<3).reduce(0) { $0 << 8 | ($1 < group.count ? Int(group[start + $1]) : 0) }
            for place in 0...group.count { result.append(letters[bits >> (18 - 6 * place) & 63]) }
            if !forAddresses { result += [UInt8](repeating: 0x3D, count: 3 - group.count) }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
