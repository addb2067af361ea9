import CZlib

/// Deflated bytes, unpacked by zlib.
enum Inflate {
    /// The `size` bytes that were packed. Throws if they are more or fewer.
    static func bytes(_ packed: [UInt8], size: Int) throws -> [UInt8] {
        guard let packedSize = uLong(exactly: packed.count) else { throw HDF5Failure("a chunk is too large") }
        var status = Z_OK
        let bytes = [UInt8](unsafeUninitializedCapacity: max(size, 1)) { target, filled in
            var count = uLongf(size)
            status = uncompress(target.baseAddress, &count, packed, packedSize)
            filled = status == Z_OK ? Int(count) : 0
        }
        switch status {
        case Z_OK where bytes.count == size: return bytes
        case Z_BUF_ERROR: throw HDF5Failure.damaged("a chunk does not unpack to \(size) bytes")
        case Z_MEM_ERROR: throw HDF5Failure("no memory to unpack")
        default: throw HDF5Failure.damaged("a chunk cannot be unpacked")
        }
    }
}
