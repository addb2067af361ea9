/// What is wrong with the bytes of a file, without its path.
struct ONNXFailure: Error {
    var place: String?
    var reason: String

    init(_ reason: String, at place: String? = nil) {
        self.place = place
        self.reason = reason
    }
}

/// Walks over the fields of one protobuf message. Nothing is copied: texts and messages inside are ranges of the same
/// bytes. https://protobuf.dev/programming-guides/encoding
struct WireReader {
    enum Value {
        case number(UInt64)
        case fixed32(UInt32)
        case fixed64(UInt64)
        case bytes(Range<Int>)
    }

    let bytes: [UInt8]
    private(set) var at: Int
    private let end: Int

    init(_ bytes: [UInt8]) { self.init(bytes, bytes.indices) }

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        at = range.lowerBound
        end = range.upperBound
    }

    /// The next field and its value; nil at the end of the message. Throws `ONNXFailure`.
    mutating func next() throws -> (field: Int, value: Value)? {
        guard at < end else { return nil }
        let start = at, tag = try varint(), field = tag >> 3
        guard field > 0, field < 1 << 29 else { throw ONNXFailure("no field at byte \(start): the file is damaged") }
        switch tag & 7 {
        case 0: return (Int(field), .number(try varint()))
        case 1: return (Int(field), .fixed64(try fixed(8)))
        case 2:
            let count = try varint()
            guard count <= UInt64(end - at) else {
                throw ONNXFailure(
                    "\(count) bytes at byte \(start), but the message around ends before: cut off or damaged")
            }
            at += Int(count)
            return (Int(field), .bytes(at - Int(count)..<at))
        case 5: return (Int(field), .fixed32(UInt32(try fixed(4))))
        default: throw ONNXFailure("a field of kind \(tag & 7) at byte \(start): the file is damaged")
        }
    }

    mutating func varint() throws -> UInt64 {
        var result: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard at < end else { throw ONNXFailure("a number is cut off at byte \(at)") }
            let byte = bytes[at]
            at += 1
            if shift < 64 { result |= UInt64(byte & 0x7F) << shift }
            if byte & 0x80 == 0 { return result }
        }
        throw ONNXFailure("a number of more than ten bytes before byte \(at): the file is damaged")
    }

    mutating func fixed(_ count: Int) throws -> UInt64 {
        guard end - at >= count else { throw ONNXFailure("a number is cut off at byte \(at)") }
        var result: UInt64 = 0
        for i in 0..<count { result |= UInt64(bytes[at + i]) << UInt64(8 * i) }
        at += count
        return result
    }

    /// A message or list inside.
    func inside(_ range: Range<Int>) -> WireReader { WireReader(bytes, range) }

    var isAtEnd: Bool { at >= end }
}

extension WireReader.Value {
    /// A whole number. Throws `ONNXFailure` for any other kind.
    func int(_ name: String) throws -> Int {
        guard case .number(let bits) = self else { throw ONNXFailure("\(name) is not a number") }
        return Int(truncatingIfNeeded: bits)
    }

    func range(_ name: String) throws -> Range<Int> {
        guard case .bytes(let range) = self else { throw ONNXFailure("\(name) is a number") }
        return range
    }

    /// A text of at most 64 kB, what is not UTF-8 in it replaced.
    func text(_ name: String, in reader: WireReader) throws -> String {
        let range = try range(name)
        guard range.count <= 1 << 16 else { throw ONNXFailure("\(name) is a text of \(range.count) bytes") }
        return String(decoding: reader.bytes[range], as: UTF8.self)
    }

    /// Adds what a repeated field of whole numbers holds, packed or not.
    func ints(_ name: String, in reader: WireReader, addingTo list: inout [Int], limit: Int) throws {
        func add(_ number: Int) throws {
            guard list.count < limit else { throw ONNXFailure("\(name) has more than \(limit) numbers") }
            list.append(number)
        }
        guard case .bytes(let range) = self else { return try add(try int(name)) }
        var packed = reader.inside(range)
        while !packed.isAtEnd { try add(Int(truncatingIfNeeded: try packed.varint())) }
    }

    /// Adds what a repeated field of floats holds, packed or not.
    func floats(_ name: String, in reader: WireReader, addingTo list: inout [Float], limit: Int) throws {
        func add(_ bits: UInt32) throws {
            guard list.count < limit else { throw ONNXFailure("\(name) has more than \(limit) numbers") }
            list.append(Float(bitPattern: bits))
        }
        switch self {
        case .fixed32(let bits): try add(bits)
        case .bytes(let range):
            var packed = reader.inside(range)
            while !packed.isAtEnd { try add(UInt32(try packed.fixed(4))) }
        default: throw ONNXFailure("\(name) is not a list of floats")
        }
    }
}
