import Glibc

/// A thread that runs one closure.
public final class WorkerThread: Sendable {
    private let handle: pthread_t

    private final class Work: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Starts the thread. Ends the program if the system has no thread left.
    public init(_ run: @escaping @Sendable () -> Void) {
        guard let handle = WorkerThread.start(run) else { preconditionFailure("the system has no thread left") }
        self.handle = handle
    }

    private init(_ handle: pthread_t) { self.handle = handle }

    /// The same; nil if the system has no thread left.
    public static func ifPossible(_ run: @escaping @Sendable () -> Void) -> WorkerThread? {
        start(run).map(WorkerThread.init)
    }

    /// Starts a thread that nobody waits for; false if the system has none left.
    public static func startDetached(_ run: @escaping @Sendable () -> Void) -> Bool {
        guard let handle = start(run) else { return false }
        pthread_detach(handle)
        return true
    }

    private static func start(_ run: @escaping @Sendable () -> Void) -> pthread_t? {
        var handle = pthread_t()
        let work = Unmanaged.passRetained(Work(run))
        let status = pthread_create(
            &handle, nil,
            { argument in
                Unmanaged<Work>.fromOpaque(argument!).takeRetainedValue().run()
                return nil
            }, work.toOpaque())
        guard status == 0 else {
            work.release()
            return nil
        }
        return handle
    }

    /// Waits until it has ended; to be called once. From the thread itself it only lets go.
    public func join() {
        if pthread_equal(handle, pthread_self()) != 0 { pthread_detach(handle) } else { pthread_join(handle, nil) }
    }
}
