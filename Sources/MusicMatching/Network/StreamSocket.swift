import Files
import Glibc
import Threads

/// Connections to a host and port, or to a socket of this machine, all of it within a limit.
package enum StreamSocket {
    package struct Failure: Error {
        package var reason: String
        var isCancelled = false
    }

    /// Finds out the addresses of a host: `getaddrinfo`, but for tests.
    package typealias Resolver = @Sendable (_ host: String, _ port: String) -> Result<[SocketAddress], Failure>

    /// A connected socket that does not block, for whoever closes it. Throws `Failure`.
    ///
    /// - Parameter place: `nas`, `nas:6600`, `[::1]:6600`, or the path of a socket.
    package static func open(
        _ place: String, port usual: String, _ limit: CallLimit, resolver: @escaping Resolver = addresses
    ) throws(Failure) -> Int32 {
        if place.hasPrefix("/") {
            guard let address = SocketAddress(socket: place) else { throw Failure(reason: "the path is too long") }
            return try connect(address, limit)
        }
        var host = place, port = usual
        if let colon = place.lastIndex(of: ":"), !place.hasSuffix("]") {
            host = String(place[..<colon])
            port = String(place[place.index(after: colon)...])
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        var failure = Failure(reason: "no address")
        for address in try lookUp(host, port, limit, resolver) {
            do throws(Failure) {
                return try connect(address, limit)
            } catch {
                if error.isCancelled { throw error }
                failure = error
            }
        }
        throw failure
    }

    /// Asks on a thread of its own, which is left alone when the limit is over: a name server that does not answer keeps
    /// `getaddrinfo` for half a minute, and nothing ends it.
    private static func lookUp(
        _ host: String, _ port: String, _ limit: CallLimit, _ resolver: @escaping Resolver
    ) throws(Failure) -> [SocketAddress] {
        final class Answer: Sendable {
            let result = Guarded<Result<[SocketAddress], Failure>?>(nil)
        }
        let answer = Answer()
        let isStarted = WorkerThread.startDetached {
            let result = resolver(host, port)
            answer.result.withLock { $0 = result }
        }
        guard isStarted else { throw Failure(reason: "the system has no thread left") }
        while true {
            if let result = answer.result.withLock({ $0 }) { return try result.get() }
            guard limit.sleep(.milliseconds(2)) else { throw over(limit, "its name was not found in time") }
        }
    }

    package static let addresses: Resolver = { host, port in
        var hints = addrinfo(), found: UnsafeMutablePointer<addrinfo>?
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        let status = getaddrinfo(host, port, &hints, &found)
        guard status == 0 else { return .failure(Failure(reason: String(cString: gai_strerror(status)))) }
        defer { freeaddrinfo(found) }
        var addresses: [SocketAddress] = [], next = found
        while let candidate = next {
            let bytes = UnsafeRawBufferPointer(
                start: candidate.pointee.ai_addr, count: Int(candidate.pointee.ai_addrlen))
            addresses.append(SocketAddress(family: candidate.pointee.ai_family, bytes: Array(bytes)))
            next = candidate.pointee.ai_next
        }
        return .success(addresses)
    }

    private static func connect(_ address: SocketAddress, _ limit: CallLimit) throws(Failure) -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(address.family, kind, 0)
        guard descriptor >= 0 else { throw Failure(reason: FileFailure.last.reason) }
        do throws(Failure) {
            while true {
                let status = address.bytes.withUnsafeBytes {
                    Glibc.connect(
                        descriptor, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count))
                }
                if status == 0 { return descriptor }
                switch errno {
                case EINPROGRESS, EINTR: return try awaitConnection(descriptor, limit)
                // A socket of this machine whose queue is full: nothing tells when there is room.
                case EAGAIN:
                    guard limit.sleep(.milliseconds(20)) else { throw over(limit, "nobody accepts the connection") }
                default: throw Failure(reason: FileFailure.last.reason)
                }
            }
        } catch {
            close(descriptor)
            throw error
        }
    }

    private static func awaitConnection(_ descriptor: Int32, _ limit: CallLimit) throws(Failure) -> Int32 {
        while !limit.isOver {
            var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard poll(&request, 1, 50) > 0 else { continue }
            var problem: Int32 = 0, size = socklen_t(MemoryLayout<Int32>.size)
            let status = getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &problem, &size)
            if status == 0, problem == 0 { return descriptor }
            throw Failure(reason: status == 0 ? String(cString: strerror(problem)) : FileFailure.last.reason)
        }
        throw over(limit, String(cString: strerror(ETIMEDOUT)))
    }

    private static func over(_ limit: CallLimit, _ reason: String) -> Failure {
        limit.isCancelled ? Failure(reason: "stopped", isCancelled: true) : Failure(reason: reason)
    }
}

/// An address as the system takes it.
package struct SocketAddress: Sendable {
    package var family: Int32
    package var bytes: [UInt8]

    package init(family: Int32, bytes: [UInt8]) {
        self.family = family
        self.bytes = bytes
    }

    /// That of a socket of this machine; `nil` if its path is too long for one.
    package init?(socket path: String) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = path.cPath
        guard path.count <= MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { target in
            path.withUnsafeBytes { target.copyMemory(from: $0) }
        }
        self.init(family: AF_UNIX, bytes: withUnsafeBytes(of: &address) { Array($0) })
    }
}
