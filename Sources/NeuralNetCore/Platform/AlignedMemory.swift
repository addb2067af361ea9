import CKernels

/// Zeroed memory on a cache line (large blocks: on a huge page, which spares most address translations).
package enum AlignedMemory {
    package static func allocate(floats: Int) -> UnsafeMutablePointer<Float> {
        let count = max(floats, 1), bytes = count * MemoryLayout<Float>.stride
        guard let pointer = fm_allocate(bytes) else { fatalError("out of memory: \(bytes) bytes") }
        return pointer.bindMemory(to: Float.self, capacity: count)
    }

    /// What `allocate` gave; nil is nothing.
    package static func free(_ memory: UnsafeMutablePointer<Float>?) { fm_release(memory) }
}
