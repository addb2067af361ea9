import FaceVision
import Testing
import WebApp

/// Heads of requests as proxies, other programs and strangers write them.
@Suite struct HeadTests {
    private func status(_ server: TestServer, _ head: String, _ body: [UInt8] = []) throws -> Int {
        let client = try #require(TestClient(port: server.port))
        client.send(Array(head.replacing("\n", with: "\r\n").utf8) + Array("\r\n\r\n".utf8) + body)
        return try #require(client.head(), "no answer to \(head)").status
    }

    /// A path does not end at an encoded NUL: whoever forbids `/metrics` would be passed by.
    @Test func encodedNULsAreNoEnd() throws {
        let server = try TestServer()
        for path in ["/healthz%00", "/healthz%00x", "/metrics%00", "/%00", "/api/v1/models%00"] {
            #expect(try server.get(path).status == 404, "\(path)")
        }
        #expect(try server.get("/%68ealthz").status == 200)
        #expect(try server.get("/api/v1/catalogue/search?q=a%00b").status == 200)
    }

    @Test(arguments: [
        ("Host: localhost\nHost: evil.example", 421), ("Host: evil.example\nHost: localhost", 421),
        ("Host: localhost\nAccept-Encoding: br\nAccept-Encoding: gzip", 200),
        ("Host: localhost\nContent-Length: 5\nContent-Length: 6", 400),
        ("Host: localhost\nOrigin: http://evil.example\nOrigin: http://localhost", 403),
        ("Host: localhost\nSec-Fetch-Site: cross-site\nSec-Fetch-Site: same-origin", 403),
    ])
    func headersThatComeTwice(headers: String, status expected: Int) throws {
        let server = try TestServer()
        let method = expected == 200 ? "GET /healthz" : "POST /api/v1/sessions"
        #expect(try status(server, "\(method) HTTP/1.1\n\(headers)", Array("hello!".utf8)) == expected)
    }

    @Test(arguments: [
        ("http://localhost/healthz", "evil.example", 200), ("HTTP://localhost:1/healthz", "localhost", 200),
        ("http://evil.example/healthz", "localhost", 421), ("http://localhost", "localhost", 200),
        ("http:///healthz", "localhost", 421), ("ftp://localhost/healthz", "localhost", 404),
    ])
    func wholeAddressesAreTargets(target: String, host: String, status expected: Int) throws {
        #expect(try status(TestServer(), "GET \(target) HTTP/1.1\nHost: \(host)") == expected)
    }

    @Test(arguments: [
        "X-Forwarded-For: 7.7.7.7\nX-Forwarded-For: 10.0.0.1", "X-Forwarded-For: 7.7.7.7:4711",
        "X-Forwarded-For: ::ffff:7.7.7.7", "X-Forwarded-For: [::ffff:7.7.7.7]:80, 10.0.0.1:90",
    ])
    func visitorsAreToldByTheirAddresses(header: String) throws {
        var options = WebApplication.Options()
        (options.requestsPerSecond, options.burst) = (0.01, 2)
        options.isBehindProxy = true
        options.proxies = [try #require(AddressRange("10.0.0.0/8"))]
        let server = try TestServer(options), head = "GET /api/v1/models HTTP/1.1\nHost: localhost\n"
        for _ in 0..<2 { #expect(try status(server, head + "X-Forwarded-For: 7.7.7.7") == 200) }
        #expect(try status(server, head + header) == 429)
        #expect(try status(server, head + header.replacing("7.7.7.7", with: "8.8.8.8")) == 200)
    }

    /// As programs send bytes of which they know no more.
    @Test func picturesNeedNoType() throws {
        let server = try TestServer(), picture = ImageFile.encodePNG(AnalyseTests.picture(64, 48))
        let head = "POST /api/v1/analyse HTTP/1.1\nHost: localhost\nContent-Length: \(picture.count)"
        #expect(try status(server, head, picture) == 200)
        let form = try server.send(picture, to: "/api/v1/analyse", type: "multipart/form-data; boundary=x")
        #expect(form.status == 415 && form.json["detail"]?.stringValue?.hasSuffix("not in a form") == true)
        // Others could be sent by pages of other sites, without asking.
        let feedback = "POST /api/v1/feedback HTTP/1.1\nHost: localhost\nContent-Length: 2"
        #expect(try status(server, feedback, Array("{}".utf8)) == 415)
    }
}
