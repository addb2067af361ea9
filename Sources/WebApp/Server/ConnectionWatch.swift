import Glibc
import Threads

/// Ends connections that take too long to say what they want. A limit on silence alone, which libmicrohttpd has, is
/// not enough: a byte every few seconds keeps such a connection for ever ("slow loris").
final class ConnectionWatch: Sendable {
    private struct Connection {
        var descriptor: Int32
        /// When it will be ended; `nil` while its request is being answered.
        var deadline: ContinuousClock.Instant?
    }

    private let connections = Guarded<[Int: Connection]>([:])
    let headSeconds: Double
    let bodySeconds: Double

    init(headSeconds: Double, bodySeconds: Double) {
        self.headSeconds = headSeconds
        self.bodySeconds = bodySeconds
    }

    var count: Int { connections.withLock { $0.count } }

    func opened(_ key: Int, descriptor: Int32) {
        let deadline = ContinuousClock.now + .seconds(headSeconds)
        connections.withLock { $0[key] = Connection(descriptor: descriptor, deadline: deadline) }
    }

    /// The library closes the descriptor after this.
    func closed(_ key: Int) { connections.withLock { _ = $0.removeValue(forKey: key) } }

    /// A request's head is there, its body is awaited.
    func readsBody(_ key: Int) { set(key, .now + .seconds(bodySeconds)) }

    func answers(_ key: Int) { set(key, nil) }

    /// The next request is awaited.
    func idles(_ key: Int) { set(key, .now + .seconds(headSeconds)) }

    private func set(_ key: Int, _ deadline: ContinuousClock.Instant?) {
        connections.withLock { $0[key]?.deadline = deadline }
    }

    /// Ends all that are late; to be called about every second.
    func sweep(now: ContinuousClock.Instant = .now) {
        connections.withLock { all in
            for (key, connection) in all {
                guard let deadline = connection.deadline, deadline < now else { continue }
                // The library notices, and closes it. The descriptor is still open: `closed` needs the same lock.
                shutdown(connection.descriptor, Int32(SHUT_RDWR))
                all[key]?.deadline = nil
            }
        }
    }
}
