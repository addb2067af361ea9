import Glibc

/// Seconds of a clock that never goes back.
public func monotonicSeconds() -> Double {
    Double(monotonicNanoseconds()) * 1e-9
}

/// Nanoseconds of a clock that never goes back: the one that cameras stamp frames with.
package func monotonicNanoseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// Seconds that the calling thread has computed: what others do on its processor meanwhile does not count.
package func threadSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
