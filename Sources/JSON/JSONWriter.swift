extension JSONValue {
    /// The JSON text with keys in the order of their characters' codes, so that equal values give equal bytes. Numbers
    /// that JSON cannot express (NaN, infinities) are written as `null`.
    ///
    /// - Parameter pretty: a line per value, two blanks for each level.
    public func text(pretty: Bool = false) -> String {
        var writer = JSONWriter(isPretty: pretty)
        writer.write(self, level: 0)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

private struct JSONWriter {
    let isPretty: Bool
    var bytes: [UInt8] = []

    mutating func write(_ value: JSONValue, level: Int) {
        switch value {
        case .null: bytes += "null".utf8
        case .bool(let value): bytes += (value ? "true" : "false").utf8
        case .int(let value): bytes += String(value).utf8
        case .double(let value): write(value)
        case .string(let text): write(text)
        case .array(let values):
            write(values.count, level, "[", "]") { $0.write(values[$1], level: level + 1) }
        case .object(let fields):
            let keys = fields.keys.sorted()
            write(keys.count, level, "{", "}") {
                $0.write(keys[$1])
                $0.bytes += ($0.isPretty ? " : " : ":").utf8
                $0.write(fields[keys[$1]]!, level: level + 1)
            }
        }
    }

    private mutating func write(
        _ count: Int, _ level: Int, _ start: Unicode.Scalar, _ end: Unicode.Scalar,
        _ element: (inout JSONWriter, Int) -> Void
    ) {
        bytes.append(UInt8(ascii: start))
        for index in 0..<count {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            newLine(level + 1)
            element(&self, index)
        }
        if count > 0 { newLine(level) }
        bytes.append(UInt8(ascii: end))
    }

    private mutating func newLine(_ level: Int) {
        guard isPretty else { return }
        bytes.append(10)
        bytes += repeatElement(32, count: 2 * level)
    }

    /// The shortest digits that give the number back.
    private mutating func write(_ value: Double) {
        guard value.isFinite else {
            bytes += "null".utf8
            return
        }
        let text = value.description
        bytes += text.hasSuffix(".0") ? text.utf8.dropLast(2) : text.utf8[...]
    }

    private mutating func write(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 8: bytes += "\\b".utf8
            case 9: bytes += "\\t".utf8
            case 10: bytes += "\\n".utf8
            case 12: bytes += "\\f".utf8
            case 13: bytes += "\\r".utf8
            case 0..<32:
                let digits = String(byte, radix: 16)
                bytes += ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
