/// What the values of a dataset or an attribute are.
struct Datatype {
    enum Kind {
        case integer(isSigned: Bool)
        case float(FloatLayout)
        /// Bytes up to the first zero.
        case fixedText
        /// Elsewhere in the file.
        case variableText
        /// Something else, by name.
        case other(String)
    }

    let kind: Kind
    /// Bytes per value.
    let size: Int
    let isBigEndian: Bool

    init(_ cursor: ByteCursor) throws {
        var cursor = cursor
        let first = try cursor.byte()
        guard (1...5).contains(first >> 4) else { throw cursor.damaged("has a type of an unknown kind") }
        let bits = try cursor.number(3)
        size = try cursor.number(4)
        isBigEndian = bits & 1 != 0
        guard size > 0 else { throw cursor.damaged("has values of no bytes") }
        switch first & 0xF {
        case 0:
            let offset = try cursor.number(2), precision = try cursor.number(2)
            let isPlain = offset == 0 && precision == 8 * size && [1, 2, 4, 8].contains(size)
            kind = isPlain ? .integer(isSigned: bits & 8 != 0) : .other("whole numbers of \(precision) bits")
        case 1:
            let layout = try FloatLayout(&cursor, size: size, bits: bits)
            kind = layout.map { .float($0) } ?? .other("floating-point numbers of an unusual kind")
        case 3: kind = .fixedText
        case 9 where bits & 0xF == 1: kind = .variableText
        case 2: kind = .other("times")
        case 4: kind = .other("bit fields")
        case 5: kind = .other("bytes without a meaning")
        case 6: kind = .other("compounds")
        case 7: kind = .other("references to objects")
        case 8: kind = .other("enumerated values")
        case 9: kind = .other("lists")
        case 10: kind = .other("arrays")
        case 11: kind = .other("complex numbers")
        default: kind = .other("values of an unknown kind")
        }
    }
}

/// Where sign, exponent and fraction are in a floating-point number of up to 64 bits, the first bit of the fraction not
/// being stored.
struct FloatLayout: Equatable {
    var sign: Int
    var exponent: Int
    var exponentSize: Int
    var fraction: Int
    var fractionSize: Int
    var bias: Int

    static let single = FloatLayout(
        sign: 31, exponent: 23, exponentSize: 8, fraction: 0, fractionSize: 23, bias: 127)
    static let double = FloatLayout(
        sign: 63, exponent: 52, exponentSize: 11, fraction: 0, fractionSize: 52, bias: 1023)

    /// nil if it is not of that kind.
    init?(_ cursor: inout ByteCursor, size: Int, bits: Int) throws {
        let offset = try cursor.number(2), precision = try cursor.number(2)
        exponent = try cursor.number(1)
        exponentSize = try cursor.number(1)
        fraction = try cursor.number(1)
        fractionSize = try cursor.number(1)
        bias = try cursor.number(4)
        sign = bits >> 8 & 0xFF
        let isVAX = bits & 0x40 != 0
        guard !isVAX, bits >> 4 & 3 == 2, offset == 0, precision == 8 * size, [1, 2, 4, 8].contains(size),
            (2...11).contains(exponentSize), (1...52).contains(fractionSize), sign < precision,
            exponent + exponentSize <= precision, fraction + fractionSize <= precision, bias < 1 << exponentSize
        else { return nil }
    }

    private init(sign: Int, exponent: Int, exponentSize: Int, fraction: Int, fractionSize: Int, bias: Int) {
        self.sign = sign
        self.exponent = exponent
        self.exponentSize = exponentSize
        self.fraction = fraction
        self.fractionSize = fractionSize
        self.bias = bias
    }

    /// The number that the bits mean.
    func value(_ bits: UInt64) -> Double {
        let power = Int(bits >> UInt64(exponent) & (1 << UInt64(exponentSize) - 1))
        let part = bits >> UInt64(fraction) & (1 << UInt64(fractionSize) - 1)
        let magnitude: Double
        if power == 1 << exponentSize - 1 {
            magnitude = part == 0 ? .infinity : .nan
        } else {
            let one = power == 0 ? 0 : UInt64(1) << UInt64(fractionSize)
            magnitude = scaled(Double(one | part), by: max(power, 1) - bias - fractionSize)
        }
        return bits >> UInt64(sign) & 1 == 0 ? magnitude : -magnitude
    }

    /// A product with a power of two, rounded once.
    private func scaled(_ value: Double, by power: Int) -> Double {
        Double(sign: .plus, exponent: power, significand: value)
    }
}
