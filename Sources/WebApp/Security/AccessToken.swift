import Glibc
import TextCoding

/// The secret that lets people in, and where requests carry it.
struct AccessToken: Sendable {
    static let cookieName = "fermusic_token"
    private let bytes: [UInt8]

    init(_ text: String) { bytes = Array(text.utf8) }

    /// Whether the texts are the same; takes as long for a wrong guess whichever part of it is wrong.
    func matches(_ guess: String) -> Bool {
        let other = Array(guess.utf8)
        var difference = bytes.count ^ other.count
        for (index, byte) in other.enumerated() {
            difference |= Int(byte ^ (bytes.isEmpty ? 0 : bytes[index % bytes.count]))
        }
        return difference == 0
    }

    /// Whether the request carries it: `Authorization: Bearer`, or the page's cookie.
    func isCarried(by request: HTTPRequest) -> Bool {
        if let header = request.headers["authorization"] {
            let parts = header.split(separator: " ", maxSplits: 1)
            return parts.count == 2 && parts[0].lowercased() == "bearer" && matches(String(trimmed(parts[1])))
        }
        return request.cookie(AccessToken.cookieName).map(matches) ?? false
    }

    /// Whether the request carries one at all, right or wrong.
    static func isTried(by request: HTTPRequest) -> Bool {
        request.headers["authorization"] != nil || request.cookie(cookieName) != nil
    }

    /// What a browser keeps: for this server only, out of reach for scripts, sent from other sites only with links
    /// that are followed (`OriginCheck` refuses what would change something).
    func cookie(below base: String, isSecure: Bool) -> String {
        "\(AccessToken.cookieName)=\(String(decoding: bytes, as: UTF8.self)); Path=\(base)/; HttpOnly; SameSite=Lax; "
            + "Max-Age=2592000" + (isSecure ? "; Secure" : "")
    }

    /// Makes a browser forget it.
    static func expiredCookie(below base: String) -> String {
        "\(cookieName)=; Path=\(base)/; HttpOnly; SameSite=Lax; Max-Age=0"
    }

    /// Whether a text can be a token: it must fit into a cookie and be long enough not to be guessed.
    static func isUsable(_ text: String) -> Bool {
        (12...200).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || [0x2D, 0x2E, 0x5F, 0x7E].contains(byte)
            }
    }

    /// 128 bits from the system, as hexadecimal digits.
    static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<2).map { _ in
            let digits = String(generator.next() as UInt64, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
