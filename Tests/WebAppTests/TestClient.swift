import Foundation
import JSON

/// Speaks HTTP byte by byte, so that tests can say what no well-behaved client would.
final class TestClient {
    struct Response {
        var status: Int
        var headers: [String: String]
        var body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
        var json: JSONValue { (try? JSONValue(parsing: text)) ?? .null }
    }

    private let descriptor: Int32
    private var buffer: [UInt8] = []

    init?(port: Int, seconds: Int = 120) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var time = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else {
            close(descriptor)
            return nil
        }
    }

    deinit { close(descriptor) }

    /// False once the other side has closed.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return false }
            sent += count
        }
        return true
    }

    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// More bytes; nil at the end, on failure and when nothing comes for long.
    func more() -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        return count > 0 ? Array(bytes[..<count]) : nil
    }

    /// The head of the next response.
    func head() -> (status: Int, headers: [String: String])? {
        while true {
            if let end = buffer.firstRange(of: [13, 10, 13, 10]) {
                let lines = String(decoding: buffer[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
                buffer.removeSubrange(..<end.upperBound)
                let words = lines[0].split(separator: " ")
                guard words.count > 1, let status = Int(words[1]) else { return nil }
                if status == 100 { continue }
                var headers: [String: String] = [:]
                for line in lines.dropFirst() {
                    let parts = line.split(separator: ":", maxSplits: 1)
                    headers[parts[0].lowercased()] =
                        parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
                }
                return (status, headers)
            }
            guard let bytes = more() else { return nil }
            buffer += bytes
        }
    }

    func response(hasBody: Bool = true) -> Response? {
        guard let (status, headers) = head() else { return nil }
        guard hasBody, status != 204, status != 304, let length = headers["content-length"].flatMap({ Int($0) }) else {
            return Response(status: status, headers: headers, body: [])
        }
        while buffer.count < length {
            guard let bytes = more() else { return nil }
            buffer += bytes
        }
        defer { buffer.removeFirst(length) }
        return Response(status: status, headers: headers, body: Array(buffer[..<length]))
    }

    /// One request on a connection of its own.
    static func ask(
        _ port: Int, _ method: String, _ target: String, headers: [String: String] = [:], body: [UInt8]? = nil
    ) -> Response? {
        guard let client = TestClient(port: port) else { return nil }
        var text = "\(method) \(target) HTTP/1.1\r\n"
        var all = headers
        if all["Host"] == nil { all["Host"] = "127.0.0.1:\(port)" }
        if let body { all["Content-Length"] = "\(body.count)" }
        for (name, value) in all { text += "\(name): \(value)\r\n" }
        client.send(Array((text + "\r\n").utf8) + (body ?? []))
        return client.response(hasBody: method != "HEAD")
    }

    static func post(_ port: Int, _ target: String, json: JSONValue, headers: [String: String] = [:]) -> Response? {
        ask(
            port, "POST", target, headers: headers.merging(["Content-Type": "application/json"]) { a, _ in a },
            body: Array(json.text().utf8))
    }
}
