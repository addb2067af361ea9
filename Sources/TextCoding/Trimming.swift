/// A text without what is blank at both ends: white space, unless `isBlank` says otherwise.
package func trimmed(_ text: Substring, of isBlank: (Character) -> Bool = { $0.isWhitespace }) -> Substring {
    var text = text
    while let first = text.first, isBlank(first) { text.removeFirst() }
    while let last = text.last, isBlank(last) { text.removeLast() }
    return text
}
