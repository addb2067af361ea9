import Glibc
import Threads

/// A request as a stub received it.
public struct StubRequest: Sendable {
    public var method: String
    /// Without the query.
    public var path: String
    /// Decoded.
    public var query: [String: String]
    /// Names in lower case.
    public var headers: [String: String]
    public var body: String
    /// Counts connections from 0.
    public var connection: Int

    /// The fields of a form.
    public var form: [String: String] { StubText.fields(body) }
}

/// What a stub answers.
public struct StubReply: Sendable {
    public var status: Int
    public var headers: [(String, String)]
    public var body: String
    /// Sent instead of `body`.
    public var bytes: [UInt8]?
    /// Seconds before it answers.
    public var delay = 0.0
    /// Sends only so many bytes of the body, then ends the connection.
    public var cutsAt: Int?
    /// Sends this instead of anything like HTTP.
    public var raw: String?
    /// Sends the body one byte at a time with this pause.
    public var dribble: Double?

    public init(_ status: Int = 200, _ body: String = "", headers: [(String, String)] = []) {
        self.status = status
        self.body = body
        self.headers = headers
    }

    public init(_ status: Int, bytes: [UInt8], headers: [(String, String)] = []) {
        self.init(status, headers: headers)
        self.bytes = bytes
    }

    /// Bytes of a file, or the part that is asked for.
    public static func part(of bytes: [UInt8], type: String, for request: StubRequest) -> StubReply {
        let headers = [("Content-Type", type), ("Accept-Ranges", "bytes"), ("ETag", "\"stub-\(bytes.count)\"")]
        guard let ends = request.headers["range"]?.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        else { return StubReply(200, bytes: bytes, headers: headers) }
        let first = Int(ends[0]) ?? max(0, bytes.count - (Int(ends[1]) ?? 0))
        let last = ends[0].isEmpty ? bytes.count - 1 : min(Int(ends[1]) ?? bytes.count - 1, bytes.count - 1)
        guard first <= last else { return StubReply(416, headers: [("Content-Range", "bytes */\(bytes.count)")]) }
        return StubReply(
            206, bytes: Array(bytes[first...last]),
            headers: headers + [("Content-Range", "bytes \(first)-\(last)/\(bytes.count)")])
    }

    public static func raw(_ text: String) -> StubReply {
        var reply = StubReply()
        reply.raw = text
        return reply
    }

    public func delayed(_ seconds: Double) -> StubReply {
        var copy = self
        copy.delay = seconds
        return copy
    }

    public func cut(at bytes: Int) -> StubReply {
        var copy = self
        copy.cutsAt = bytes
        return copy
    }
}

/// An HTTP/1.1 server on this machine that answers with a closure of the test. Connections stay open.
public final class StubServer: Sendable {
    public let port: UInt16
    private let listener: Int32
    private let state = State()

    /// What the threads of the connections share; it lives as long as any of them.
    private final class State: Sendable {
        let log = Guarded<[StubRequest]>([])
        /// Connections that are open; nil when the server is gone. A number is taken out before its connection is
        /// closed: afterwards it may belong to somebody else.
        let open = Guarded<Set<Int32>?>([])
    }

    public var url: String { "http://127.0.0.1:\(port)" }
    /// All requests so far.
    public var requests: [StubRequest] { state.log.withLock { $0.map { $0 } } }

    public init(_ answer: @escaping @Sendable (StubRequest) -> StubReply) {
        (listener, port) = StubServer.listen()
        let (listener, state) = (listener, state)
        StubThread.start {
            // Closed here and nowhere else: another socket could get its number while it is listened to.
            defer { close(listener) }
            var number = 0
            while true {
                let descriptor = accept(listener, nil, nil)
                if descriptor < 0 { return }
                guard state.open.withLock({ $0?.insert(descriptor) }) != nil else {
                    close(descriptor)
                    return
                }
                let connection = number
                number += 1
                StubThread.start { StubServer.serve(descriptor, connection, state, answer) }
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        state.open.withLock { open in
            for descriptor in open ?? [] { shutdown(descriptor, Int32(SHUT_RDWR)) }
            open = nil
        }
    }

    /// An address on which nobody listens.
    public static var deadAddress: String {
        let (descriptor, port) = listen()
        close(descriptor)
        return "http://127.0.0.1:\(port)"
    }

    private static func listen() -> (Int32, UInt16) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        _ = fcntl(listener, F_SETFD, FD_CLOEXEC)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                precondition(bind(listener, $0, length) == 0 && Glibc.listen(listener, 64) == 0)
                getsockname(listener, $0, &length)
            }
        }
        return (listener, UInt16(bigEndian: address.sin_port))
    }

    private static func serve(
        _ descriptor: Int32, _ connection: Int, _ state: State, _ answer: (StubRequest) -> StubReply
    ) {
        defer {
            state.open.withLock { _ = $0?.remove(descriptor) }
            close(descriptor)
        }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        var waiting: [UInt8] = []
        while let request = StubText.read(descriptor, connection, &waiting) {
            state.log.withLock { $0.append(request) }
            let reply = answer(request)
            if reply.delay > 0 { usleep(UInt32(reply.delay * 1e6)) }
            guard send(reply, descriptor) else { return }
        }
    }

    /// Whether the connection goes on.
    private static func send(_ reply: StubReply, _ descriptor: Int32) -> Bool {
        if let raw = reply.raw {
            write(Array(raw.utf8), descriptor)
            shutdown(descriptor, Int32(SHUT_RDWR))
            return false
        }
        let body = reply.bytes ?? Array(reply.body.utf8)
        var head = "HTTP/1.1 \(reply.status) Stub\r\n"
        for (name, value) in reply.headers { head += "\(name): \(value)\r\n" }
        if reply.status != 204, reply.status != 304 { head += "Content-Length: \(body.count)\r\n" }
        guard write(Array((head + "\r\n").utf8), descriptor) else { return false }
        if let pause = reply.dribble {
            for byte in body {
                guard write([byte], descriptor) else { return false }
                usleep(UInt32(pause * 1e6))
            }
            return true
        }
        if let cut = reply.cutsAt {
            write(Array(body.prefix(cut)), descriptor)
            shutdown(descriptor, Int32(SHUT_RDWR))
            return false
        }
        return reply.status == 204 || reply.status == 304 || write(body, descriptor)
    }

    @discardableResult
    private static func write(_ bytes: [UInt8], _ descriptor: Int32) -> Bool {
        var done = 0
        while done < bytes.count {
            let put = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress! + done, bytes.count - done, Int32(MSG_NOSIGNAL))
            }
            if put <= 0 { return false }
            done += put
        }
        return true
    }
}

public enum StubThread {
    private final class Work: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    public static func start(_ run: @escaping @Sendable () -> Void) {
        var handle = pthread_t()
        pthread_create(
            &handle, nil,
            {
                Unmanaged<Work>.fromOpaque($0!).takeRetainedValue().run()
                return nil
            }, Unmanaged.passRetained(Work(run)).toOpaque())
        pthread_detach(handle)
    }
}

/// HTTP as text.
public enum StubText {
    /// The next request of a connection; `nil` at its end.
    static func read(_ descriptor: Int32, _ connection: Int, _ waiting: inout [UInt8]) -> StubRequest? {
        func more() -> Bool {
            var buffer = [UInt8](repeating: 0, count: 65536)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count > 0 { waiting += buffer[..<count] }
            return count > 0
        }
        let blank: [UInt8] = [13, 10, 13, 10]
        var end: Int?
        while true {
            end = waiting.count < 4 ? nil : (0...waiting.count - 4).first { Array(waiting[$0..<$0 + 4]) == blank }
            if end != nil { break }
            guard more() else { return nil }
        }
        let head = String(decoding: waiting[..<end!], as: UTF8.self)
        waiting.removeSubrange(..<(end! + 4))
        var lines = head.split(whereSeparator: \.isNewline).map(String.init)
        let words = lines.removeFirst().split(separator: " ").map(String.init)
        var headers: [String: String] = [:]
        for line in lines {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].drop { $0 == " " })
        }
        let length = Int(headers["content-length"] ?? "0") ?? 0
        while waiting.count < length { guard more() else { return nil } }
        let body = String(decoding: waiting[..<length], as: UTF8.self)
        waiting.removeSubrange(..<length)
        let target = words[1].split(separator: "?", maxSplits: 1).map(String.init)
        return StubRequest(
            method: words[0], path: target[0], query: target.count > 1 ? fields(target[1]) : [:], headers: headers,
            body: body, connection: connection)
    }

    /// "a=1&b=%20"
    public static func fields(_ text: String) -> [String: String] {
        var result: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            result[decoded(halves[0])] = halves.count > 1 ? decoded(halves[1]) : ""
        }
        return result
    }

    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = [], rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == 0x25, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == 0x2B ? 0x20 : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
