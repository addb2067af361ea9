import Glibc
import MusicMatching
import StubServer
import Threads
import Testing

@Suite(.serialized) struct EnrichmentTests {
    private func with(
        _ answer: @escaping @Sendable (StubRequest) -> StubReply, _ body: (StubServer, StubbedServices) throws -> Void
    ) throws {
        try withTemporaryFolder { folder in
            let server = StubServer(answer)
            try body(server, try StubbedServices(folder, url: server.url))
        }
    }

    private static func found(_ request: StubRequest) -> StubReply {
        let title = request.query["q"]?.split(separator: " ").dropLast().joined(separator: " ") ?? ""
        return StubReply(
            200,
            "{\"data\":[{\"id\":1,\"title\":\"\(title)\",\"artist\":{\"name\":\"A\"},\"link\":\"https://www.deezer.com/track/1\"}]}"
        )
    }

    @Test func songsAreAskedForTogether() throws {
        // Nobody is answered before five have asked.
        let asked = Guarded(0)
        try with({ request in
            asked.withLock { $0 += 1 }
            while asked.withLock({ $0 }) < 5 { usleep(1000) }
            return Self.found(request)
        }) { _, services in
            let songs = try (0..<10).map { try song("Song \($0)", "A") }
            let enrichment = Enrichment(of: songs, with: services.services.provider(.deezer), within: .seconds(120))
            #expect(enrichment.matches.allSatisfy { $0?.link != nil } && enrichment.problem == nil)
        }
    }

    @Test func whatComesInTimeIsTaken() throws {
        try with({ request in
            request.query["q"]?.hasPrefix("song 0") == true ? Self.found(request) : Self.found(request).delayed(600)
        }) { _, services in
            let songs = try (0..<3).map { try song("Song \($0)", "A") }
            let start = ContinuousClock.now
            let enrichment = Enrichment(of: songs, with: services.services.provider(.deezer), within: .seconds(5))
            #expect(ContinuousClock.now - start < .seconds(300))
            #expect(enrichment.matches.map { $0 != nil } == [true, false, false])
            #expect(enrichment.problem?.cause == .timedOut)
        }
    }

    @Test func oneSlowMomentDoesNotPauseAService() throws {
        let isSlow = Guarded(true)
        try with({ request in
            isSlow.withLock { $0 } ? Self.found(request).delayed(600) : Self.found(request)
        }) { _, services in
            let songs = try (0..<12).map { try song("Song \($0)", "A") }
            let slow = Enrichment(of: songs, with: services.services.provider(.deezer), within: .milliseconds(300))
            #expect(slow.problem?.cause == .timedOut)
            isSlow.withLock { $0 = false }
            let next = Enrichment(of: [songs[0]], with: services.services.provider(.deezer), within: .seconds(120))
            #expect(next.problem == nil && next.matches[0]?.link != nil)
        }
    }

    /// However a provider behaves, nobody waits longer than was agreed.
    @Test func aProviderThatHangsIsLeft() throws {
        struct Hanging: MusicProvider {
            let service = MusicService.itunes
            func resolve(_ song: Song, _ query: ProviderQuery) throws(ProviderError) -> ProviderMatch? {
                sleep(600)
                return nil
            }
            func check(_ limit: CallLimit) -> [ProviderFinding] { [] }
        }
        let start = ContinuousClock.now
        let enrichment = Enrichment(of: [try song("A", "B")], with: Hanging(), within: .milliseconds(100))
        #expect(ContinuousClock.now - start < .seconds(300) && enrichment.problem?.cause == .timedOut)
        let none = Enrichment(of: [], with: Hanging(), within: .seconds(5))
        #expect(none.matches.isEmpty && none.problem == nil)
    }

    @Test func offlineIsKnownAtOnce() throws {
        try withTemporaryFolder { folder in
            let services = try StubbedServices(folder, url: StubServer.deadAddress)
            let songs = try (0..<20).map { try song("Song \($0)", "A") }
            for service in MusicService.allCases {
                // Who waited until the time is over would name another cause.
                let enrichment = Enrichment(of: songs, with: services.services.provider(service), within: .seconds(600))
                #expect(enrichment.problem?.cause == .offline || enrichment.problem?.cause == .paused)
                #expect(enrichment.matches.count == 20)
            }
        }
    }

    @Test func cancellationEndsIt() throws {
        try with({ Self.found($0).delayed(600) }) { server, services in
            let start = ContinuousClock.now
            let enrichment = Enrichment(
                of: [try song("A", "B")], with: services.services.provider(.deezer), within: .seconds(600),
                isCancelled: { !server.requests.isEmpty })
            #expect(ContinuousClock.now - start < .seconds(300))
            #expect(enrichment.matches == [nil])
        }
    }

    @Test func doctorAsksAllAtOnceAndNamesCauses() throws {
        let waiting = Guarded(0)
        try with({ request in
            // Nobody is answered until four have asked.
            waiting.withLock { $0 += 1 }
            for _ in 0..<6000 where waiting.withLock({ $0 }) < 4 { usleep(10_000) }
            return switch request.path {
            case "/api/token": StubReply(400, "{\"error\":\"invalid_client\"}")
            case "/search" where request.query["term"] != nil: StubReply(200, "")
            case "/search" where request.query["key"] != nil:
                StubReply(403, "{\"error\":{\"errors\":[{\"reason\":\"quotaExceeded\"}]}}")
            default: StubReply(200, "{\"data\":[]}")
            }
        }) { _, services in
            // Less than the pauses that a service asks for, which would be waited out.
            let findings = services.services.check(within: .seconds(50))
            #expect(waiting.withLock { $0 } >= 4, "all were asked before the first answered")
            #expect(findings.map(\.0) == MusicService.allCases)
            func cause(_ service: MusicService, _ part: String) -> ProviderError.Cause? {
                findings.first { $0.0 == service }?.1.first { $0.part == part }?.cause
            }
            #expect(cause(.spotify, "search") == .badCredentials && cause(.spotify, "login") == .loginNeeded)
            #expect(cause(.youtube, "search") == .quotaExceeded && cause(.itunes, "search") == .rateLimited)
            #expect(findings.first { $0.0 == .deezer }?.1.first?.state == .works)
        }
    }
}
