import CMicroHTTPD
import Synchronization
import Timing

// One request, from its head to its end.

extension HTTPServer {
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
            if let encoding = exchange.encoding {
                guard encoding == "chunked" else {
                    throw Problem(.unsupportedEncoding, "send the body as it is, with its length or in chunks")
                }
                // Proxies before this server might go by the other one.
                guard exchange.request.headers["content-length"] == nil else {
                    throw Problem(.badRequest, "a body comes in chunks or has a length, not both")
                }
            }
            if exchange.isLengthOdd { throw Problem(.badRequest, "a body has one length") }
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
    func receive(_ bytes: UnsafeBufferPointer<CChar>, _ connection: OpaquePointer, _ exchange: Exchange) -> Bool {
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
        // Nobody knows how much will come.
        if exchange.discarded > Exchange.discardLimit { refuse(connection, exchange) }
        return exchange.discarded <= Exchange.discardLimit
    }

    /// Answers a request that is refused before its body's end, as the library cannot. Then the connection must be ended.
    func refuse(_ connection: OpaquePointer, _ exchange: Exchange) {
        guard let refusal = exchange.refusal else { return }
        watch.answers(connectionKey(connection))
        let response = handler.refuse(refusal, exchange.request)
        exchange.status = response.status
        response.send(before: connection, hasBody: exchange.request.method != "HEAD")
    }

    /// To be called while the connection is open and nobody answers.
    static func tellTooSlow(_ connection: OpaquePointer, _ handler: any HTTPHandler) {
        // What encrypts belongs to the thread that reads.
        guard fermusic_http_is_encrypted(connection) == 0 else { return }
        let problem = Problem(.tooSlow, "the body did not come in time")
        handler.refuse(problem, HTTPRequest(method: "POST", path: "/")).send(before: connection)
    }

    private func release(_ exchange: Exchange) {
        buffered.wrappingSubtract(exchange.request.body.count, ordering: .relaxed)
        exchange.request.body = []
    }

    /// The whole request is there, or its answer is.
    func finish(_ connection: OpaquePointer, _ exchange: Exchange) -> MHD_Result {
        exchange.isWhole = true
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
        let isLate = watch.idles(connectionKey(connection), isMidway: !exchange.isWhole)
        if isLate, exchange.status == 0 { exchange.status = Problem(.tooSlow, "").status }
        active.wrappingSubtract(1, ordering: .relaxed)
        handler.note(exchange.request, status: exchange.status, seconds: exchange.started.duration(to: .now).seconds)
    }
}
