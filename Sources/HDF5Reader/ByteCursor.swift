/// Numbers one after the other, least byte first. Never reads past its end.
struct ByteCursor {
    private(set) var rest: ArraySlice<UInt8>
    private let what: String
    private let address: Int
    let addressSize: Int
    let lengthSize: Int

    init(_ bytes: [UInt8], _ what: String, address: Int, addressSize: Int, lengthSize: Int) {
        rest = bytes[...]
        self.what = what
        self.address = address
        self.addressSize = addressSize
        self.lengthSize = lengthSize
    }

    func damaged(_ problem: String) -> HDF5Failure { .damaged("\(what) at byte \(address) \(problem)") }

    var isEmpty: Bool { rest.isEmpty }
    var count: Int { rest.count }

    mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
        guard count >= 0, count <= rest.count else { throw damaged("is too short") }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    /// The next bytes as a cursor of their own.
    mutating func part(_ count: Int) throws -> ByteCursor {
        var part = self
        part.rest = try take(count)
        return part
    }

    mutating func skip(_ count: Int) throws { _ = try take(count) }

    mutating func byte() throws -> UInt8 {
        guard let byte = rest.popFirst() else { throw damaged("is too short") }
        return byte
    }

    /// A number of up to 8 bytes.
    mutating func bits(_ size: Int) throws -> UInt64 {
        var value: UInt64 = 0
        for (place, byte) in try take(size).enumerated() where place < 8 { value |= UInt64(byte) << (8 * place) }
        return value
    }

    /// A number that must be useful as a size.
    mutating func number(_ size: Int) throws -> Int {
        let value = try bits(size)
        guard value <= UInt64(Int.max) else { throw damaged("has a number that is too large") }
        return Int(value)
    }

    mutating func length() throws -> Int { try number(lengthSize) }

    /// A place in the file; nil for none. Whether it is inside is found out when it is read.
    mutating func possibleAddress() throws -> Int? {
        let value = try bits(addressSize)
        if value == UInt64.max >> (64 - 8 * UInt64(addressSize)) { return nil }
        return Int(clamping: value)
    }

    mutating func requiredAddress() throws -> Int {
        guard let address = try possibleAddress() else { throw damaged("refers to nothing") }
        return address
    }

    /// Throws unless the last four bytes are the checksum of those before; takes them away.
    mutating func verify() throws {
        guard rest.count >= 4 else { throw damaged("is too short") }
        var stored = self
        stored.rest = rest.suffix(4)
        rest = rest.dropLast(4)
        guard try stored.bits(4) == UInt64(Checksum.lookup3(rest)) else { throw damaged("has a wrong checksum") }
    }
}
