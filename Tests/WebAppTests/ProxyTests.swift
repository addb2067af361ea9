import Foundation
import Testing
import WebApp

/// The page below a path of a name that it shares, behind proxies, and a server that leaves.
@Suite struct ProxyTests {
    @Test(
        arguments: [
            ("/music", "/music"), ("/music/", "/music"), ("/a/b-c_d.e~f", "/a/b-c_d.e~f"), ("/", ""), ("", ""),
            ("music", nil), ("//", nil), ("/a//b", nil), ("/../etc", nil), ("/a/.", nil), ("/a b", nil),
            ("/a\r\nX: y", nil),
            ("/<script>", nil), ("//evil.example", nil), ("/" + String(repeating: "a", count: 300), nil),
        ] as [(String, String?)])
    func basePathsAreOfPlainNames(text: String, path: String?) { #expect(BasePath.parse(text) == path) }

    @Test(arguments: ["", "/music"]) func pageLivesBelowAPath(cut: String) throws {
        var options = TestServer.quick
        options.basePath = "/music"
        options.token = "correct-horse-battery"
        let server = try TestServer(options)
        let known = ["Cookie": "fermusic_token=correct-horse-battery"]
        // Whether the proxy has cut the path off or not.
        let page = try server.get("\(cut)/", known)
        #expect(page.status == 200 && !page.text.contains("{{"))
        for match in page.text.matches(of: #/(?:href|src|action)="(\/[^"]*)"/#) {
            #expect(match.1.hasPrefix("/music/"), "\(match.1)")
        }
        let script = try #require(page.text.firstMatch(of: #/src="\/music(\/assets\/[0-9a-f]+\/app\.js)"/#)?.1)
        let file = try server.get(cut + script)
        #expect(file.status == 200 && file.headers["cache-control"]?.contains("immutable") == true)
        let form = try server.get("\(cut)/api/docs", ["Accept": "text/html"])
        #expect(form.status == 401 && form.text.contains("action=\"/music/login\""))
        let entry = try server.send(
            Array("token=correct-horse-battery".utf8), to: "\(cut)/login", type: "application/x-www-form-urlencoded")
        #expect(
            entry.headers["location"] == "/music/" && entry.headers["set-cookie"]?.contains("Path=/music/;") == true)
        let wrong = try server.get("\(cut)/api/v1/no", known)
        #expect(wrong.status == 404 && wrong.json["type"] == "/music/api/docs#not-found")
        let session = try #require(TestClient.ask(server.port, "POST", "\(cut)/api/v1/sessions", headers: known))
        #expect(session.headers["location"]?.hasPrefix("/music/api/v1/sessions/") == true)
    }

    @Test func theSlashIsAdded() throws {
        var options = TestServer.quick
        options.basePath = "/music"
        let server = try TestServer(options)
        let answer = try server.get("/music")
        #expect(answer.status == 308 && answer.headers["location"] == "/music/")
        #expect(try server.get("/musical/").status == 404)
    }

    @Test func proxiesSayWhereTheyAre() throws {
        var options = TestServer.quick
        let direct = try TestServer(options).get("/", ["X-Forwarded-Prefix": "/there"])
        #expect(!direct.text.contains("/there"))
        options.isBehindProxy = true
        let server = try TestServer(options)
        #expect(try server.get("/", ["X-Forwarded-Prefix": "/there/"]).text.contains("href=\"/there/assets/"))
        let evil = try server.get("/", ["X-Forwarded-Prefix": "/\"><script>"])
        #expect(evil.status == 200 && !evil.text.contains("\"><script>") && evil.text.contains("href=\"/assets/"))
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.255.1.2", true), ("10.0.0.0/8", "11.0.0.1", false), ("192.168.1.7", "192.168.1.7", true),
        ("192.168.1.7", "192.168.1.8", false), ("172.16.0.0/12", "172.31.9.9", true),
        ("172.16.0.0/12", "172.32.0.1", false), ("0.0.0.0/0", "8.8.8.8", true), ("0.0.0.0/0", "::1", false),
        ("fd00::/8", "fd12::1", true), ("fd00::/8", "fe80::1", false), ("10.0.0.0/8", "::ffff:10.1.1.1", true),
        ("10.0.0.0/8", "nobody", false),
    ])
    func networksContainAddresses(range: String, address: String, isIn: Bool) throws {
        #expect(try #require(AddressRange(range)).contains(address) == isIn)
    }

    @Test(arguments: ["", "ten", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0/8", "::1/129", "10.0.0.0/8/8"])
    func otherTextsAreNoNetworks(text: String) { #expect(AddressRange(text) == nil) }

    /// What other proxies than ours say of themselves is the visitor's own invention.
    @Test func theFirstStrangerIsTheVisitor() throws {
        var options = WebApplication.Options()
        options.requestsPerSecond = 1
        options.burst = 5
        options.isBehindProxy = true
        options.proxies = [try #require(AddressRange("10.0.0.0/8"))]
        let server = try TestServer(options)
        func ask(_ chain: String) throws -> Int {
            try server.get("/api/v1/models", ["X-Forwarded-For": chain]).status
        }
        for _ in 0..<5 { #expect(try ask("1.1.1.1, 7.7.7.7, 10.0.0.1") == 200) }
        #expect(try ask("2.2.2.2, 7.7.7.7, 10.0.0.2") == 429)
        #expect(try ask("7.7.7.7, 8.8.8.8, 10.0.0.1") == 200)
    }

    @Test func aLeavingServerAnswersAndSaysSo() throws {
        let server = try TestServer()
        #expect(try server.get("/readyz").json["status"] == "ready")
        let open = try #require(TestClient(port: server.port))
        server.application.leave()
        server.server.leave()
        let readiness = try server.get("/readyz")
        #expect(readiness.status == 503 && readiness.headers["retry-after"] == "5")
        #expect(try server.get("/healthz").status == 200)
        // One that was open before gets its answer, and its end.
        #expect(open.send("GET /api/v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        var text = ""
        while let bytes = open.more() { text += String(decoding: bytes, as: UTF8.self) }
        #expect(text.hasPrefix("HTTP/1.1 200") && text.lowercased().contains("connection: close"))
    }
}
