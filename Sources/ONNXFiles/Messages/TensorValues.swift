/// Where the numbers of a model's tensors come from: the file itself, and the files beside it that it names.
struct TensorSource {
    let bytes: [UInt8]
    /// The folder of the model's file; nil if it is no file.
    let folder: String?

    /// A tensor's numbers as they are stored. Throws `ONNXFailure`, before memory is taken for what is not there.
    func values(of tensor: ONNXTensor) throws -> TensorValues {
        do {
            return try read(tensor)
        } catch let failure as ONNXFailure {
            throw ONNXFailure(failure.reason, at: failure.place ?? "tensor '\(tensor.name)'")
        }
    }

    private func read(_ tensor: ONNXTensor) throws -> TensorValues {
        guard tensor.shape.allSatisfy({ $0 >= 0 }), let count = tensor.shape.checkedCount else {
            throw ONNXFailure("shape \(tensor.shape) is too large, or no shape")
        }
        guard let size = tensor.type.size else { throw ONNXFailure("numbers of type \(tensor.type) are not supported") }
        if let external = tensor.external {
            return try TensorValues(
                tensor.type, raw: try ExternalData.read(external, folder: folder, count: count * size)[...],
                count: count)
        }
        if let raw = tensor.raw {
            guard raw.count == count * size else {
                throw ONNXFailure("\(raw.count) bytes for \(count) numbers of \(size)")
            }
            return try TensorValues(tensor.type, raw: bytes[raw], count: count)
        }
        let reader = WireReader(bytes)
        var floats: [Float] = [], ints: [Int] = []
        for (field, value) in tensor.pieces {
            switch (field, tensor.type) {
            case (4, .float): try value.floats("float_data", in: reader, addingTo: &floats, limit: count)
            case (5, .int32), (5, .int16), (5, .int8), (5, .uint16), (5, .uint8), (5, .bool), (5, .float16),
                (5, .bfloat16):
                try value.ints("int32_data", in: reader, addingTo: &ints, limit: count)
            case (7, .int64): try value.ints("int64_data", in: reader, addingTo: &ints, limit: count)
            case (10, .double): floats += try TensorSource.doubles(value, in: reader, limit: count - floats.count)
            case (11, .uint32), (11, .uint64):
                try value.ints("uint64_data", in: reader, addingTo: &ints, limit: count)
            default: throw ONNXFailure("numbers in field \(field), where \(tensor.type) is not")
            }
        }
        let result: TensorValues
        switch tensor.type {
        case .float, .double: result = .floats(floats)
        case .float16: result = .floats(ints.map { Float(Float16(bitPattern: UInt16(truncatingIfNeeded: $0))) })
        case .bfloat16:
            result = .floats(ints.map { Float(bitPattern: UInt32(truncatingIfNeeded: $0 & 0xFFFF) << 16) })
        default: result = .ints(ints)
        }
        guard result.count == count else { throw ONNXFailure("\(result.count) numbers instead of \(count)") }
        return result
    }

    private static func doubles(_ value: WireReader.Value, in reader: WireReader, limit: Int) throws -> [Float] {
        if case .fixed64(let bits) = value, limit > 0 { return [Float(Double(bitPattern: bits))] }
        let range = try value.range("double_data")
        guard range.count / 8 <= limit else { throw ONNXFailure("double_data has more than \(limit) numbers") }
        var packed = reader.inside(range), result: [Float] = []
        while !packed.isAtEnd { result.append(Float(Double(bitPattern: try packed.fixed(8)))) }
        return result
    }
}

/// Numbers of a tensor: what is a float of any size as floats, all else as whole numbers.
enum TensorValues {
    case floats([Float])
    case ints([Int])

    var count: Int {
        switch self {
        case .floats(let values): return values.count
        case .ints(let values): return values.count
        }
    }

    /// From little-endian bytes, of which there are enough.
    init(_ type: ONNXType, raw: ArraySlice<UInt8>, count: Int) throws {
        self = raw.withUnsafeBytes { bytes in
            func ints<T: FixedWidthInteger>(_: T.Type) -> TensorValues {
                .ints(
                    (0..<count).map {
                        Int(
                            truncatingIfNeeded: T(
                                littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<T>.size, as: T.self)
                            ))
                    })
            }
            func floats<T: FixedWidthInteger>(_: T.Type, _ convert: (T) -> Float) -> TensorValues {
                .floats(
                    (0..<count).map {
                        convert(
                            T(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<T>.size, as: T.self)))
                    })
            }
            switch type {
            case .float: return floats(UInt32.self) { Float(bitPattern: $0) }
            case .double: return floats(UInt64.self) { Float(Double(bitPattern: $0)) }
            case .float16: return floats(UInt16.self) { Float(Float16(bitPattern: $0)) }
            case .bfloat16: return floats(UInt16.self) { Float(bitPattern: UInt32($0) << 16) }
            case .int8: return ints(Int8.self)
            case .int16: return ints(Int16.self)
            case .uint16: return ints(UInt16.self)
            case .int32: return ints(Int32.self)
            case .uint32: return ints(UInt32.self)
            case .int64, .uint64: return ints(Int64.self)
            default: return ints(UInt8.self)
            }
        }
    }
}
