import CMicroHTTPD
import Glibc

extension HTTPResponse {
    /// Sends it on a connection whose request is still being read, which must then be ended. Only bytes can be sent so, and
    /// few enough for the system to take them at once.
    func send(before connection: OpaquePointer, hasBody: Bool = true) {
        guard case .bytes(let body) = body else { return }
        var now = time(nil), parts = tm(), date = [CChar](repeating: 0, count: 64)
        gmtime_r(&now, &parts)
        let count = strftime(&date, date.count, "%a, %d %b %Y %H:%M:%S GMT", &parts)
        var head = "HTTP/1.1 \(status) \(String(cString: MHD_get_reason_phrase_for(UInt32(status))))\r\nDate: "
        head += String(decoding: date[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) + "\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        head += "Content-Length: \(body.count)\r\nConnection: close\r\n\r\n"
        let bytes = Array(head.utf8) + (hasBody ? body : [])
        fermusic_http_send(connection, bytes, bytes.count)
    }
}
