extension Datatype {
    /// Whether values are floats as the processor has them.
    var isNativeFloat: Bool {
        guard case .float(.single) = kind else { return false }
        return isBigEndian == (UInt16(1).bigEndian == 1)
    }

    /// Turns values of numbers into floats, rounded to the nearest. `bytes` has `target.count` values; throws if they
    /// are no numbers.
    func convert(_ bytes: UnsafeRawBufferPointer, to target: UnsafeMutableBufferPointer<Float>) throws {
        switch kind {
        case .float(.single): fill(target, bytes, UInt32.self) { Float(bitPattern: $0) }
        case .float(.double): fill(target, bytes, UInt64.self) { Float(Double(bitPattern: $0)) }
        case .float(let layout):
            switch size {
            case 1: fill(target, bytes, UInt8.self) { Float(layout.value(UInt64($0))) }
            case 2: fill(target, bytes, UInt16.self) { Float(layout.value(UInt64($0))) }
            case 4: fill(target, bytes, UInt32.self) { Float(layout.value(UInt64($0))) }
            default: fill(target, bytes, UInt64.self) { Float(layout.value($0)) }
            }
        case .integer(isSigned: true):
            switch size {
            case 1: fill(target, bytes, Int8.self) { Float($0) }
            case 2: fill(target, bytes, Int16.self) { Float($0) }
            case 4: fill(target, bytes, Int32.self) { Float($0) }
            default: fill(target, bytes, Int64.self) { Float($0) }
            }
        case .integer(isSigned: false):
            switch size {
            case 1: fill(target, bytes, UInt8.self) { Float($0) }
            case 2: fill(target, bytes, UInt16.self) { Float($0) }
            case 4: fill(target, bytes, UInt32.self) { Float($0) }
            default: fill(target, bytes, UInt64.self) { Float($0) }
            }
        case .fixedText, .variableText: throw HDF5Failure("does not hold numbers but texts")
        case .other(let name): throw HDF5Failure("does not hold numbers but \(name)")
        }
    }

    /// Throws unless values are numbers.
    func requireNumbers() throws { try convert(.init(start: nil, count: 0), to: .init(start: nil, count: 0)) }

    private func fill<T: FixedWidthInteger>(
        _ target: UnsafeMutableBufferPointer<Float>, _ bytes: UnsafeRawBufferPointer, _: T.Type,
        _ number: (T) -> Float
    ) {
        precondition(bytes.count >= target.count * MemoryLayout<T>.size)
        for place in target.indices {
            let value = bytes.loadUnaligned(fromByteOffset: place * MemoryLayout<T>.size, as: T.self)
            target[place] = number(isBigEndian ? T(bigEndian: value) : T(littleEndian: value))
        }
    }
}
