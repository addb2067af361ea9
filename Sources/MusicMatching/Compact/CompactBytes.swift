/// Numbers and texts one after another, the lowest byte first; whole numbers in as many bytes of seven bits as they need.
struct CompactWriter {
    private(set) var bytes: [UInt8] = []

    mutating func write(_ number: some FixedWidthInteger) {
        var rest = UInt64(number)
        while rest >= 128 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 128)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func write(word: UInt64) {
        for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(8 * shift))) }
    }

    mutating func write(_ number: Double) { write(word: number.bitPattern) }

    mutating func write(_ text: String) {
        write(text.utf8.count)
        bytes += text.utf8
    }

    mutating func write(_ numbers: [Double]) {
        write(numbers.count)
        for number in numbers { write(number) }
    }

    mutating func append(_ more: [UInt8]) { bytes += more }
}

/// What can be wrong with a compact catalogue. The description is one clear line.
public enum CompactError: Error, Equatable, Sendable, CustomStringConvertible {
    /// None, or one that was cut off or changed.
    case invalid(String)
    /// Written by a newer program.
    case newerVersion(Int)

    public var description: String {
        switch self {
        case .invalid(let reason): return "the songs are damaged: " + reason
        case .newerVersion(let version):
            return "the songs have version " + String(version) + ", which only a newer program can read"
        }
    }
}

/// The same read back. What is missing or too large is an error, before anything is allocated for it.
struct CompactReader {
    private let bytes: UnsafeRawBufferPointer
    private(set) var place = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var rest: Int { bytes.count - place }

    mutating func byte() throws(CompactError) -> UInt8 {
        guard rest > 0 else { throw .invalid("they end too early") }
        place += 1
        return bytes[place - 1]
    }

    mutating func wide() throws(CompactError) -> UInt64 {
        var value: UInt64 = 0
        for shift in 0..<9 {
            let next = try byte()
            value |= UInt64(next & 127) << UInt64(7 * shift)
            if next < 128 { return value }
        }
        throw .invalid("a number at byte " + String(place) + " is too large")
    }

    /// At most `limit`.
    mutating func number(upTo limit: Int) throws(CompactError) -> Int {
        let value = try wide()
        guard value <= UInt64(limit) else { throw .invalid("a number at byte " + String(place) + " is too large") }
        return Int(value)
    }

    /// How many of something follow, each of at least `size` bytes.
    mutating func count(ofSize size: Int = 1) throws(CompactError) -> Int {
        let value = try wide()
        guard value <= UInt64(rest / size) else { throw .invalid("they end too early") }
        return Int(value)
    }

    mutating func word() throws(CompactError) -> UInt64 {
        var value: UInt64 = 0
        for shift in 0..<8 { value |= UInt64(try byte()) << UInt64(8 * shift) }
        return value
    }

    /// A number from -`limit` to `limit`.
    mutating func double(within limit: Double) throws(CompactError) -> Double {
        let value = Double(bitPattern: try word())
        guard abs(value) <= limit else { throw .invalid("a number at byte " + String(place) + " is impossible") }
        return value
    }

    mutating func doubles(within limit: Double) throws(CompactError) -> [Double] {
        var numbers: [Double] = []
        for _ in 0..<(try count(ofSize: 8)) { numbers.append(try double(within: limit)) }
        return numbers
    }

    mutating func text() throws(CompactError) -> String {
        let count = try count()
        place += count
        guard let text = String(validating: bytes[place - count..<place], as: UTF8.self) else {
            throw .invalid("a text that is not UTF-8")
        }
        return text
    }

    mutating func texts() throws(CompactError) -> [String] {
        var texts: [String] = []
        for _ in 0..<(try count()) { texts.append(try text()) }
        return texts
    }

    /// Members of a list, by their places.
    mutating func members<Value>(of list: [Value]) throws(CompactError) -> [Value] {
        var members: [Value] = []
        for _ in 0..<(try count()) { members.append(try member(of: list)) }
        return members
    }

    mutating func member<Value>(of list: [Value]) throws(CompactError) -> Value {
        guard !list.isEmpty else { throw .invalid("a number that stands for nothing") }
        return list[try number(upTo: list.count - 1)]
    }
}
