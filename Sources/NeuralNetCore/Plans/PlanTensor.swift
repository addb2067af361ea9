/// How the numbers of a network are kept in a plan's file.
public enum PlanWeights: String, Sendable, CaseIterable {
    case float32
    /// Half the size; about three decimal digits.
    case float16
    /// A quarter: kernels as whole numbers from -127 to 127 with a factor per output channel.
    case int8
    /// Whole numbers of at most six bits each as they are packed, by how often each comes: from -31 to 31 in the largest
    /// kernel, of more steps in smaller ones. Less than a fifth of float32.
    case int6
    /// The same of at most five bits, from -17 to 17 in the largest kernel: less than a sixth.
    case int5

    var isPacked: Bool { self == .int6 || self == .int5 }

    /// The largest whole number of the largest kernel.
    private var limit: Int {
        switch self {
        case .float32, .float16: return 0
        case .int8: return 127
        case .int6: return 31
        case .int5: return 17
        }
    }

    /// The largest whole number of a kernel of `count` numbers where the largest has `largest`.
    ///
    /// Each kernel's rounding adds noise of its own to what comes out, much the same for the same number of steps. A bit
    /// more costs a byte for eight numbers: for one sum of noise the file is smallest where steps are as many as the root
    /// of the kernel's size is small (T. Cover and J. Thomas, "Elements of Information Theory", 10.3.3, rates of parallel
    /// Gaussian sources). First kernels are small and blur most.
    package func limit(count: Int, largest: Int) -> Int {
        guard isPacked else { return limit }
        return min(127, Int((Float(limit) * (Float(largest) / Float(count)).squareRoot()).rounded()))
    }
}

/// A tensor's numbers in a file: how they are kept, how many they are, and themselves.
package enum PlanTensor {
    /// What is kept exactly even in a small file: biases and the like.
    private static let leastCompressed = 256

    static func isCompressed(count: Int, columns: Int) -> Bool {
        count >= leastCompressed && columns > 0 && count > columns
    }

    /// - Parameters:
    ///   - columns: output channels, the last axis; 0 for what is no kernel.
    ///   - taps: places of the kernel, the first axis.
    ///   - largest: how many numbers the network's largest kernel has.
    static func write(
        _ values: [Float], columns: Int, taps: Int, largest: Int, as weights: PlanWeights, to writer: inout PlanWriter
    ) {
        let isKernel = isCompressed(count: values.count, columns: columns)
        let isFinite = values.allSatisfy { $0.isFinite }
        switch weights {
        case .float16 where isKernel && values.allSatisfy({ abs($0) < 65504 }):
            writer.write(byte: 1)
            writer.write(values.count)
            for value in values {
                let half = halfBits(value)
                writer.write(byte: UInt8(half & 255))
                writer.write(byte: UInt8(half >> 8))
            }
        case .int8, .int6, .int5:
            guard isKernel, isFinite else { return writeWhole(values, to: &writer) }
            let limit = weights.limit(count: values.count, largest: largest)
            let rounded = WeightRounding(values, columns: columns, taps: taps, limit: limit)
            let symbols = rounded.numbers.map { UInt8(Int($0) + limit) }
            let packed = weights.isPacked ? SymbolCoder.packed(symbols, of: 2 * limit + 1) : nil
            writer.write(byte: packed == nil ? 2 : 3)
            writer.write(values.count)
            writer.write(columns)
            for factor in rounded.factors { writer.write(factor) }
            if let packed {
                writer.write(byte: UInt8(limit))
                writer.append(packed)
            } else {
                for number in rounded.numbers { writer.write(byte: UInt8(bitPattern: number)) }
            }
        default: writeWhole(values, to: &writer)
        }
    }

    private static func writeWhole(_ values: [Float], to writer: inout PlanWriter) {
        writer.write(byte: 0)
        writer.write(values.count)
        for value in values { writer.write(value) }
    }

    static func read(_ reader: inout PlanReader) throws(PlanError) -> [Float] {
        switch try reader.byte() {
        case 0:
            let raw = try reader.raw(4 * reader.count(ofSize: 4))
            return (0..<raw.count / 4).map {
                Float(bitPattern: UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
            }
        case 1:
            let raw = try reader.raw(2 * reader.count(ofSize: 2))
            return (0..<raw.count / 2).map {
                float(halfBits: UInt16(littleEndian: raw.loadUnaligned(fromByteOffset: 2 * $0, as: UInt16.self)))
            }
        case 2:
            let count = try reader.count(), columns = try reader.count(ofSize: 4)
            guard columns > 0, count % columns == 0 else { throw .invalid("a tensor of uneven rows") }
            var factors: [Float] = []
            for _ in 0..<columns { factors.append(try reader.float()) }
            let raw = try reader.raw(count)
            return (0..<count).map { Float(Int8(bitPattern: raw[$0])) * factors[$0 % columns] }
        case 3:
            let count = try reader.number(), columns = try reader.count(ofSize: 4)
            guard columns > 0, count % columns == 0 else { throw .invalid("a tensor of uneven rows") }
            var factors: [Float] = []
            for _ in 0..<columns { factors.append(try reader.float()) }
            let limit = Int(try reader.byte())
            guard (1...127).contains(limit), count / SymbolCoder.mostPerByte <= reader.rest else {
                throw .invalid("weights of an impossible size")
            }
            var values = [Float](repeating: 0, count: count)
            try SymbolCoder.unpack(count, of: 2 * limit + 1, from: &reader) { index, symbol in
                values[index] = Float(symbol - limit) * factors[index % columns]
            }
            return values
        default: throw .invalid("weights of an unknown kind")
        }
    }

    /// IEEE 754 binary16, rounded to nearest, ties to even; `value` is in its range.
    package static func halfBits(_ value: Float) -> UInt16 {
        let bits = value.bitPattern, sign = UInt16(bits >> 16 & 0x8000)
        let magnitude = abs(value)
        // Below the smallest normal number the steps are 2^-24.
        if magnitude < 0x1p-14 { return sign | UInt16((magnitude * 0x1p24).rounded(.toNearestOrEven)) }
        let rounded = (bits & 0x7FFF_FFFF) + 0xFFF + (bits >> 13 & 1)
        return sign | UInt16(rounded >> 13 - 112 << 10)
    }

    package static func float(halfBits bits: UInt16) -> Float {
        let sign = UInt32(bits & 0x8000) << 16, exponent = UInt32(bits >> 10 & 31), fraction = UInt32(bits & 1023)
        switch exponent {
        case 0: return Float(bitPattern: sign | (Float(fraction) * 0x1p-24).bitPattern)
        case 31: return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
        default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
        }
    }
}
