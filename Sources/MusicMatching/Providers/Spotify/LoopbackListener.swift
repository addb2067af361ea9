import Glibc

/// Listens on an address of this machine that nobody else can reach.
final class LoopbackListener {
    let descriptor: Int32
    let port: UInt16

    /// - Parameters:
    ///   - host: 127.0.0.1 or ::1.
    ///   - port: 0 takes any.
    /// Throws `ProviderError`.
    init(host: String, port: UInt16) throws(ProviderError) {
        let family = host == "::1" ? AF_INET6 : AF_INET
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        self.descriptor = descriptor
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var storage = sockaddr_storage()
        var length = LoopbackListener.fill(&storage, family, port)
        let status = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address -> Int32 in
                guard descriptor >= 0, bind(descriptor, address, length) == 0, listen(descriptor, 16) == 0 else {
                    return errno
                }
                getsockname(descriptor, address, &length)
                return 0
            }
        }
        guard status == 0 else {
            self.port = 0
            let reason = status == EADDRINUSE ? "another program uses it" : String(cString: strerror(status))
            throw ProviderError(
                .spotify, .wrongRedirect,
                "cannot listen on \(host) port \(port): \(reason); end that program, or "
                    + "take another port in SPOTIFY_REDIRECT_URI and in the app's settings")
        }
        self.port = LoopbackListener.port(of: storage)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    private static func fill(_ storage: inout sockaddr_storage, _ family: Int32, _ port: UInt16) -> socklen_t {
        withUnsafeMutablePointer(to: &storage) { pointer in
            if family == AF_INET6 {
                return pointer.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                    $0.pointee.sin6_family = sa_family_t(AF_INET6)
                    $0.pointee.sin6_port = port.bigEndian
                    $0.pointee.sin6_addr = in6addr_loopback
                    return socklen_t(MemoryLayout<sockaddr_in6>.size)
                }
            }
            return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                $0.pointee.sin_family = sa_family_t(AF_INET)
                $0.pointee.sin_port = port.bigEndian
                $0.pointee.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
                return socklen_t(MemoryLayout<sockaddr_in>.size)
            }
        }
    }

    private static func port(of storage: sockaddr_storage) -> UInt16 {
        // Both kinds have it in the same place.
        withUnsafeBytes(of: storage) { UInt16($0[2]) << 8 | UInt16($0[3]) }
    }
}
