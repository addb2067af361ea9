import Glibc

/// Any number of readers at once, or one writer.
///
/// Whoever writes must not ask for the same lock again on its thread; that is noticed and ends the program. A reader
/// must not ask to write.
public final class ReadersWriterLock: @unchecked Sendable {
    // Safe to share: the lock itself is all there is.

    private let lock = UnsafeMutablePointer<pthread_rwlock_t>.allocate(capacity: 1)

    public init() { pthread_rwlock_init(lock, nil) }

    deinit {
        pthread_rwlock_destroy(lock)
        lock.deallocate()
    }

    public func beginReading() {
        let status = pthread_rwlock_rdlock(lock)
        precondition(status == 0, "what is being changed is read on the same thread")
    }

    public func beginWriting() {
        let status = pthread_rwlock_wrlock(lock)
        precondition(status == 0, "what is being changed is changed again on the same thread")
    }

    /// Ends either.
    public func end() { pthread_rwlock_unlock(lock) }
}
