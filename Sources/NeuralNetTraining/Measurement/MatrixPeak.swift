import NeuralNetCore
import Timing

/// How fast large matrices are multiplied: the yardstick for everything else.
public enum MatrixPeak {
    /// Billions of floating-point operations per second that are reached when every thread of the pool multiplies
    /// 768 x 768 matrices of its own: the best of the rounds that fit into `seconds`.
    public static func gigaflops(threads: ThreadPool, seconds: Double = 1) -> Double {
        let size = 768, count = size * size
        let memory = AlignedMemory.allocate(floats: 3 * count * threads.count)
        defer { AlignedMemory.free(memory) }
        for i in 0..<3 * count * threads.count { memory[i] = Float(i % 7) * 0.25 - 0.5 }
        var best = 0.0
        let end = monotonicSeconds() + seconds
        repeat {
            let start = monotonicSeconds()
            threads.run { thread in
                let a = memory + 3 * count * thread
                BLAS.gemm(false, false, size, size, size, a, size, a + count, size, 0, a + 2 * count, size)
            }
            let operations = 2 * Double(count * size) * Double(threads.count)
            best = max(best, operations / (monotonicSeconds() - start) * 1e-9)
        } while monotonicSeconds() < end
        return best
    }
}
