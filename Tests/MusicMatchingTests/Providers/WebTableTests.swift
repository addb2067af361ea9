import MusicMatching
import StubServer
import Threads
import Testing

@Suite struct WebTableTests {
    private func outcome(_ results: [RefreshResult]) -> String {
        guard let outcome = results.first?.outcome else { return "none" }
        switch outcome {
        case .read(let report): return "\(report.added) new, \(report.unchanged) as before"
        case .unchanged: return "unchanged"
        case .music: return "music"
        case .failed(let reason): return reason
        }
    }

    @Test func tablesOnTheWebAreReadAgainWhenTheyChange() throws {
        try withTemporaryFolder { folder in
            let state = Guarded((version: "\"1\"", text: "title,artist\nA,1\nB,2\n"))
            let server = StubServer { request in
                state.withLock { state in
                    if request.headers["if-none-match"] == state.version { return StubReply(304) }
                    return StubReply(200, state.text, headers: [("ETag", state.version)])
                }
            }
            let lists = try StubbedServices(folder, url: server.url).services.lists()
            let catalogue = try Catalogue(folder + "/c.db", builtIn: nil)
            try catalogue.remember(server.url + "/happy.csv?x=1")
            #expect(outcome(try catalogue.refresh(providers: lists)) == "2 new, 0 as before")
            #expect(outcome(try catalogue.refresh(providers: lists)) == "unchanged")
            state.withLock { $0 = ("\"2\"", "title,artist\nA,1\nB,2\nC,3\n") }
            #expect(outcome(try catalogue.refresh(providers: lists)) == "1 new, 2 as before")
            let report = try catalogue.importAndRemember(
                server.url + "/other.csv", from: lists[1], options: ImportOptions())
            #expect(report.unchanged == 3)
            #expect(try catalogue.sources().count == 2)
        }
    }

    @Test(
        arguments: [
            (StubReply(404, "no"), "the server answers with HTTP 404"), (StubReply(200, ""), "is empty"),
            (StubReply(200, "<html>"), "is a web page, no list"),
            (StubReply(302, headers: [("Location", "http://example.org/")]), "not https"),
            (StubReply(200, "title,artist\nA,1\nB,2\n").cut(at: 15), "broke"),
            (StubReply(500, ""), "the server answers with HTTP 500"),
        ] as [(StubReply, String)])
    func tablesThatCannotBeHad(_ reply: StubReply, _ reason: String) throws {
        try withTemporaryFolder { folder in
            let server = StubServer { _ in reply }
            let lists = try StubbedServices(folder, url: server.url).services.lists()
            let catalogue = try Catalogue(folder + "/c.db", builtIn: nil)
            try catalogue.remember(server.url + "/x.csv")
            let result = outcome(try catalogue.refresh(providers: lists))
            #expect(result.contains(reason), "\(result)")
            #expect(try catalogue.count == 0)
        }
    }

    @Test func onlySecureAddressesAreFetched() throws {
        try withTemporaryFolder { folder in
            let lists = try StubbedServices(folder, url: "").services.lists()
            for place in [
                "http://example.org/x.csv", "ftp://x/y.csv", "file:///etc/passwd", "/tmp/x.csv", "http://127.0.0.1.x/",
            ] {
                #expect(!lists.contains { $0.handles(place) }, "\(place)")
            }
            for place in [
                "https://example.org/x.csv", "spotify:playlist:abc", "https://open.spotify.com/playlist/abc?si=1",
            ] {
                #expect(lists.contains { $0.handles(place) }, "\(place)")
            }
        }
    }
}
