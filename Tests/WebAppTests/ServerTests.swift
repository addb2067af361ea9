import FaceVision
import Foundation
import Testing
import WebApp

/// Connections that misbehave, streams, the end.
@Suite struct ServerTests {
    @Test func slowSendersAreLetGo() throws {
        var serving = HTTPServer.Options()
        serving.headSeconds = 1
        serving.bodySeconds = 1.5
        let server = try TestServer(serving: serving)
        let head = try #require(TestClient(port: server.port)), body = try #require(TestClient(port: server.port))
        head.send("GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        body.send(
            "POST /api/v1/analyse HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/jpeg\r\nContent-Length: 5000\r\n\r\n"
        )
        var headAlive = true, bodyAlive = true, bytes = 0
        // A byte now and then, so that nobody could say it was silent.
        while headAlive || bodyAlive, bytes < 600 {
            headAlive = headAlive && head.send("a")
            bodyAlive = bodyAlive && body.send("a")
            #expect(try server.get("/healthz").status == 200)
            usleep(200_000)
            bytes += 1
        }
        #expect(!headAlive && !bodyAlive)
        for _ in 0..<30_000 where server.server.openConnections > 1 { usleep(10_000) }
        #expect(server.server.openConnections <= 1)
    }

    @Test func oneConnectionServesMany() throws {
        let server = try TestServer()
        let client = try #require(TestClient(port: server.port))
        let picture = ImageFile.encodePNG(AnalyseTests.picture(48, 48))
        for _ in 0..<5 {
            client.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(client.response()?.status == 200)
            let head =
                "POST /api/v1/analyse HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\nContent-Length: \(picture.count)\r\n\r\n"
            client.send(Array(head.utf8) + picture)
            #expect(client.response()?.status == 200)
            // Refused, but read: the connection goes on.
            client.send("POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nabcd")
            #expect(client.response()?.status == 404)
        }
    }

    @Test func nonsenseHarmsNobody() throws {
        let server = try TestServer()
        var generator = SystemRandomNumberGenerator()
        for round in 0..<150 {
            guard let client = TestClient(port: server.port, seconds: 1) else { continue }
            var bytes = (0..<Int.random(in: 1...3000, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            if round % 3 == 0 { bytes = Array("POST /api/v1/analyse HTTP/1.1\r\nHost: localhost\r\n".utf8) + bytes }
            if round % 3 == 1 { bytes = Array("GET /".utf8) + bytes + Array(" HTTP/1.1\r\nHost: a\r\n\r\n".utf8) }
            client.send(bytes)
            if round % 10 == 0, let answer = client.head() { #expect((400..<500).contains(answer.status)) }
        }
        let long = try #require(TestClient(port: server.port))
        long.send("GET /\(String(repeating: "a", count: 200_000)) HTTP/1.1\r\nHost: localhost\r\n\r\n")
        let status = long.head()?.status
        #expect(status == nil || (400..<500).contains(status!))
        #expect(try server.get("/healthz").status == 200)
    }

    @Test func showsWhatACameraSees() throws {
        let feed = LiveFeed()
        let server = try TestServer(feed: feed)
        #expect(try server.get("/api/v1/options").json["live"] == true)
        let events = try #require(TestClient(port: server.port)), pictures = try #require(TestClient(port: server.port))
        events.send("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        pictures.send("GET /live.mjpg HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(events.head()?.headers["content-type"] == "text/event-stream")
        #expect(pictures.head()?.headers["content-type"] == "multipart/x-mixed-replace; boundary=fermusic-frame")
        while feed.watchers < 2 { usleep(1000) }
        // Small enough for one chunk of the transfer.
        let jpeg = try ImageFile.encodeJPEG(AnalyseTests.picture(64, 48))
        var heard = "", seen: [UInt8] = []
        for number in 1...3 {
            feed.tell("frame", #"{"number":\#(number)}"#)
            feed.show(jpeg)
            while !heard.contains(#"data: {"number":\#(number)}"#) {
                heard += String(decoding: try #require(events.more()), as: UTF8.self)
            }
            while seen.count < number * jpeg.count { seen += try #require(pictures.more()) }
        }
        #expect(heard.contains("event: frame\n"))
        #expect(seen.firstRange(of: jpeg) != nil)
        server.stop()
        while let rest = events.more() { heard += String(decoding: rest, as: UTF8.self) }
        #expect(feed.watchers == 0)
    }

    /// An event that is longer than a connection's buffer goes out in pieces, and others go behind it.
    @Test func longEventsAreSent() throws {
        let feed = LiveFeed()
        let server = try TestServer(feed: feed)
        let events = try #require(TestClient(port: server.port))
        events.send("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        _ = events.head()
        while feed.watchers < 1 { usleep(1000) }
        feed.tell("frame", String(repeating: "x", count: 300_000))
        feed.tell("frame", "short")
        var heard: [UInt8] = []
        while heard.suffix(200).firstRange(of: Array("data: short\n".utf8)) == nil {
            heard += try #require(events.more())
        }
        #expect(heard.count { $0 == UInt8(ascii: "x") } >= 300_000)
    }

    @Test func slowWatchersMissPictures() throws {
        let feed = LiveFeed()
        let server = try TestServer(feed: feed)
        let slow = try #require(TestClient(port: server.port))
        slow.send("GET /live.mjpg HTTP/1.1\r\nHost: localhost\r\n\r\n")
        _ = slow.head()
        while feed.watchers < 1 { usleep(1000) }
        // In all far more than any buffer holds, and nobody waits.
        let last = 300, rest = [UInt8](repeating: 46, count: 200_000)
        for number in 1...last { feed.show(Array("picture \(number);".utf8) + rest) }
        #expect(try server.get("/healthz").status == 200)
        var seen: Set<Int> = [], text = ""
        while !seen.contains(last) {
            text = String(text.suffix(20)) + String(decoding: try #require(slow.more()), as: UTF8.self)
            for part in text.components(separatedBy: "picture ").dropFirst() {
                if let end = part.firstIndex(of: ";"), let number = Int(part[..<end]) { seen.insert(number) }
            }
        }
        #expect(seen.count < last / 2)
    }

    @Test func watchersWhoLeftAreNoticed() throws {
        let feed = LiveFeed()
        let server = try TestServer(feed: feed)
        feed.show(try ImageFile.encodeJPEG(AnalyseTests.picture(64, 48)))
        func watch(_ path: String) throws -> TestClient {
            let client = try #require(TestClient(port: server.port))
            client.send("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(client.head()?.status == 200)
            return client
        }
        let staying = try watch("/api/v1/events")
        var leaving = [try watch("/api/v1/events"), try watch("/live.mjpg")]
        while feed.watchers < 1 + leaving.count { usleep(1000) }
        leaving.removeAll()
        // Nothing happens before the camera, but now and then watchers are sent something.
        for _ in 0..<30_000 where feed.watchers > 1 {
            feed.nudge()
            usleep(10_000)
        }
        #expect(feed.watchers == 1)
        var heard = ""
        while !heard.contains(": \n\n") { heard += String(decoding: try #require(staying.more()), as: UTF8.self) }
    }

    @Test func finishesWhatRuns() throws {
        let server = try TestServer()
        let port = server.port
        let client = try #require(TestClient(port: port))
        let picture = try ImageFile.encodeJPEG(AnalyseTests.picture(1200, 900))
        let head = "POST /api/v1/analyse HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/jpeg\r\n"
        client.send(Array("\(head)Content-Length: \(picture.count)\r\n\r\n".utf8) + picture)
        // Looked at, or so quick that it is over already.
        for _ in 0..<3000 where server.application.analyses == 0 { usleep(1000) }
        server.stop()
        #expect(client.response()?.status == 200)
        #expect(TestClient.ask(port, "GET", "/healthz") == nil)
    }

    @Test func saysWhyItCannotStart() throws {
        let server = try TestServer()
        var options = HTTPServer.Options()
        options.port = server.port
        #expect(throws: WebServerError.self) { try HTTPServer(options, handler: server.application) }
        options.port = 0
        options.host = "256.1.1.1"
        #expect(throws: WebServerError.self) { try HTTPServer(options, handler: server.application) }
        options.host = "127.0.0.1"
        options.tls = ("no key", "no certificate")
        #expect(throws: WebServerError.self) { try HTTPServer(options, handler: server.application) }
    }
}
