import CKernels

/// Sums that each thread made on its own, put together in a fixed order.
enum ThreadSums {
    /// Adds the sums of all threads to `target`, or puts them there; does nothing where no target is wanted.
    static func reduce(
        _ sums: UnsafeMutablePointer<Float>, stride: Int, threads: Int, into target: UnsafeMutablePointer<Float>?,
        count: Int, overwrite: Bool
    ) {
        guard let target else { return }
        if overwrite { memset(target, 0, count * MemoryLayout<Float>.stride) }
        for thread in 0..<threads { fm_add(target, sums + thread * stride, count) }
    }
}
