import Synchronization

#if THREAD_SANITIZER
    /// `Mutex` on a lock that the thread sanitizer knows: what happens behind Swift's, when threads wait for it, it does not
    /// see on Linux, and takes what is guarded for unguarded. For Scripts/test-threads alone.
    public struct Guarded<Value>: ~Copyable, @unchecked Sendable {
        // Safe to share: the value is touched with the lock only.

        private let lock = Condition()
        private let value = UnsafeMutablePointer<Value>.allocate(capacity: 1)

        public init(_ initial: consuming sending Value) { value.initialize(to: initial) }

        deinit {
            value.deinitialize(count: 1)
            value.deallocate()
        }

        public borrowing func withLock<Result: ~Copyable, Failure: Error>(
            _ body: (inout sending Value) throws(Failure) -> sending Result
        ) throws(Failure) -> sending Result {
            lock.lock()
            defer { lock.unlock() }
            return try body(&value.pointee)
        }
    }
#else
    /// A value that one thread at a time may touch.
    public typealias Guarded<Value> = Mutex<Value>
#endif
