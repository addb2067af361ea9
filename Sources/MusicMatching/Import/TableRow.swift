import TextCoding

/// The fields of one record.
struct TableRow {
    /// The contents of all fields without their quotes.
    var bytes: [UInt8] = []
    /// Places in `bytes`.
    var fields: [Range<Int>] = []
    var encoding = TextEncoding.western

    /// A field as text without blanks around it; empty if the record ends before it.
    func text(_ column: Int) -> String {
        guard column < fields.count else { return "" }
        let text = encoding.string(bytes[fields[column]])
        guard let first = text.utf8.first, let last = text.utf8.last,
            first <= 0x20 || last <= 0x20 || first == 0xC2 || last == 0xA0
        else { return text }
        return String(trimmed(text[...]))
    }

    /// All fields as text.
    var texts: [String] { fields.indices.map(text) }
}
