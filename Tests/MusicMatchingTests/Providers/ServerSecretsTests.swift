import JSON
import MusicMatching
import StubServer
import Testing
import Threads

/// What servers repeat of a request shows nobody's password, and passwords go only where nothing else works.
@Suite struct ServerSecretsTests {
    private func subsonic(_ folder: String, _ url: String, password: String) throws -> any MusicServer {
        let services = try MusicServices(
            memory: folder + "/c.db", credentials: Credentials([.subsonicUser: "u", .subsonicPassword: password]),
            addresses: ServiceAddresses(), tokenFolder: folder)
        return try #require(try services.server(at: "subsonic:" + url))
    }

    private static func failed(_ code: Int) -> StubReply {
        StubReply(200, #"{"subsonic-response":{"status":"failed","error":{"code":\#(code),"message":"No"}}}"#)
    }

    private static let fine = StubReply(200, #"{"subsonic-response":{"status":"ok","version":"1.16.1"}}"#)

    private static func repeated(_ query: [String: String]) -> String {
        query.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "&")
    }

    /// A server that knows no digests repeats the address, as it came and decoded.
    @Test(arguments: ["correct horse battery", "pässwörd&more", "hunter22"])
    func whatIsRepeatedIsHidden(_ password: String) throws {
        try withTemporaryFolder { folder in
            let said = Guarded("")
            let server = StubServer { request in
                if request.query["p"] == nil { return ServerSecretsTests.failed(10) }
                let text = ServerSecretsTests.repeated(request.query)
                return StubReply(404, "<p>" + text.prefix(120) + "</p>")
            }
            let hex = password.utf8.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
            #expect {
                try subsonic(folder, server.url, password: password).check(CallLimit(.seconds(20)))
            } throws: { error in
                said.withLock { $0 = "\(error)" }
                return !"\(error)".lowercased().contains(hex) && !"\(error)".contains(password)
            }
            #expect(said.withLock { $0 }.contains("•••"), "\(said.withLock { $0 })")
        }
    }

    /// A digest and its salt let anybody in for ever.
    @Test func digestsAreHidden() throws {
        try withTemporaryFolder { folder in
            let server = StubServer { StubReply(404, "t=\($0.query["t"] ?? "")") }
            #expect {
                try subsonic(folder, server.url, password: "sesame").check(CallLimit(.seconds(20)))
            } throws: { "\($0)".contains("t=•••") }
        }
    }

    @Test func aMissingParameterGivesNoPasswordAway() throws {
        try withTemporaryFolder { folder in
            let asked = Guarded<[StubRequest]>([])
            let server = StubServer { request in
                asked.withLock { $0.append(request) }
                return request.path == "/rest/ping.view" ? ServerSecretsTests.fine : ServerSecretsTests.failed(10)
            }
            let navidrome = try subsonic(folder, server.url, password: "sesame")
            #expect { try navidrome.save(["1"], name: "N", CallLimit(.seconds(20))) } throws: {
                ($0 as? ProviderError)?.cause == .refused
            }
            #expect(asked.withLock { $0.allSatisfy { $0.query["p"] == nil } })
        }
    }

    @Test func serversThatKnowNoDigestsAreToldThePassword() throws {
        try withTemporaryFolder { folder in
            let server = StubServer { request in
                request.query["p"] == "enc:736573616d65" ? ServerSecretsTests.fine : ServerSecretsTests.failed(10)
            }
            let old = try subsonic(folder, server.url, password: "sesame")
            try old.save(["1"], name: "N", CallLimit(.seconds(20)))
            #expect(try old.check(CallLimit(.seconds(20))) == "protocol 1.16.1")
        }
    }

    /// Plain http to a name, as the user wrote it.
    @Test func aServerInOnesOwnNetworkIsAskedWithoutTLS() throws {
        try withTemporaryFolder { folder in
            let server = StubServer { _ in ServerSecretsTests.fine }
            let port = server.url.split(separator: ":").last ?? ""
            let named = try subsonic(folder, "http://localhost:\(port)", password: "sesame")
            #expect(try named.check(CallLimit(.seconds(20))) == "protocol 1.16.1")
        }
    }
}
