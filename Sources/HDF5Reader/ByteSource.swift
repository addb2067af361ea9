/// The bytes of a file, wherever they are.
package protocol ByteSource {
    var count: Int { get }

    /// Fills `target` from `position` on. Both lie within the file. Throws when the bytes cannot be had.
    func read(at position: Int, into target: UnsafeMutableRawBufferPointer) throws
}

/// A file in memory.
package struct ByteArraySource: ByteSource {
    private let bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package var count: Int { bytes.count }

    package func read(at position: Int, into target: UnsafeMutableRawBufferPointer) {
        bytes.withUnsafeBytes { target.copyMemory(from: .init(rebasing: $0[position..<position + target.count])) }
    }
}
