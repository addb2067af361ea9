import Glibc
import Synchronization

/// The first signal that arrived, 0 before.
///
/// Global because a C signal handler can carry no context. `SignalWatcher.start` touches it before any handler is
/// installed, so the handler never runs its lazy initialisation.
private let firstSignal = Atomic<Int32>(0)
private let isQuiet = Atomic<Bool>(false)

/// Lets a long job end well on Ctrl-C, SIGTERM or a closed terminal: the first signal only sets a flag, the second ends
/// the process.
///
///     let signals = SignalWatcher.start()
///     while !done, signals.received == nil { step() }
///     if let code = signals.exitCode { save(); return code }
public struct SignalWatcher: Sendable {
    /// Starts watching SIGINT and SIGTERM; they are caught for the rest of the process's life.
    ///
    /// Both are caught even where they were ignored before: a shell script starts background jobs with SIGINT
    /// ignored, and `kill -INT` shall reach those too.
    ///
    /// - Parameter catchesHangUp: also SIGHUP, as comes when the terminal is closed, unless `nohup` has it ignored.
    /// - Parameter isSilent: says nothing when a signal comes, because another process does.
    public static func start(catchesHangUp: Bool = false, isSilent: Bool = false) -> SignalWatcher {
        _ = firstSignal.load(ordering: .relaxed)
        isQuiet.store(isSilent, ordering: .relaxed)
        var action = sigaction()
        action.__sigaction_handler.sa_handler = handleSignal
        sigemptyset(&action.sa_mask)
        action.sa_flags = SA_RESTART
        sigaction(SIGINT, &action, nil)
        sigaction(SIGTERM, &action, nil)
        // A program inherits which signals are blocked from whoever started it.
        var wanted = sigset_t()
        sigemptyset(&wanted)
        sigaddset(&wanted, SIGINT)
        sigaddset(&wanted, SIGTERM)
        if catchesHangUp, !isIgnored(SIGHUP) {
            sigaction(SIGHUP, &action, nil)
            sigaddset(&wanted, SIGHUP)
        }
        pthread_sigmask(SIG_UNBLOCK, &wanted, nil)
        return SignalWatcher()
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        sigaction(number, nil, &action)
        let handler: (@convention(c) (Int32) -> Void)? = action.__sigaction_handler.sa_handler
        // SIG_IGN is the address 1.
        return unsafeBitCast(handler, to: Int.self) == 1
    }

    /// The signal that asked to stop, or `nil`. Cheap enough to ask in every step.
    public var received: Int32? {
        let number = firstSignal.load(ordering: .relaxed)
        return number == 0 ? nil : number
    }

    /// What the program shall return because of the signal: 129, 130 or 143.
    public var exitCode: ExitCode? { received.map(ExitCode.signal) }
}

/// Only what POSIX calls async-signal-safe: an atomic exchange, `write` and `_exit`.
private func handleSignal(_ number: Int32) {
    let before = errno
    guard firstSignal.compareExchange(expected: 0, desired: number, ordering: .relaxed).exchanged else {
        // A terminal that closes and the shell in it each send one.
        if number == SIGHUP { return }
        _exit(128 + number)
    }
    guard !isQuiet.load(ordering: .relaxed) else {
        errno = before
        return
    }
    let notice: StaticString = "\nStopping soon and in good order; once more to stop at once.\n"
    _ = write(STDERR_FILENO, notice.utf8Start, notice.utf8CodeUnitCount)
    errno = before
}
