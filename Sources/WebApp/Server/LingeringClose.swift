import Glibc
import Threads

/// Reads on where a client still sends while its answer is there already, and throws it away for a moment: a connection
/// that is closed with something unread tells the client of a failure, which may cost it the answer (RFC 9112, section 9.6).
final class LingeringClose: @unchecked Sendable {
    // Safe to share: `arrived`, `count` and `isClosed` are read and written under the lock of `change`.

    private struct Connection {
        let descriptor: Int32
        let end = ContinuousClock.now + LingeringClose.patience
        var heard = ContinuousClock.now
        var bytes = 0
    }

    /// How long and how much is read on, and for how long nothing may come.
    private static let patience = Duration.seconds(5), silence = Duration.seconds(2), mostBytes = 64 << 20
    /// Connections at one time; more are closed at once.
    private static let most = 64

    private var arrived: [Int32] = []
    private var count = 0
    private var isClosed = false
    private let change = Condition()
    private var thread: WorkerThread?

    init() {
        // `deinit` waits for the thread, which may begin as late as that.
        thread = WorkerThread { [unowned(unsafe) self] in work() }
    }

    deinit { close() }

    /// Takes over a connection that is about to be closed, unless its client has left or has nothing more to say.
    ///
    /// - Parameter isMidway: whether its client may still be sending, although nothing of it is here now.
    func take(_ descriptor: Int32, isMidway: Bool) {
        var byte: UInt8 = 0
        let waiting = recv(descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT))
        guard waiting > 0 || waiting < 0 && errno == EAGAIN && isMidway else { return }
        change.withLock {
            guard !isClosed, count < LingeringClose.most else { return }
            let own = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
            guard own >= 0 else { return }
            // The end of the answer.
            shutdown(own, Int32(SHUT_WR))
            arrived.append(own)
            count += 1
            change.broadcast()
        }
    }

    /// Closes all; what is taken over later is closed at once.
    func close() {
        change.withLock {
            isClosed = true
            change.broadcast()
        }
        thread?.join()
        thread = nil
    }

    private func work() {
        var connections: [Connection] = [], buffer = [UInt8](repeating: 0, count: 64 << 10)
        while let new = next(isIdle: connections.isEmpty) {
            connections += new.map { Connection(descriptor: $0) }
            var polled = connections.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
            // Not for long, since others may come meanwhile.
            poll(&polled, nfds_t(polled.count), 50)
            for index in connections.indices.reversed()
            where LingeringClose.isOver(&connections[index], polled[index].revents != 0, &buffer) {
                Glibc.close(connections.remove(at: index).descriptor)
                change.withLock { count -= 1 }
            }
        }
        for connection in connections { Glibc.close(connection.descriptor) }
    }

    /// Those that have come; `nil` at the end.
    private func next(isIdle: Bool) -> [Int32]? {
        change.withLock {
            while isIdle, arrived.isEmpty, !isClosed { change.wait() }
            defer { arrived = [] }
            guard isClosed else { return arrived }
            for descriptor in arrived { Glibc.close(descriptor) }
            return nil
        }
    }

    private static func isOver(_ connection: inout Connection, _ isReadable: Bool, _ buffer: inout [UInt8]) -> Bool {
        let now = ContinuousClock.now
        if isReadable {
            let read = recv(connection.descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if read == 0 || read < 0 && errno != EAGAIN && errno != EINTR { return true }
            connection.bytes += max(read, 0)
            connection.heard = now
        }
        return connection.bytes > mostBytes || now > connection.end || now > connection.heard + silence
    }
}
