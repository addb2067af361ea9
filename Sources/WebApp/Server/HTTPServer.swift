import CMicroHTTPD
import Glibc
import Synchronization
import Timing

/// An HTTP server: libmicrohttpd's threads read requests and write answers; what takes time runs elsewhere while the
/// connection sleeps.
public final class HTTPServer: @unchecked Sendable {
    // Safe to share: what changes after `init` is atomic, locked, or touched by `stop` alone.

    public struct Options: Sendable {
        public var host = "127.0.0.1"
        /// 0 lets the system choose one.
        public var port = 8080
        /// Threads that read and write.
        public var threads = 4
        public var connections = 512
        public var connectionsPerAddress = 128
        /// Seconds of silence after which a connection is ended.
        public var silenceSeconds = 30
        /// Seconds until a request's head must be complete, counted from the end of the one before.
        public var headSeconds = 20.0
        /// Seconds until a request's body must be complete.
        public var bodySeconds = 30.0
        /// Bytes of bodies that may be in memory at one time.
        public var bodyBytes = 128 << 20
        /// PEM texts of key and certificate chain; both or none.
        public var tls: (key: String, certificate: String)?

        public init() {}
    }

    public let port: Int
    let options: Options
    let handler: any HTTPHandler
    let watch: ConnectionWatch
    private var daemon: OpaquePointer?
    private let log: UnsafeMutablePointer<fermusic_http_log>
    private let ticker: Ticker
    private let lingering = LingeringClose()
    let active = Atomic<Int>(0)
    /// Bytes of bodies that are in memory.
    let buffered = Atomic<Int>(0)
    let leaving = Atomic<Bool>(false)
    let draining = Atomic<Bool>(false)

    /// Starts listening. Throws `WebServerError`.
    public init(_ options: Options, handler: any HTTPHandler) throws {
        if options.tls != nil, fermusic_http_has_tls() == 0 {
            throw WebServerError.cannotStart(reason: "this system's libmicrohttpd was built without TLS")
        }
        let socket = try ListeningSocket(host: options.host, port: options.port)
        port = socket.port
        self.options = options
        self.handler = handler
        let watch = ConnectionWatch(headSeconds: options.headSeconds, bodySeconds: options.bodySeconds) {
            HTTPServer.tellTooSlow($0, handler)
        }
        self.watch = watch
        ticker = Ticker(seconds: 1) { watch.sweep() }
        log = .allocate(capacity: 1)
        log.initialize(to: fermusic_http_log())
        daemon = start(socket.descriptor)
        guard daemon != nil else {
            let reason = withUnsafeBytes(of: &log.pointee.message) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            close(socket.descriptor)
            let fallback = options.tls == nil ? "libmicrohttpd does not say why" : "key or certificate cannot be used"
            let line = reason.split(separator: "\n").first.map(String.init)
            throw WebServerError.cannotStart(reason: line ?? fallback)
        }
    }

    deinit {
        stop(seconds: 0)
        log.deallocate()
    }

    private func start(_ socket: Int32) -> OpaquePointer? {
        func start(_ key: UnsafePointer<CChar>?, _ certificate: UnsafePointer<CChar>?) -> OpaquePointer? {
            var settings = fermusic_http_options(
                socket: socket, threads: UInt32(options.threads), connections: UInt32(options.connections),
                connections_per_address: UInt32(options.connectionsPerAddress),
                timeout_seconds: UInt32(options.silenceSeconds), memory_per_connection: 48 << 10, key: key,
                certificate: certificate, handler: handleRequest, completed: requestCompleted,
                notify: connectionChanged, context: Unmanaged.passUnretained(self).toOpaque(), log: log)
            return fermusic_http_start(&settings)
        }
        guard let tls = options.tls else { return start(nil, nil) }
        return tls.key.withCString { key in tls.certificate.withCString { start(key, $0) } }
    }

    /// Requests that are being read or answered.
    public var activeRequests: Int { active.load(ordering: .relaxed) }
    public var openConnections: Int { watch.count }

    /// Ends each connection with its next answer, so that whoever keeps some open turns to another server. Goes on
    /// taking new ones.
    public func leave() { leaving.store(true, ordering: .relaxed) }

    /// Takes no more connections and refuses further requests on open ones.
    public func drain() {
        guard let daemon, !draining.exchange(true, ordering: .relaxed) else { return }
        let socket = MHD_quiesce_daemon(daemon)
        if socket >= 0 { close(socket) }
    }

    /// Drains, waits up to `seconds` until what runs is answered, and ends. What waits for others (jobs, streams)
    /// must have been ended by their owners.
    public func stop(seconds: Double) {
        guard let daemon else { return }
        drain()
        let end = ContinuousClock.now + .seconds(seconds)
        while activeRequests > 0, ContinuousClock.now < end { usleep(5000) }
        lingering.close()
        MHD_stop_daemon(daemon)
        self.daemon = nil
    }

    /// The library closes the connection after this.
    func closing(_ key: Int) {
        guard let connection = watch.closed(key) else { return }
        lingering.take(connection.descriptor, isMidway: connection.isMidway)
    }
}
