import Glibc
import MusicMatching
import StubServer
import Synchronization
import Testing

@Suite struct HTTPClientTests {
    private func get(
        _ address: String, seconds: Double = 300, change: (inout HTTPRequest) -> Void = { _ in }
    ) -> Result<HTTPResponse, HTTPError> {
        var request = HTTPRequest(.get, address)
        change(&request)
        return Result { () throws(HTTPError) in try HTTPClient().send(request, CallLimit(.seconds(seconds))) }
    }

    private func failure(_ result: Result<HTTPResponse, HTTPError>) -> HTTPError? {
        if case .failure(let error) = result { return error }
        return nil
    }

    @Test func connectionsAreUsedAgain() throws {
        let server = StubServer { StubReply(200, $0.query["q"] ?? "", headers: [("X-Name", "a"), ("x-name", "b")]) }
        let client = HTTPClient()
        for number in 0..<5 {
            let response = try client.send(HTTPRequest(.get, "\(server.url)/a?q=\(number)"), CallLimit(.seconds(120)))
            #expect(response.text == "\(number)" && response.status == 200 && response.headers["x-name"] == "b")
            #expect(response.reusedConnection == (number > 0))
        }
        #expect(Set(server.requests.map(\.connection)).count == 1)
        #expect(server.requests[0].headers["user-agent"] == "fermusic (libcurl)")
    }

    @Test func manyThreadsAtOnce() throws {
        let server = StubServer { StubReply(200, $0.path).delayed(0.01) }
        let client = HTTPClient()
        let right = Atomic<Int>(0), done = Atomic<Int>(0)
        for thread in 0..<8 {
            StubThread.start {
                for number in 0..<20 {
                    let path = "/\(thread)/\(number)"
                    let answer = try? client.send(HTTPRequest(.get, server.url + path), CallLimit(.seconds(120)))
                    if answer?.text == path { right.add(1, ordering: .relaxed) }
                }
                done.add(1, ordering: .relaxed)
            }
        }
        while done.load(ordering: .relaxed) < 8 { usleep(1000) }
        #expect(right.load(ordering: .relaxed) == 160)
        #expect(Set(server.requests.map(\.connection)).count <= 8)
    }

    @Test func bodiesAndHeadersArrive() throws {
        let server = StubServer { StubReply(200, "\($0.method) \($0.headers["content-type"] ?? "") \($0.body)") }
        let form = HTTPRequest(form: [("a b", "ä&="), ("c", "")], to: server.url + "/f")
        let response = try HTTPClient().send(form, CallLimit(.seconds(120)))
        #expect(response.text == "POST application/x-www-form-urlencoded a%20b=%C3%A4%26%3D&c=")
        var put = HTTPRequest(.put, server.url + "/p")
        #expect(try HTTPClient().send(put, CallLimit(.seconds(120))).text == "PUT application/x-www-form-urlencoded ")
        put.body = Array("{}".utf8)
        put.headers = [("Content-Type", "application/json")]
        #expect(try HTTPClient().send(put, CallLimit(.seconds(120))).text == "PUT application/json {}")
    }

    @Test func onlySecureOrOwnAddresses() throws {
        for address in ["http://example.org/", "ftp://example.org/", "file:///etc/passwd", "http://localhost:1/", "x"] {
            guard case .badAddress = failure(get(address)) else {
                Issue.record("\(address) was asked")
                continue
            }
        }
        let server = StubServer { _ in StubReply(200) }
        #expect(
            failure(get(server.url) { $0.headers = [("A", "b\r\nC: d")] })
                == .badAddress("control characters in a header"))
        #expect(server.requests.isEmpty)
    }

    @Test func redirectionsLeadToSecureAddressesOnly() throws {
        let other = StubServer { _ in StubReply(200, "secret") }
        let server = StubServer { request in
            StubReply(302, headers: [("Location", request.path == "/plain" ? other.url : "https://127.0.0.1:1/x")])
        }
        #expect(failure(get(server.url + "/plain")) == .insecureRedirection)
        #expect(other.requests.isEmpty)
        // It goes there: nobody answers.
        guard case .unreachable = failure(get(server.url + "/secure")) else {
            Issue.record("not followed")
            return
        }
        let post = try HTTPClient().send(
            HTTPRequest(form: [("secret", "x")], to: server.url + "/secure"), CallLimit(.seconds(120)))
        #expect(post.status == 302)
    }

    @Test func sizesAreLimited() throws {
        let server = StubServer { request in
            request.path == "/head"
                ? StubReply(200, "", headers: [("X", String(repeating: "x", count: 90_000))])
                : StubReply(200, String(repeating: "x", count: 5000))
        }
        #expect(failure(get(server.url) { $0.sizeLimit = 4999 }) == .tooLarge(limit: 4999))
        #expect(try get(server.url) { $0.sizeLimit = 5000 }.get().body.count == 5000)
        #expect(failure(get(server.url + "/head")) != nil)
    }

    @Test func brokenAnswersAreErrors() throws {
        let server = StubServer { request in
            switch request.path {
            case "/cut": StubReply(200, "0123456789").cut(at: 4)
            case "/nothing": .raw("")
            default: .raw("\u{1}\u{2}\u{3} this is not HTTP\r\n\r\n")
            }
        }
        for path in ["/cut", "/nothing", "/garbage"] {
            guard case .torn = failure(get(server.url + path)) else {
                Issue.record("\(path): \(String(describing: failure(get(server.url + path))))")
                continue
            }
        }
    }

    @Test func slowServersAreLeft() throws {
        let server = StubServer { request in
            var reply = StubReply(200, String(repeating: "0123456789", count: 300))
            if request.path == "/dribble" { reply.dribble = 0.2 } else { reply.delay = 600 }
            return reply
        }
        for path in ["/dribble", "/silent"] {
            let clock = ContinuousClock()
            let time = clock.measure { #expect(failure(get(server.url + path, seconds: 0.3)) == .timedOut) }
            #expect(time < .seconds(300))
        }
        let (flag, client) = (Flag(), HTTPClient())
        StubThread.start {
            usleep(150_000)
            flag.raise()
        }
        let start = ContinuousClock.now
        #expect(throws: HTTPError.cancelled) {
            try client.send(
                HTTPRequest(.get, server.url + "/silent"), CallLimit(.seconds(600)) { flag.isRaised })
        }
        #expect(ContinuousClock.now - start < .seconds(300))
    }

    private final class Flag: Sendable {
        private let value = Atomic<Bool>(false)
        func raise() { value.store(true, ordering: .relaxed) }
        var isRaised: Bool { value.load(ordering: .relaxed) }
    }

    @Test func nobodyThere() throws {
        guard case .unreachable = failure(get(StubServer.deadAddress)) else {
            Issue.record("reached")
            return
        }
        guard case .unreachable = failure(get("https://no-such-host.invalid/")) else {
            Issue.record("found")
            return
        }
    }

    @Test func retryAfterInBothForms() throws {
        #expect(HTTPDate.seconds("Sun, 06 Nov 1994 08:49:37 GMT") == 784_111_777)
        #expect(HTTPDate.seconds("Thu, 29 Feb 2024 00:00:00 GMT") == 1_709_164_800)
        for text in ["", "Sunday", "Sun, 06 Nov 1994 25:49:37 GMT", "Sun, 99 Nov 1994 08:49:37 GMT"] {
            #expect(HTTPDate.seconds(text) == nil)
        }
        func wait(_ value: String) -> Int? {
            HTTPResponse(status: 429, headers: ["retry-after": value]).retryAfter(now: 784_111_700)
        }
        #expect(
            wait("17") == 17 && wait("-3") == 0 && wait("Sun, 06 Nov 1994 08:49:37 GMT") == 77 && wait("soon") == nil)
    }

    /// With the `openssl` program as a server.
    @Test(.enabled(if: access("/usr/bin/openssl", X_OK) == 0, "needs the openssl program"))
    func certificatesAreVerified() throws {
        try withTemporaryFolder { folder in
            let port = StubServer.deadAddress.split(separator: ":").last.map(String.init) ?? ""
            let made = system(
                """
                cd '\(folder)' && openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 \
                -subj /CN=localhost -addext 'subjectAltName = DNS:localhost' >/dev/null 2>&1 && \
                (timeout 600 openssl s_server -accept \(port) -key key.pem -cert cert.pem -www >/dev/null 2>&1 & \
                echo $! > pid)
                """)
            #expect(made == 0)
            defer { system("kill $(cat '\(folder)/pid') 2>/dev/null") }
            let trusting = HTTPClient(certificates: folder + "/cert.pem")
            var request = HTTPRequest(.get, "https://localhost:\(port)/")
            request.timeout = .seconds(60)
            var answer: HTTPResponse?
            for _ in 0..<600 where answer == nil {
                answer = try? trusting.send(request, CallLimit(.seconds(120)))
                if answer == nil { usleep(100_000) }
            }
            #expect(answer?.status == 200)
            func error(_ client: HTTPClient, _ address: String) -> HTTPError? {
                do {
                    _ = try client.send(HTTPRequest(.get, address), CallLimit(.seconds(120)))
                    return nil
                } catch {
                    return error
                }
            }
            // Signed by nobody known; and the right certificate for another name.
            for (client, address) in [
                (HTTPClient(), request.address), (trusting, "https://127.0.0.1:\(port)/"),
            ] {
                guard case .untrusted(let reason) = error(client, address) else {
                    Issue.record("\(address) was trusted")
                    continue
                }
                #expect(!reason.isEmpty)
            }
        }
    }
}
