/// The path below which a server's page is, where it shares its name with others: empty, or such as `/music`.
public enum BasePath {
    /// The header in which a proxy says what it has cut off the path.
    static let header = "x-forwarded-prefix"

    /// What a person or a proxy wrote, without a slash at its end; `nil` if it cannot be a path of plain names.
    public static func parse(_ text: String) -> String? {
        var names = text.split(separator: "/", omittingEmptySubsequences: false)
        guard text.utf8.count <= 200, names.first == "" else { return nil }
        if names.last == "" { names.removeLast() }
        let isPlain = names.dropFirst().allSatisfy { name in
            !name.isEmpty && name != "." && name != ".."
                && name.utf8.allSatisfy { byte in
                    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                        || [0x2D, 0x2E, 0x5F, 0x7E].contains(byte)
                }
        }
        return isPlain ? names.joined(separator: "/") : nil
    }

    /// A path without its base; the path itself if it is elsewhere, since proxies may have cut it off.
    static func cut(_ base: String, from path: String) -> String {
        guard !base.isEmpty, path.hasPrefix(base) else { return path }
        let rest = path.dropFirst(base.count)
        return rest.isEmpty || rest.hasPrefix("/") ? String(rest) : path
    }
}
