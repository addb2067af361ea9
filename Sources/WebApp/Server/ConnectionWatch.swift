import Glibc
import Threads

/// Ends connections that take too long to say what they want. A limit on silence alone, which libmicrohttpd has, is
/// not enough: a byte every few seconds keeps such a connection for ever ("slow loris").
final class ConnectionWatch: Sendable {
    private struct Connection {
        var descriptor: Int32
        /// When it will be ended; `nil` while its request is being answered.
        var deadline: ContinuousClock.Instant?
        /// Whether a body is awaited, and was in vain.
        var readsBody = false
        var isLate = false
        /// Whether its last request, if there was one, was not read to its end.
        var isMidway = true
    }

    private let connections = Guarded<[Int: Connection]>([:])
    let headSeconds: Double
    let bodySeconds: Double

    private let tellTooSlow: @Sendable (OpaquePointer) -> Void

    /// - Parameter tellTooSlow: says so to a connection whose body is late; then it is ended.
    init(headSeconds: Double, bodySeconds: Double, tellTooSlow: @escaping @Sendable (OpaquePointer) -> Void) {
        self.headSeconds = headSeconds
        self.bodySeconds = bodySeconds
        self.tellTooSlow = tellTooSlow
    }

    var count: Int { connections.withLock { $0.count } }

    func opened(_ key: Int, descriptor: Int32) {
        let deadline = ContinuousClock.now + .seconds(headSeconds)
        connections.withLock { $0[key] = Connection(descriptor: descriptor, deadline: deadline) }
    }

    /// The library closes the descriptor after this.
    func closed(_ key: Int) -> (descriptor: Int32, isMidway: Bool)? {
        connections.withLock { $0.removeValue(forKey: key) }.map { ($0.descriptor, $0.isMidway) }
    }

    /// A request's head is there, its body is awaited.
    func readsBody(_ key: Int) {
        change(key) {
            $0.deadline = .now + .seconds(bodySeconds)
            $0.readsBody = true
            $0.isMidway = true
        }
    }

    func answers(_ key: Int) {
        change(key) {
            $0.deadline = nil
            $0.readsBody = false
        }
    }

    /// The next request is awaited, or the end. Says whether the body was late.
    func idles(_ key: Int, isMidway: Bool) -> Bool {
        change(key) {
            $0.deadline = .now + .seconds(headSeconds)
            $0.readsBody = false
            $0.isMidway = isMidway
        }?.isLate ?? false
    }

    @discardableResult
    private func change(_ key: Int, _ body: (inout Connection) -> Void) -> Connection? {
        connections.withLock { all in
            guard var connection = all[key] else { return nil }
            body(&connection)
            all[key] = connection
            return connection
        }
    }

    /// Ends all that are late; to be called about every second.
    func sweep(now: ContinuousClock.Instant = .now) {
        connections.withLock { all in
            for (key, connection) in all {
                guard let deadline = connection.deadline, deadline < now else { continue }
                // The connection is still open, and nobody begins to answer: `closed` and `answers` need the same lock.
                if connection.readsBody, let place = OpaquePointer(bitPattern: key) { tellTooSlow(place) }
                // The library notices, and closes it.
                shutdown(connection.descriptor, Int32(SHUT_RDWR))
                all[key]?.deadline = nil
                all[key]?.isLate = connection.readsBody
            }
        }
    }
}
