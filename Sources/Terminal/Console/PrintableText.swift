import Files

/// Text from outside (file names, titles, values) made safe to print in one line of a terminal.
///
/// Control characters could move the cursor, change colours or fake a second line; directional marks could
/// reorder what is read. Both are shown as escapes (`\n`, `\u{1B}`) instead, as are bytes of paths that are no text (`\xE9`).
public func printable(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\n": result += "\\n"
        case "\r": result += "\\r"
        case "\t": result += "\\t"
        case _ where scalar.pathByte != nil: result += "\\x\(String(scalar.pathByte!, radix: 16, uppercase: true))"
        case _ where isUnsafe(scalar): result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}

private func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0: true  // C0, DEL and C1 controls
    case 0x200E, 0x200F, 0x061C, 0x202A...0x202E, 0x2066...0x2069: true  // directional marks and overrides
    case 0x2028, 0x2029, 0xFEFF: true  // line and paragraph separators, byte-order mark
    default: scalar.pathByte != nil
    }
}
