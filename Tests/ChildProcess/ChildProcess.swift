import Foundation
import Glibc

/// A program run by a test. In place of Foundation's `Process`, whose `waitUntilExit` now and then misses the end of a
/// child when many threads start processes, and then waits for ever; the names are the same. For one thread at a time.
public final class ChildProcess {
    public enum Reason { case exit, uncaughtSignal }

    public var executableURL: URL?
    public var arguments: [String] = []
    /// A `FileHandle` or a `Pipe`; nil for that of the tests.
    public var standardOutput: Any?
    public var standardError: Any?
    public private(set) var processIdentifier: pid_t = 0
    private var status: Int32?

    public init() {}

    deinit {
        if processIdentifier != 0, isRunning {
            kill(processIdentifier, SIGKILL)
            waitUntilExit()
        }
    }

    /// Starts the program. Throws `POSIXError` if it can't be started.
    public func run() throws {
        var actions = posix_spawn_file_actions_t(), attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        for (target, stream) in [(STDOUT_FILENO, standardOutput), (STDERR_FILENO, standardError)] {
            if let descriptor = descriptor(of: stream) {
                posix_spawn_file_actions_adddup2(&actions, descriptor, target)
            }
        }
        // What other threads have open would keep their pipes from ending.
        for descriptor in 3..<min(1024, getdtablesize()) { posix_spawn_file_actions_addclose(&actions, descriptor) }
        var none = sigset_t(), all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let path = executableURL?.path ?? ""
        var pointers = ([path] + arguments).map { strdup($0) }
        pointers.append(nil)
        defer { pointers.forEach { free($0) } }
        let problem = posix_spawn(&processIdentifier, path, &actions, &attributes, pointers, environ)
        guard problem == 0 else { throw POSIXError(POSIXErrorCode(rawValue: problem) ?? .EINVAL) }
        // The child's end is the child's alone, so that reading ends with it.
        for case let pipe as Pipe in [standardOutput, standardError] { try? pipe.fileHandleForWriting.close() }
    }

    private func descriptor(of stream: Any?) -> Int32? {
        (stream as? FileHandle)?.fileDescriptor ?? (stream as? Pipe)?.fileHandleForWriting.fileDescriptor
    }

    public var isRunning: Bool {
        var value: Int32 = 0
        if status == nil, waitpid(processIdentifier, &value, WNOHANG) == processIdentifier { status = value }
        return status == nil
    }

    public func waitUntilExit() {
        var value: Int32 = 0
        while status == nil {
            let ended = waitpid(processIdentifier, &value, 0)
            if ended == processIdentifier || (ended < 0 && errno != EINTR) { status = value }
        }
    }

    public func terminate() { kill(processIdentifier, SIGTERM) }
    public func interrupt() { kill(processIdentifier, SIGINT) }

    public var terminationReason: Reason { (status ?? 0) & 0x7f == 0 ? .exit : .uncaughtSignal }
    /// The exit code, or the signal's number.
    public var terminationStatus: Int32 {
        let status = status ?? 0
        return terminationReason == .exit ? status >> 8 & 0xff : status & 0x7f
    }
}
