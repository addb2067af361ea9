/// A text without what is blank at both ends: white space, and the mark that some editors put before the first line.
package func trimmed(_ text: Substring) -> Substring {
    func isBlank(_ character: Character) -> Bool { character.isWhitespace || character == "\u{FEFF}" }
    var text = text
    while let first = text.first, isBlank(first) { text.removeFirst() }
    while let last = text.last, isBlank(last) { text.removeLast() }
    return text
}

extension StringProtocol {
    /// As `trimmed`.
    package var trimmingBlanks: String { String(trimmed(Substring(self))) }
}
