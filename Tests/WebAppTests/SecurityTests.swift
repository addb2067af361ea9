import FaceVision
import Foundation
import Testing
import WebApp

/// Who may ask what, and how often.
@Suite struct SecurityTests {
    @Test(arguments: [
        ("evil.example", 421), ("evil.example:8080", 421), ("127.0.0.1.evil.example", 421), ("", 421), ("[::1", 421),
        ("localhost:99999999", 421), ("localhost", 200), ("LOCALHOST:8080", 200), ("127.0.0.1:1", 200),
        ("[::1]:8080", 200), ("192.168.1.7", 200), ("music.example", 200), ("MUSIC.example:443", 200),
    ])
    func answersToItsNamesOnly(host: String, status: Int) throws {
        var options = TestServer.quick
        options.hostNames = ["music.example"]
        let server = try TestServer(options)
        let answer = try server.get("/healthz", ["Host": host])
        // An empty Host header is a malformed request to libmicrohttpd.
        #expect(answer.status == status || host.isEmpty && answer.status == 400)
    }

    @Test func refusesPagesOfOtherSites() throws {
        let server = try TestServer()
        func post(_ headers: [String: String]) throws -> Int {
            try server.post("/api/v1/recommendations", ["emotions": ["sad": 1]], headers).status
        }
        #expect(try post([:]) == 200)
        #expect(try post(["Origin": "http://127.0.0.1:\(server.port)"]) == 200)
        #expect(try post(["Origin": "https://127.0.0.1:\(server.port)"]) == 200)
        #expect(try post(["Origin": "http://127.0.0.1:1"]) == 403)
        #expect(try post(["Origin": "http://evil.example"]) == 403)
        #expect(try post(["Origin": "null"]) == 403)
        #expect(try post(["Sec-Fetch-Site": "cross-site"]) == 403)
        #expect(try post(["Sec-Fetch-Site": "same-origin"]) == 200)
        // Reading is for the browser to forbid: no answer allows other sites to read it.
        let answer = try server.get("/api/v1/models", ["Origin": "http://evil.example"])
        #expect(answer.headers["access-control-allow-origin"] == nil)
    }

    @Test func letsInWithTokenOnly() throws {
        var options = TestServer.quick
        options.token = "correct-horse-battery"
        options.isPersonal = false
        let server = try TestServer(options)
        let refused = try server.get("/api/v1/models")
        #expect(refused.status == 401)
        #expect(refused.headers["content-type"] == "application/problem+json")
        #expect(refused.headers["www-authenticate"] == "Bearer")
        #expect(try server.get("/metrics").status == 401)
        #expect(try server.get("/healthz").status == 200)
        #expect(try server.get("/api/v1/models", ["Authorization": "Bearer correct-horse-battery"]).status == 200)
        #expect(try server.get("/api/v1/models", ["Authorization": "Bearer correct-horse-batterx"]).status == 401)
        #expect(try server.get("/api/v1/models", ["Authorization": "Bearer "]).status == 401)
        #expect(try server.get("/api/v1/models?token=correct-horse-battery").status == 401)
        let form = try server.get("/", ["Accept": "text/html"])
        #expect(form.status == 401 && form.text.contains("/login"))
        #expect(form.headers["content-security-policy"] != nil)
        #expect(form.text.contains("data-languages=\"en es hi id\""))

        let type = "application/x-www-form-urlencoded"
        let wrong = try server.send(Array("token=wrong".utf8), to: "/login", type: type)
        #expect(wrong.status == 303 && wrong.headers["set-cookie"] == nil)
        #expect(wrong.headers["location"] == "/#wrong")
        // As a browser sends the form.
        let origin = ["Origin": "http://127.0.0.1:\(server.port)", "Sec-Fetch-Site": "same-origin"]
        let right = try server.send(Array("token=correct-horse-battery".utf8), to: "/login", type: type, origin)
        #expect(right.status == 303)
        let cookie = try #require(right.headers["set-cookie"])
        #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && !cookie.contains("Secure"))
        let value = String(cookie.prefix { $0 != ";" })
        #expect(try server.get("/", ["Cookie": value]).status == 200)
        // The token has changed since: the browser is told to forget the old one.
        let old = try server.get("/", ["Cookie": "fermusic_token=of-last-week"])
        #expect(old.status == 401 && old.headers["set-cookie"]?.contains("Max-Age=0") == true)
    }

    @Test func believesItsProxyAboutTLS() throws {
        var options = TestServer.quick
        options.token = "correct-horse-battery"
        func login(_ options: WebApplication.Options) throws -> TestClient.Response {
            try TestServer(options).send(
                Array("token=correct-horse-battery".utf8), to: "/login", type: "application/x-www-form-urlencoded",
                ["X-Forwarded-Proto": "https"])
        }
        let direct = try login(options)
        #expect(direct.headers["strict-transport-security"] == nil)
        #expect(direct.headers["set-cookie"]?.contains("; Secure") == false)
        options.isBehindProxy = true
        let proxied = try login(options)
        #expect(proxied.headers["strict-transport-security"] != nil)
        #expect(proxied.headers["set-cookie"]?.contains("; Secure") == true)
    }

    @Test(arguments: ["header", "cookie", "form"]) func slowsDownWhoTriesTokens(with: String) throws {
        var options = TestServer.quick
        options.token = "correct-horse-battery"
        let server = try TestServer(options)
        func guess(_ number: Int) throws -> Int {
            switch with {
            case "header":
                try server.get("/api/v1/models", ["Authorization": "Bearer guess-number-\(number)"]).status
            case "cookie":
                try server.get("/api/v1/models", ["Cookie": "fermusic_token=guess-number-\(number)"]).status
            default:
                try server.send(
                    Array("token=guess-number-\(number)".utf8), to: "/login",
                    type: "application/x-www-form-urlencoded"
                ).status
            }
        }
        let statuses = try (0..<15).map(guess)
        #expect(statuses.prefix(5).allSatisfy { $0 == (with == "form" ? 303 : 401) })
        #expect(statuses.last == 429)
    }

    @Test func camerasBehindOneAddressAreToldApart() throws {
        var options = WebApplication.Options()
        options.requestsPerSecond = 1
        options.burst = 20
        let server = try TestServer(options)
        let picture = try ImageFile.encodeJPEG(AnalyseTests.picture(64, 64))
        func status(_ session: String) throws -> Int {
            try server.send(
                picture, to: "/api/v1/analyse", type: "image/jpeg", ["Fermusic-Session": session]
            ).status
        }
        let sessions = try (0..<2).map { _ in
            try #require(try server.post("/api/v1/sessions", [:]).json["session"]?.stringValue)
        }
        for session in sessions {
            let statuses = try (0..<35).map { _ in try status(session) }
            #expect(statuses.prefix(20).allSatisfy { $0 == 200 })
            #expect(statuses.contains(429))
        }
        // The address has paid for opening two sessions; those that do not exist are on it too.
        #expect(try status("0123") == 404)
        #expect(try server.get("/api/v1/options").status == 200)
    }

    @Test func nobodyTakesAllSessions() throws {
        var options = TestServer.quick
        options.isBehindProxy = true
        let server = try TestServer(options)
        func ask(_ client: String) throws -> TestClient.Response {
            try server.post("/api/v1/sessions", [:], ["X-Forwarded-For": client])
        }
        for _ in 0..<20 { #expect(try ask("10.0.0.1").status == 201) }
        let refused = try ask("10.0.0.1")
        #expect(refused.status == 429 && refused.headers["retry-after"] == "30")
        #expect(try ask("10.0.0.2").status == 201)
    }

    @Test func limitsEachClient() throws {
        var options = WebApplication.Options()
        options.requestsPerSecond = 5
        options.burst = 10
        options.isBehindProxy = true
        let server = try TestServer(options)
        func statuses(_ client: String) throws -> [TestClient.Response] {
            try (0..<20).map { _ in try server.get("/api/v1/models", ["X-Forwarded-For": "6.6.6.6, \(client)"]) }
        }
        let answers = try statuses("10.0.0.1")
        #expect(answers.prefix(10).allSatisfy { $0.status == 200 })
        let last = try #require(answers.last)
        #expect(last.status == 429)
        #expect(Int(last.headers["retry-after"] ?? "").map { $0 >= 1 } == true)
        #expect(try statuses("10.0.0.2").first?.status == 200)
        // Addresses of one IPv6 network are one client.
        _ = try statuses("2001:db8:1:2::1")
        #expect(try statuses("2001:db8:1:2:ffff::9").first?.status == 429)
        #expect(try statuses("2001:db8:1:3::1").first?.status == 200)
    }

    @Test func saysWhatIsWrongAsProblemDetails() throws {
        let server = try TestServer()
        let missing = try server.get("/nothing/here")
        #expect(missing.status == 404)
        #expect(missing.headers["content-type"] == "application/problem+json")
        #expect(missing.json["status"] == 404)
        #expect(missing.json["type"] == "/api/docs#not-found")
        let method = try #require(TestClient.ask(server.port, "PUT", "/api/v1/analyse", body: []))
        #expect(method.status == 405)
        #expect(method.headers["allow"] == "POST")
        #expect(try #require(TestClient.ask(server.port, "HEAD", "/healthz")).status == 200)
    }

    @Test func countsForPrometheus() throws {
        let server = try TestServer()
        _ = try server.get("/healthz")
        _ = try server.get("/some/strange/path\"}\n")
        let metrics = try server.get("/metrics")
        #expect(metrics.headers["content-type"]?.hasPrefix("text/plain; version=0.0.4") == true)
        #expect(
            metrics.text.contains("fermusic_http_requests_total{route=\"/healthz\",method=\"GET\",status=\"200\"} 1\n"))
        #expect(!metrics.text.contains("strange"))
        #expect(metrics.text.contains("# TYPE fermusic_analysis_seconds histogram\n"))
        #expect(metrics.text.contains("fermusic_resident_memory_bytes"))
        for line in metrics.text.split(separator: "\n") where !line.hasPrefix("#") {
            #expect(line.wholeMatch(of: #/[a-z_]+(\{[^{}]*\})? [0-9.e+-]+/#) != nil, "\(line)")
        }
    }
}
