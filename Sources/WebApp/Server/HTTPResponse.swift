import Files
import JSON

/// What is sent back.
public struct HTTPResponse: Sendable {
    public enum Body: Sendable {
        case bytes([UInt8])
        /// These bytes of a file, read as they are sent.
        case file(FileAtAnyPlace, Range<Int>)
        /// Goes on until the stream ends or the client leaves; `count` bytes, where that is known.
        case stream(any ByteStream, count: Int? = nil)
    }

    public var status: Int
    public var headers: [(name: String, value: String)] = []
    public var body: Body

    public init(_ status: Int, _ headers: [(String, String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers.map { (name: $0.0, value: $0.1) }
        self.body = .bytes(body)
    }

    /// A JSON document, not to be kept by anybody.
    static func json(_ value: JSONValue, status: Int = 200, headers: [(String, String)] = []) -> HTTPResponse {
        HTTPResponse(
            status, [("Content-Type", "application/json"), ("Cache-Control", "no-store")] + headers,
            body: Array(value.text().utf8))
    }

    static func text(_ text: String, type: String = "text/plain; charset=utf-8") -> HTTPResponse {
        HTTPResponse(200, [("Content-Type", type), ("Cache-Control", "no-store")], body: Array(text.utf8))
    }

    static func stream(_ stream: any ByteStream, type: String) -> HTTPResponse {
        var response = HTTPResponse(200, [("Content-Type", type), ("Cache-Control", "no-store")])
        response.body = .stream(stream)
        return response
    }

    mutating func setDefault(_ name: String, _ value: String) {
        let isSet = headers.contains { $0.name.lowercased() == name.lowercased() }
        if !isSet { headers.append((name, value)) }
    }
}

/// Bytes that come over time. Asked by one connection; what it waits for comes from other threads.
public protocol ByteStream: AnyObject, Sendable {
    /// The next bytes, at most `limit`. When there are none yet, `wait` is called before returning `.none`, and
    /// whoever brings them calls what it gave back exactly once.
    func read(limit: Int, wait: () -> WakeUp) -> StreamRead

    /// The client has left or the end was read.
    func close()
}

public enum StreamRead {
    case bytes([UInt8])
    case none
    case end
    /// It broke off: the connection is ended, so that nobody takes it for the whole.
    case failed
}

/// Lets a connection that waits go on; called once.
public struct WakeUp: Sendable {
    let call: @Sendable () -> Void
}
