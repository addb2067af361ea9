/// Numbers and texts one after another, the lowest byte first; whole numbers in as many bytes of seven bits as they need.
struct PlanWriter {
    private(set) var bytes: [UInt8] = []

    mutating func write(byte: UInt8) { bytes.append(byte) }

    mutating func write(_ number: Int) {
        var rest = UInt(bitPattern: number)
        while rest >= 128 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 128)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func write(_ numbers: [Int]) {
        write(numbers.count)
        for number in numbers { write(number) }
    }

    mutating func write(_ number: UInt32) {
        for shift in 0..<4 { bytes.append(UInt8(number >> (8 * UInt32(shift)) & 255)) }
    }

    mutating func write(_ number: Float) { write(number.bitPattern) }

    mutating func write(_ flag: Bool) { bytes.append(flag ? 1 : 0) }

    mutating func write(_ text: String) {
        write(text.utf8.count)
        bytes += text.utf8
    }

    mutating func append(_ more: [UInt8]) { bytes += more }
}

/// The same read back. What is missing or too large is an error, before anything is allocated for it.
package struct PlanReader {
    private let bytes: UnsafeRawBufferPointer
    private(set) var place = 0

    package init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var rest: Int { bytes.count - place }

    mutating func byte() throws(PlanError) -> UInt8 {
        guard rest > 0 else { throw .invalid("it ends too early") }
        place += 1
        return bytes[place - 1]
    }

    /// At most `limit`.
    mutating func number(upTo limit: Int = Shape.largestCount) throws(PlanError) -> Int {
        var value: UInt64 = 0
        for shift in 0..<5 {
            let next = try byte()
            value |= UInt64(next & 127) << UInt64(7 * shift)
            guard next >= 128 else {
                guard value <= UInt64(limit) else {
                    throw .invalid("a number at byte " + String(place) + " is too large")
                }
                return Int(value)
            }
        }
        throw .invalid("a number at byte " + String(place) + " is too large")
    }

    /// How many of something follow, each of at least `size` bytes.
    mutating func count(ofSize size: Int = 1) throws(PlanError) -> Int {
        let count = try number()
        guard count <= rest / size else { throw .invalid("it ends too early") }
        return count
    }

    mutating func numbers() throws(PlanError) -> [Int] {
        let count = try count()
        var result: [Int] = []
        result.reserveCapacity(count)
        for _ in 0..<count { result.append(try number()) }
        return result
    }

    mutating func word() throws(PlanError) -> UInt32 {
        var value: UInt32 = 0
        for shift in 0..<4 { value |= UInt32(try byte()) << UInt32(8 * shift) }
        return value
    }

    mutating func float() throws(PlanError) -> Float { Float(bitPattern: try word()) }

    mutating func flag() throws(PlanError) -> Bool {
        switch try byte() {
        case 0: return false
        case 1: return true
        default: throw .invalid("neither yes nor no at byte " + String(place))
        }
    }

    mutating func text() throws(PlanError) -> String {
        let part = try raw(count())
        guard let text = String(validating: part, as: UTF8.self) else { throw .invalid("a text that is not UTF-8") }
        return text
    }

    mutating func raw(_ count: Int) throws(PlanError) -> UnsafeRawBufferPointer {
        guard count >= 0, count <= rest else { throw .invalid("it ends too early") }
        place += count
        return UnsafeRawBufferPointer(rebasing: bytes[place - count..<place])
    }
}

/// The checksum of zip and PNG files (CRC-32, ISO 3309).
package func planChecksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let table = (0..<256).map { (index: UInt32) in
        (0..<8).reduce(index) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }
    return ~bytes.reduce(~0) { sum, byte in sum >> 8 ^ table[Int((sum ^ UInt32(byte)) & 255)] }
}
