import Glibc

/// A thread that runs one closure.
final class WorkerThread: Sendable {
    private let handle: pthread_t

    private final class Work: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    init(_ run: @escaping @Sendable () -> Void) {
        var handle = pthread_t()
        let status = pthread_create(
            &handle, nil,
            { argument in
                Unmanaged<Work>.fromOpaque(argument!).takeRetainedValue().run()
                return nil
            }, Unmanaged.passRetained(Work(run)).toOpaque())
        precondition(status == 0, "cannot start a thread (error \(status))")
        self.handle = handle
    }

    /// Waits until it has ended; to be called once.
    func join() { pthread_join(handle, nil) }
}
