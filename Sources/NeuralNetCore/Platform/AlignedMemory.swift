import CKernels

/// Zeroed memory on a cache line (large blocks: on a huge page, which spares most address translations).
package enum AlignedMemory {
    package static func allocate(floats: Int) -> UnsafeMutablePointer<Float> {
        guard let memory = allocateIfThere(floats: floats) else {
            fatalError("out of memory: \(floats * MemoryLayout<Float>.stride) bytes")
        }
        return memory
    }

    /// The same for what can be more than the machine has; nil then.
    package static func allocateIfThere(floats: Int) -> UnsafeMutablePointer<Float>? {
        let count = max(floats, 1)
        return fm_allocate(count * MemoryLayout<Float>.stride)?.bindMemory(to: Float.self, capacity: count)
    }

    /// What `allocate` gave; nil is nothing.
    package static func free(_ memory: UnsafeMutablePointer<Float>?) { fm_release(memory) }
}
