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
    private let active = Atomic<Int>(0)
    private let buffered = Atomic<Int>(0)
    private let leaving = Atomic<Bool>(false)
    private let draining = Atomic<Bool>(false)

    /// Starts listening. Throws `WebServerError`.
    public init(_ options: Options, handler: any HTTPHandler) throws {
        if options.tls != nil, fermusic_http_has_tls() == 0 {
            throw WebServerError.cannotStart(reason: "this system's libmicrohttpd was built without TLS")
        }
        let socket = try ListeningSocket(host: options.host, port: options.port)
        port = socket.port
        self.options = options
        self.handler = handler
        let watch = ConnectionWatch(headSeconds: options.headSeconds, bodySeconds: options.bodySeconds)
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
        MHD_stop_daemon(daemon)
        self.daemon = nil
    }

    // MARK: - One request

    func begin(_ connection: OpaquePointer, url: String, method: String) -> Exchange {
        active.wrappingAdd(1, ordering: .relaxed)
        watch.readsBody(connectionKey(connection))
        let exchange = Exchange(
            HTTPRequest(reading: connection, url: url, method: method, isSecure: options.tls != nil))
        do {
            if draining.load(ordering: .relaxed) {
                throw Problem(.shuttingDown, "try again in a moment", retryAfter: 5)
            }
            exchange.limit = try handler.admit(exchange.request)
            if exchange.declaredLength > exchange.limit {
                throw Problem(
                    .tooLarge, "the body has \(exchange.declaredLength) bytes, at most \(exchange.limit) are read")
            }
        } catch let problem as Problem {
            exchange.refusal = problem
        } catch {
            exchange.refusal = Problem(.failed, "the request could not be read")
        }
        return exchange
    }

    /// Takes a piece of the body over; false ends the connection.
    func receive(_ bytes: UnsafeBufferPointer<CChar>, _ exchange: Exchange) -> Bool {
        if exchange.refusal == nil {
            if exchange.request.body.count + bytes.count > exchange.limit {
                exchange.refusal = Problem(.tooLarge, "the body is longer than \(exchange.limit) bytes")
            } else if buffered.wrappingAdd(bytes.count, ordering: .relaxed).newValue > options.bodyBytes {
                buffered.wrappingSubtract(bytes.count, ordering: .relaxed)
                exchange.refusal = Problem(.overloaded, "too many requests are being read", retryAfter: 1)
            } else {
                exchange.request.body.append(contentsOf: UnsafeRawBufferPointer(bytes))
                return true
            }
            release(exchange)
        }
        exchange.discarded += bytes.count
        return exchange.discarded <= Exchange.discardLimit
    }

    private func release(_ exchange: Exchange) {
        buffered.wrappingSubtract(exchange.request.body.count, ordering: .relaxed)
        exchange.request.body = []
    }

    /// The whole request is there, or its answer is.
    func finish(_ connection: OpaquePointer, _ exchange: Exchange) -> MHD_Result {
        if let response = exchange.response { return send(response, connection, exchange) }
        watch.answers(connectionKey(connection))
        if let refusal = exchange.refusal {
            return send(handler.refuse(refusal, exchange.request), connection, exchange)
        }
        switch handler.answer(exchange.request) {
        case .now(let response): return send(response, connection, exchange)
        case .later(let place, let work):
            // Asleep before the job can wake it.
            MHD_suspend_connection(connection)
            let handle = ConnectionHandle(connection)
            place.run { worker in
                exchange.response = work(worker)
                handle.resume()
            }
            return mhdYes
        }
    }

    func send(_ response: HTTPResponse, _ connection: OpaquePointer, _ exchange: Exchange) -> MHD_Result {
        watch.answers(connectionKey(connection))
        exchange.status = response.status
        let made: OpaquePointer?
        switch response.body {
        case .bytes(let bytes):
            made = bytes.withUnsafeBytes { fermusic_http_response($0.baseAddress, $0.count) }
        case .file(let file, let range):
            let descriptor = file.duplicate()
            made = fermusic_http_file(descriptor, range.lowerBound, range.count)
        case .stream(let stream, nil) where exchange.request.method == "HEAD":
            stream.close()
            made = fermusic_http_response(nil, 0)
        case .stream(let stream, let count):
            let box = Unmanaged.passRetained(StreamBox(stream, ConnectionHandle(connection)))
            made = fermusic_http_stream(count ?? -1, readStream, box.toOpaque(), releaseStream)
            if made == nil { box.release() }
        }
        guard let made else { return mhdNo }
        defer { MHD_destroy_response(made) }
        for (name, value) in response.headers { MHD_add_response_header(made, name, value) }
        if leaving.load(ordering: .relaxed) { MHD_add_response_header(made, "Connection", "close") }
        return MHD_queue_response(connection, UInt32(response.status), made)
    }

    func completed(_ connection: OpaquePointer, _ exchange: Exchange) {
        release(exchange)
        watch.idles(connectionKey(connection))
        active.wrappingSubtract(1, ordering: .relaxed)
        handler.note(exchange.request, status: exchange.status, seconds: exchange.started.duration(to: .now).seconds)
    }
}

/// A request with its answer, from head to end. Used by the one thread that serves its connection; a job sets
/// `response` while the connection sleeps.
final class Exchange: @unchecked Sendable {
    // Safe to share: suspending and resuming a connection order what both threads do.

    /// Of a body that is refused so much is read and thrown away, so that the client gets to read the answer.
    static let discardLimit = 4 << 20

    var request: HTTPRequest
    var limit = 0
    var discarded = 0
    var refusal: Problem?
    var response: HTTPResponse?
    var status = 0
    let started = ContinuousClock.now

    init(_ request: HTTPRequest) { self.request = request }

    /// The length that the request says its body has; 0 if it does not.
    var declaredLength: Int { request.headers["content-length"].flatMap { Int($0) } ?? 0 }
}
