import Foundation
import JSON
import Testing
import WebApp

/// Bodies that are too long, too slow or not as HTTP has them: each gets an answer that its client can read.
@Suite struct BodyTests {
    private let piece = "10000\r\n" + String(repeating: "x", count: 65_536) + "\r\n"

    private func begin(_ server: TestServer, _ head: String, seconds: Int = 60) throws -> TestClient {
        let client = try #require(TestClient(port: server.port, seconds: seconds))
        client.send(head.replacing("\n", with: "\r\n") + "\r\n\r\n")
        return client
    }

    private func kind(_ answer: TestClient.Response?) -> String? {
        answer?.json["type"]?.stringValue?.split(separator: "#").last.map(String.init)
    }

    /// A request is counted when its connection ends, a moment later.
    private func isCounted(_ server: TestServer, status: Int, times: Int) throws -> Bool {
        let line = "route=\"/api/v1/analyse\",method=\"POST\",status=\"\(status)\"} \(times)\n"
        for _ in 0..<500 {
            if try server.get("/metrics").text.contains(line) { return true }
            usleep(10_000)
        }
        return false
    }

    private static let picture = "POST /api/v1/analyse HTTP/1.1\nHost: localhost\nContent-Type: image/jpeg"

    /// Sends all of it before it reads, as simple clients do.
    @Test func tooManyChunksAreRefused() throws {
        let server = try TestServer()
        let client = try begin(server, Self.picture + "\nTransfer-Encoding: chunked")
        for _ in 0..<480 { #expect(client.send(piece)) }
        client.send("0\r\n\r\n")
        let answer = client.response()
        #expect(answer?.status == 413 && kind(answer) == "too-large")
        #expect(answer?.json["detail"]?.stringValue?.contains("longer than") == true)
        #expect(answer?.headers["connection"]?.lowercased() == "close")
        #expect(answer?.headers["x-content-type-options"] == "nosniff")
        #expect(client.more() == nil)
        #expect(try isCounted(server, status: 413, times: 1))
    }

    /// A body that never ends is ended by the server, also where nobody wants one.
    @Test(arguments: [
        (Self.picture, 413), ("POST /nowhere HTTP/1.1\nHost: localhost", 404),
        ("GET /nowhere HTTP/1.1\nHost: localhost", 404),
    ])
    func endlessBodiesAreEnded(head: String, status: Int) throws {
        let server = try TestServer()
        let client = try begin(server, head + "\nTransfer-Encoding: chunked")
        var pieces = 0
        while client.send(piece), pieces < 20_000 { pieces += 1 }
        #expect(pieces < 5000, "\(pieces >> 4) MB were taken")
        #expect(client.response()?.status == status)
        #expect(try server.get("/healthz").status == 200)
    }

    /// The length is known to be too much, and yet all of it is sent.
    @Test func longBodiesAreRefusedAtOnce() throws {
        let server = try TestServer()
        for _ in 0..<5 {
            let client = try begin(server, Self.picture + "\nContent-Length: 30000000")
            for _ in 0..<458 where !client.send(String(repeating: "x", count: 65_536)) { break }
            let answer = client.response()
            #expect(answer?.status == 413 && kind(answer) == "too-large")
        }
    }

    /// Who asks before it sends need not send what is refused.
    @Test func refusalsComeBeforeTheBody() throws {
        let server = try TestServer()
        let asking = "\nContent-Length: 3000000\nExpect: 100-continue"
        for (head, status) in [
            ("POST /api/v1/recommendations HTTP/1.1\nHost: localhost\nContent-Type: application/json", 413),
            ("POST /api/v1/recommendations HTTP/1.1\nHost: localhost\nContent-Type: text/plain", 415),
            ("POST /nowhere HTTP/1.1\nHost: localhost", 404),
        ] {
            let client = try begin(server, head + asking)
            let text = String(decoding: try #require(client.more()), as: UTF8.self)
            #expect(text.hasPrefix("HTTP/1.1 \(status) "), "\(text.prefix(30))")
        }
        let welcome = try begin(
            server,
            "POST /api/v1/recommendations HTTP/1.1\nHost: localhost\nContent-Type: application/json\nContent-Length: 2\nExpect: 100-continue"
        )
        #expect(String(decoding: try #require(welcome.more()), as: UTF8.self).hasPrefix("HTTP/1.1 100 "))
        welcome.send("{}")
        #expect(welcome.response()?.status == 400)
    }

    @Test func slowBodiesAreTold() throws {
        var serving = HTTPServer.Options()
        serving.bodySeconds = 1
        let server = try TestServer(serving: serving)
        for rest in ["\nContent-Length: 5000", "\nTransfer-Encoding: chunked"] {
            let client = try begin(server, Self.picture + rest)
            while client.send(rest.contains("chunked") ? "1\r\na\r\n" : "a") { usleep(100_000) }
            let answer = client.response()
            #expect(answer?.status == 408 && kind(answer) == "too-slow")
        }
        // One that says nothing at all.
        #expect(try begin(server, Self.picture + "\nContent-Length: 5000").response()?.status == 408)
        #expect(try isCounted(server, status: 408, times: 3))
    }

    @Test(arguments: [
        "gzip", "chunked, gzip", "gzip, chunked", "identity", "chunked\nTransfer-Encoding: gzip",
        "gzip\nTransfer-Encoding: chunked",
    ])
    func otherEncodingsAreNotRead(encoding: String) throws {
        let server = try TestServer()
        for head in [Self.picture, "GET /healthz HTTP/1.1\nHost: localhost"] {
            let client = try begin(server, head + "\nTransfer-Encoding: \(encoding)")
            client.send("5\r\nhello\r\n0\r\n\r\n")
            let answer = client.response()
            #expect(answer?.status == 501 && kind(answer) == "unsupported-encoding")
            #expect(client.more() == nil)
        }
    }

    @Test(arguments: [
        ("\nTransfer-Encoding: chunked", "zz\r\nhello\r\n"), ("\nTransfer-Encoding: chunked", "-5\r\nhello\r\n"),
        ("\nTransfer-Encoding: chunked", "5\r\nhelloworld\r\n"),
        ("\nTransfer-Encoding: chunked", "fffffffffffffffff\r\nhello\r\n"), ("\nContent-Length: 5x", "hello"),
        ("\nContent-Length: -5", "hello"), ("\nContent-Length: 99999999999999999999999", "hello"),
        ("\nContent-Length: 5\nTransfer-Encoding: chunked", "5\r\nhello\r\n0\r\n\r\n"),
    ])
    func nonsenseIsToldSo(head: String, body: String) throws {
        let server = try TestServer()
        let client = try begin(server, Self.picture + head)
        client.send(body)
        let answer = try #require(client.head(), "\(head) \(body)")
        #expect(answer.status == 400 || answer.status == 413, "\(answer.status) for \(head) \(body)")
    }

    /// Heads that are larger than is read, each time although it was sent whole.
    @Test func largeHeadsAreRefused() throws {
        let server = try TestServer()
        for _ in 0..<5 {
            let client = try #require(TestClient(port: server.port))
            client.send("GET / HTTP/1.1\r\nHost: localhost\r\nX: \(String(repeating: "a", count: 400_000))\r\n\r\n")
            #expect(client.head()?.status == 431)
            let long = try #require(TestClient(port: server.port))
            long.send("GET /\(String(repeating: "a", count: 400_000)) HTTP/1.1\r\nHost: localhost\r\n\r\n")
            let status = long.head()?.status
            #expect(status == 414 || status == 431)
        }
    }
}
