import Glibc
import Threads

/// Asks servers over HTTP, with libcurl: TLS is always verified, plain `http` reaches this machine and servers that the
/// user named so only, every call is limited in time and size and can be cancelled. Open connections are used again. For any
/// number of threads.
public final class HTTPClient: Sendable {
    /// Connections that nobody uses at the moment, the last used ones last.
    private let idle = Guarded<[HTTPConnection]>([])
    private let certificates: String?

    /// - Parameter certificates: a file of certificates to trust instead of the system's.
    public init(certificates: String? = nil) { self.certificates = certificates }

    private static let maximumRedirections = 5
    private static let maximumIdle = 8

    /// The answer to a request, whatever its status. Throws `HTTPError`.
    public func send(_ request: HTTPRequest, _ limit: CallLimit) throws(HTTPError) -> HTTPResponse {
        var request = request
        for _ in 0...HTTPClient.maximumRedirections {
            let (response, target) = try once(request, limit)
            guard let target, request.followsRedirections, request.method == .get else { return response }
            let staysThere =
                request.allowsPlain && WebAddress.authority(target) == WebAddress.authority(request.address)
            guard WebAddress.isSecure(target) || staysThere else { throw .insecureRedirection }
            // What proves who we are is for the server it was meant for.
            if WebAddress.authority(target) != WebAddress.authority(request.address) {
                request.headers.removeAll { $0.name.lowercased() == "authorization" }
            }
            request.address = target
        }
        throw .tooManyRedirections
    }

    /// One transfer, whose body is taken as it comes, see `HTTPConnection.perform`. Redirections are not followed. Throws
    /// `HTTPError`.
    func transfer(
        _ request: HTTPRequest, _ limit: CallLimit,
        take: @escaping (_ head: HTTPResponse, UnsafeRawBufferPointer) -> Bool
    ) throws(HTTPError) -> HTTPResponse {
        try once(request, limit, take: take).0
    }

    private func once(
        _ request: HTTPRequest, _ limit: CallLimit,
        take: ((_ head: HTTPResponse, UnsafeRawBufferPointer) -> Bool)? = nil
    ) throws(HTTPError) -> (HTTPResponse, redirection: String?) {
        guard
            WebAddress.isSecure(request.address) || WebAddress.isPlainLoopback(request.address)
                || request.allowsPlain && request.address.lowercased().hasPrefix("http://")
        else {
            throw .badAddress("only https addresses are asked")
        }
        // A line break would end the header and begin another.
        guard request.headers.allSatisfy({ $0.value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }) else {
            throw .badAddress("control characters in a header")
        }
        if limit.isCancelled { throw .cancelled }
        guard limit.remaining > .zero else { throw .timedOut }
        let host = WebAddress.authority(request.address) ?? ""
        let connection: HTTPConnection
        if let open = self.take(host) {
            connection = open
        } else {
            connection = try HTTPConnection(certificates: certificates)
        }
        connection.host = host
        // A transfer that breaks off may leave anything behind; that connection is not put back.
        let result = try connection.perform(request, limit, take: take)
        putBack(connection)
        return result
    }

    private func take(_ host: String) -> HTTPConnection? {
        idle.withLock { idle in
            let index = idle.lastIndex { $0.host == host }
            return index.map { idle.remove(at: $0) }
        }
    }

    private func putBack(_ connection: HTTPConnection) {
        // What is let go is closed outside of the lock.
        let old: HTTPConnection? = idle.withLock { idle in
            idle.append(connection)
            return idle.count > HTTPClient.maximumIdle ? idle.removeFirst() : nil
        }
        _ = old
    }
}
