/// What is wrong with a JSON text, and where.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    public var reason: String
    /// Counted from 1; columns count bytes.
    public var line: Int
    public var column: Int

    public init(reason: String, line: Int, column: Int) {
        self.reason = reason
        self.line = line
        self.column = column
    }

    public var description: String { "line \(line), column \(column): \(reason)" }
}

extension JSONValue {
    /// How deep arrays and objects may lie in each other. Models that lie in models four times deep need about 40.
    public static let mostLevels = 128

    /// Parses a JSON text (RFC 8259) in one pass: time and memory grow with its length only, whatever it holds. Whole
    /// numbers become `int` however they are written, if they fit; of equal keys the last counts. Throws `JSONError`,
    /// also for more than `mostLevels` levels.
    public init(parsing text: String) throws(JSONError) {
        var text = text
        let result = text.withUTF8 { bytes in
            Result { () throws(JSONError) in
                var parser = JSONParser(bytes)
                return try parser.document()
            }
        }
        self = try result.get()
    }
}

/// Goes through the bytes of a text once.
private struct JSONParser {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var at = 0
    private var levels = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    mutating func document() throws(JSONError) -> JSONValue {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
        let value = try value()
        skipBlanks()
        guard at == bytes.count else { throw failure("something follows the document") }
        return value
    }

    private mutating func value() throws(JSONError) -> JSONValue {
        skipBlanks()
        switch try current("a value") {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw failure("expected a value")
        }
    }

    private mutating func object() throws(JSONError) -> JSONValue {
        try descend()
        var fields: [String: JSONValue] = [:]
        skipBlanks()
        if take("}") { return ascend(.object(fields)) }
        while true {
            skipBlanks()
            guard try current("a key") == UInt8(ascii: "\"") else { throw failure("expected a key in quotes") }
            let key = try string()
            skipBlanks()
            guard take(":") else { throw failure("expected ':'") }
            fields[key] = try value()
            skipBlanks()
            if take("}") { return ascend(.object(fields)) }
            guard take(",") else { throw failure("expected ',' or '}'") }
        }
    }

    private mutating func array() throws(JSONError) -> JSONValue {
        try descend()
        var values: [JSONValue] = []
        skipBlanks()
        if take("]") { return ascend(.array(values)) }
        while true {
            values.append(try value())
            skipBlanks()
            if take("]") { return ascend(.array(values)) }
            guard take(",") else { throw failure("expected ',' or ']'") }
        }
    }

    private mutating func descend() throws(JSONError) {
        guard levels < JSONValue.mostLevels else { throw failure("more than \(JSONValue.mostLevels) levels") }
        levels += 1
        at += 1
    }

    private mutating func ascend(_ value: JSONValue) -> JSONValue {
        levels -= 1
        return value
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        let text = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard bytes[at...].starts(with: text) else { throw failure("expected a value") }
        at += text.count
        return value
    }

    private mutating func number() throws(JSONError) -> JSONValue {
        let start = at
        _ = take("-")
        if !take("0"), !takeDigits() { throw failure("a number needs digits") }
        var isWhole = true
        if take(".") {
            isWhole = false
            guard takeDigits() else { throw failure("a number needs digits behind its point") }
        }
        if take("e") || take("E") {
            isWhole = false
            if !take("+") { _ = take("-") }
            guard takeDigits() else { throw failure("a number needs digits in its exponent") }
        }
        let text = String(decoding: bytes[start..<at], as: UTF8.self)
        if isWhole, let value = Int(text) { return .int(value) }
        guard let value = Double(text), value.isFinite else { throw failure("a number too large", start) }
        return Int(exactly: value).map(JSONValue.int) ?? .double(value)
    }

    private mutating func takeDigits() -> Bool {
        let start = at
        while at < bytes.count, bytes[at] >= UInt8(ascii: "0"), bytes[at] <= UInt8(ascii: "9") { at += 1 }
        return at > start
    }

    // MARK: Strings

    private mutating func string() throws(JSONError) -> String {
        at += 1
        let start = at
        while at < bytes.count, bytes[at] != UInt8(ascii: "\""), bytes[at] != UInt8(ascii: "\\"), bytes[at] >= 32 {
            at += 1
        }
        let plain = bytes[start..<at]
        if take("\"") { return String(decoding: plain, as: UTF8.self) }
        return try escapedString(Array(plain))
    }

    /// What follows `start` up to the quote, with escapes.
    private mutating func escapedString(_ start: [UInt8]) throws(JSONError) -> String {
        var text = start
        while true {
            let byte = try current("the end of a text")
            if byte < 32 { throw failure("a control character in a text") }
            at += 1
            if byte == UInt8(ascii: "\"") { return String(decoding: text, as: UTF8.self) }
            guard byte == UInt8(ascii: "\\") else {
                text.append(byte)
                continue
            }
            let escape = try current("the end of a text")
            at += 1
            switch escape {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(escape)
            case UInt8(ascii: "b"): text.append(8)
            case UInt8(ascii: "f"): text.append(12)
            case UInt8(ascii: "n"): text.append(10)
            case UInt8(ascii: "r"): text.append(13)
            case UInt8(ascii: "t"): text.append(9)
            case UInt8(ascii: "u"): text += Array(UTF8.encode(try character())!)
            default: throw failure("no such escape", at - 1)
            }
        }
    }

    /// The character of `\uXXXX`, or of two that make one together.
    private mutating func character() throws(JSONError) -> Unicode.Scalar {
        let start = at
        let first = try hexadecimal()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, take("\\"), take("u") else { throw failure("half a character", start) }
        let second = try hexadecimal()
        guard (0xDC00..<0xE000).contains(second) else { throw failure("half a character", start) }
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))!
    }

    private mutating func hexadecimal() throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            let digit = try current("four hexadecimal digits")
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt32(digit - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt32(digit - UInt8(ascii: "A") + 10)
            default: throw failure("expected four hexadecimal digits")
            }
            at += 1
        }
        return value
    }

    // MARK: Bytes

    private mutating func skipBlanks() {
        while at < bytes.count, bytes[at] == 32 || bytes[at] == 10 || bytes[at] == 13 || bytes[at] == 9 { at += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard at < bytes.count, bytes[at] == UInt8(ascii: character) else { return false }
        at += 1
        return true
    }

    private func current(_ expected: String) throws(JSONError) -> UInt8 {
        guard at < bytes.count else { throw failure("ends where \(expected) should be") }
        return bytes[at]
    }

    private func failure(_ reason: String, _ place: Int? = nil) -> JSONError {
        let before = bytes[..<min(place ?? at, bytes.count)]
        let line = before.count { $0 == 10 } + 1
        let column = before.count - ((before.lastIndex(of: 10) ?? -1) + 1) + 1
        return JSONError(reason: reason, line: line, column: column)
    }
}
