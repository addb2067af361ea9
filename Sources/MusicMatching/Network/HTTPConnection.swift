import CCurl
import Glibc
import TextCoding

/// libcurl's handles for one transfer at a time, with the connection that stays open between them.
final class HTTPConnection: @unchecked Sendable {
    // Safe to hand from thread to thread: `HTTPClient` gives each to one thread at a time, under a lock.

    /// Whom it was connected with.
    var host = ""
    private let curl: Curl
    private let easy: UnsafeMutableRawPointer
    private let multi: UnsafeMutableRawPointer
    private let certificates: String?

    init(certificates: String?) throws(HTTPError) {
        curl = try Curl.load()
        guard let easy = curl.curl_easy_init() else { throw .torn("out of memory") }
        guard let multi = curl.curl_multi_init() else {
            curl.curl_easy_cleanup(easy)
            throw .torn("out of memory")
        }
        self.easy = easy
        self.multi = multi
        self.certificates = certificates
    }

    deinit {
        curl.curl_easy_cleanup(easy)
        _ = curl.curl_multi_cleanup(multi)
    }

    /// One request and its answer; redirections are not followed but given. Throws `HTTPError`.
    ///
    /// - Parameter take: gets the body as it comes, with the head, instead of the answer; false ends the transfer.
    func perform(
        _ request: HTTPRequest, _ limit: CallLimit,
        take: ((_ head: HTTPResponse, UnsafeRawBufferPointer) -> Bool)? = nil
    ) throws(HTTPError) -> (HTTPResponse, redirection: String?) {
        curl.curl_easy_reset(easy)
        let transfer = HTTPTransfer(limit: request.sizeLimit)
        if let take {
            transfer.take = { [curl, easy] headers, bytes in
                take(HTTPResponse(status: fermusic_curl_status(curl.table, easy), headers: headers), bytes)
            }
        }
        var errorText = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
        let headers = setUp(request, limit)
        defer { curl.curl_slist_free_all(headers) }
        let result = errorText.withUnsafeMutableBufferPointer { errors -> Result<Int32, HTTPError> in
            fermusic_curl_set_receivers(
                curl.table, easy, HTTPTransfer.receiveBody, HTTPTransfer.receiveHead,
                Unmanaged.passUnretained(transfer).toOpaque(), errors.baseAddress!)
            return withExtendedLifetime(transfer) { run(limit) }
        }
        let code = try result.get()
        let kind = fermusic_curl_kind_of(code)
        guard kind == fermusic_curl_fine else {
            throw error(kind, code, Curl.text(errorText), transfer)
        }
        let response = HTTPResponse(
            status: fermusic_curl_status(curl.table, easy), headers: transfer.headers, body: transfer.body,
            reusedConnection: fermusic_curl_connections(curl.table, easy) == 0)
        return (response, fermusic_curl_redirection(curl.table, easy).map { String(cString: $0) })
    }

    /// Gives the list of headers, which must live as long as the transfer.
    private func setUp(_ request: HTTPRequest, _ limit: CallLimit) -> UnsafeMutablePointer<curl_slist>? {
        func set(_ option: CURLoption, _ value: Int) { fermusic_curl_set_long(curl.table, easy, option, value) }
        func set(_ option: CURLoption, _ text: String) { fermusic_curl_set_text(curl.table, easy, option, text) }
        let time = min(request.timeout, limit.remaining)
        let isLocal = WebAddress.isPlainLoopback(request.address)
        set(CURLOPT_URL, request.address)
        fermusic_curl_set_protocols(curl.table, easy, isLocal || request.allowsPlain ? 1 : 0)
        set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        if let certificates { set(CURLOPT_CAINFO, certificates) }
        // A proxy that the environment names cannot reach this machine.
        if isLocal { set(CURLOPT_NOPROXY, "*") }
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_CONNECTTIMEOUT_MS, min(request.connectTimeout, time).milliseconds)
        set(CURLOPT_TIMEOUT_MS, time.milliseconds)
        if request.acceptsPacked { set(CURLOPT_ACCEPT_ENCODING, "") }
        set(CURLOPT_USERAGENT, "fermusic (libcurl)")
        switch request.method {
        case .get: set(CURLOPT_HTTPGET, 1)
        case .post: set(CURLOPT_POST, 1)
        case .put:
            set(CURLOPT_POST, 1)
            set(CURLOPT_CUSTOMREQUEST, "PUT")
        }
        if request.method != .get {
            (request.body ?? []).withUnsafeBytes { bytes in
                fermusic_curl_set_body(curl.table, easy, bytes.baseAddress ?? UnsafeRawPointer(easy), bytes.count)
            }
        }
        var list: UnsafeMutablePointer<curl_slist>?
        // Without this libcurl asks before it sends larger bodies, and waits for an answer that few servers give.
        for (name, value) in request.headers + [("Expect", "")] {
            list = curl.curl_slist_append(list, value.isEmpty ? "\(name):" : "\(name): \(value)") ?? list
        }
        fermusic_curl_set_headers(curl.table, easy, list)
        return list
    }

    private func run(_ limit: CallLimit) -> Result<Int32, HTTPError> {
        guard curl.curl_multi_add_handle(multi, easy) == CURLM_OK else { return .failure(.torn("cannot start")) }
        defer { _ = curl.curl_multi_remove_handle(multi, easy) }
        var running: Int32 = 0
        while true {
            guard curl.curl_multi_perform(multi, &running) == CURLM_OK else {
                return .failure(.torn("cannot go on"))
            }
            if running == 0 { break }
            if limit.isCancelled { return .failure(.cancelled) }
            let remaining = limit.remaining
            guard remaining > .zero else { return .failure(.timedOut) }
            // Asked again this often whether anybody still waits.
            let pause = Int32(min(50, remaining.milliseconds))
            guard curl.curl_multi_poll(multi, nil, 0, pause, nil) == CURLM_OK else {
                return .failure(.torn("cannot wait"))
            }
        }
        return .success(fermusic_curl_result(curl.table, multi))
    }

    private func error(
        _ kind: fermusic_curl_kind, _ code: Int32, _ text: String, _ transfer: HTTPTransfer
    ) -> HTTPError {
        let number = CURLcode(rawValue: UInt32(bitPattern: code))
        let reason = text.isEmpty ? curl.curl_easy_strerror(number).map { String(cString: $0) } ?? "" : text
        switch kind {
        case fermusic_curl_unreachable: return .unreachable(reason)
        case fermusic_curl_too_slow: return .timedOut
        case fermusic_curl_untrusted: return .untrusted(reason)
        case fermusic_curl_too_large: return .tooLarge(limit: transfer.limit)
        case fermusic_curl_stopped where transfer.isTooLarge: return .tooLarge(limit: transfer.limit)
        case fermusic_curl_bad_address: return .badAddress(reason)
        default: return .torn(reason)
        }
    }
}

/// What arrives.
final class HTTPTransfer {
    let limit: Int
    var body: [UInt8] = []
    var headers: [String: String] = [:]
    var isTooLarge = false
    /// Gets the body instead, with the headers.
    var take: (([String: String], UnsafeRawBufferPointer) -> Bool)?
    private var headSize = 0
    private static let headLimit = 64 << 10

    init(limit: Int) { self.limit = limit }

    /// libcurl gives up when fewer bytes are taken than were given.
    static let receiveBody: fermusic_curl_receiver = { bytes, size, count, context in
        guard let bytes, let context else { return 0 }
        let transfer = Unmanaged<HTTPTransfer>.fromOpaque(context).takeUnretainedValue()
        let total = size * count
        if let take = transfer.take {
            let isWanted = take(transfer.headers, UnsafeRawBufferPointer(start: bytes, count: total))
            return isWanted || total == 0 ? total : 0
        }
        guard transfer.body.count + total <= transfer.limit else {
            transfer.isTooLarge = true
            return total == 0 ? 0 : total - 1
        }
        transfer.body.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: total))
        return total
    }

    /// One line at a time.
    static let receiveHead: fermusic_curl_receiver = { bytes, size, count, context in
        guard let bytes, let context else { return 0 }
        let transfer = Unmanaged<HTTPTransfer>.fromOpaque(context).takeUnretainedValue()
        let total = size * count
        transfer.headSize += total
        guard transfer.headSize <= headLimit else {
            transfer.isTooLarge = true
            return total == 0 ? 0 : total - 1
        }
        transfer.take(line: String(decoding: UnsafeRawBufferPointer(start: bytes, count: total), as: UTF8.self))
        return total
    }

    private func take(line: String) {
        // Another head follows one that says to continue.
        if line.hasPrefix("HTTP/") { headers = [:] }
        guard let colon = line.firstIndex(of: ":") else { return }
        let name = trimmed(line[..<colon]).lowercased()
        headers[name] = String(trimmed(line[line.index(after: colon)...]))
    }
}
