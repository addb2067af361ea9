import CMicroHTTPD
import Glibc

// What libmicrohttpd calls: C functions that find their server and pass on.

let mhdYes = fermusic_http_result(1)
let mhdNo = fermusic_http_result(0)

/// A connection that a thread of another kind wakes up.
struct ConnectionHandle: @unchecked Sendable {
    // Safe to share: `MHD_resume_connection` may be called from any thread while the connection sleeps.
    private let connection: OpaquePointer

    init(_ connection: OpaquePointer) { self.connection = connection }

    func suspend() { MHD_suspend_connection(connection) }
    func resume() { MHD_resume_connection(connection) }
}

final class StreamBox: Sendable {
    let stream: any ByteStream
    let connection: ConnectionHandle

    init(_ stream: any ByteStream, _ connection: ConnectionHandle) {
        self.stream = stream
        self.connection = connection
    }
}

func connectionKey(_ connection: OpaquePointer) -> Int { Int(bitPattern: connection) }

let handleRequest: MHD_AccessHandlerCallback = { context, connection, url, method, _, data, size, state in
    guard let context, let connection, let url, let method, let size, let state else { return mhdNo }
    let server = Unmanaged<HTTPServer>.fromOpaque(context).takeUnretainedValue()
    guard let known = state.pointee else {
        let exchange = server.begin(connection, url: String(cString: url), method: String(cString: method))
        state.pointee = Unmanaged.passRetained(exchange).toOpaque()
        if exchange.isRefusedAtOnce {
            server.refuse(connection, exchange)
            return mhdNo
        }
        return mhdYes
    }
    let exchange = Unmanaged<Exchange>.fromOpaque(known).takeUnretainedValue()
    if size.pointee > 0 {
        let isWelcome = server.receive(
            UnsafeBufferPointer(start: data, count: size.pointee), connection, exchange)
        size.pointee = 0
        return isWelcome ? mhdYes : mhdNo
    }
    return server.finish(connection, exchange)
}

let requestCompleted: MHD_RequestCompletedCallback = { context, connection, state, _ in
    guard let context, let connection, let known = state?.pointee else { return }
    let exchange = Unmanaged<Exchange>.fromOpaque(known).takeRetainedValue()
    state?.pointee = nil
    Unmanaged<HTTPServer>.fromOpaque(context).takeUnretainedValue().completed(connection, exchange)
}

let connectionChanged: MHD_NotifyConnectionCallback = { context, connection, _, code in
    guard let context, let connection else { return }
    let server = Unmanaged<HTTPServer>.fromOpaque(context).takeUnretainedValue()
    let key = connectionKey(connection)
    if fermusic_http_has_started(code) != 0 {
        server.watch.opened(key, descriptor: fermusic_http_descriptor(connection))
    } else {
        server.closing(key)
    }
}

let readStream: MHD_ContentReaderCallback = { context, _, buffer, limit in
    guard let context, let buffer else { return fermusic_http_end_of_stream() }
    let box = Unmanaged<StreamBox>.fromOpaque(context).takeUnretainedValue()
    let connection = box.connection
    let result = box.stream.read(limit: limit) {
        connection.suspend()
        return WakeUp { connection.resume() }
    }
    switch result {
    case .none: return 0
    case .end: return fermusic_http_end_of_stream()
    case .failed: return fermusic_http_broken_stream()
    case .bytes(let bytes):
        let count = min(bytes.count, limit)
        _ = bytes.withUnsafeBytes { memcpy(buffer, $0.baseAddress!, count) }
        return count
    }
}

let releaseStream: MHD_ContentReaderFreeCallback = { context in
    guard let context else { return }
    Unmanaged<StreamBox>.fromOpaque(context).takeRetainedValue().stream.close()
}

extension HTTPRequest {
    /// Takes over what the library knows of a request's head.
    init(reading connection: OpaquePointer, url: String, method: String, isSecure: Bool) {
        self.init(method: method, path: url)
        self.isSecure = isSecure
        client = addressText(fermusic_http_peer(connection))
        withUnsafeMutablePointer(to: &self) { request in
            fermusic_http_headers(connection, noteHeader, request)
            fermusic_http_arguments(connection, noteArgument, request)
        }
        takeAuthority()
    }
}

private func text(_ pointer: UnsafePointer<CChar>?, _ size: Int) -> String {
    guard let pointer else { return "" }
    let bytes = UnsafeRawBufferPointer(start: pointer, count: size)
    return String(decoding: bytes, as: UTF8.self)
}

private let noteHeader: MHD_KeyValueIteratorN = { context, _, key, keySize, value, valueSize in
    guard let request = context?.assumingMemoryBound(to: HTTPRequest.self) else { return mhdNo }
    let name = text(key, keySize).lowercased()
    let value = text(value, valueSize)
    // One list in several lines (RFC 9110, section 5.3); of what is no list nothing usable comes out, and it is refused.
    let before = request.pointee.headers[name].map { $0 + (name == "cookie" ? "; " : ", ") } ?? ""
    request.pointee.headers[name] = before + value
    return mhdYes
}

private let noteArgument: MHD_KeyValueIteratorN = { context, _, key, keySize, value, valueSize in
    guard let request = context?.assumingMemoryBound(to: HTTPRequest.self) else { return mhdNo }
    request.pointee.query.append((name: text(key, keySize), value: text(value, valueSize)))
    return request.pointee.query.count < 200 ? mhdYes : mhdNo
}
