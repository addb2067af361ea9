import MusicMatching
import Synchronization
import Testing

@Suite struct ServiceMemoryTests {
    private final class Clock: Sendable {
        private let time = Atomic<Int>(1_000_000)
        func pass(_ seconds: Int) { time.add(seconds, ordering: .relaxed) }
        var now: @Sendable () -> Int { { self.time.load(ordering: .relaxed) } }
    }

    private let error = ProviderError(.deezer, .serverFailed, "HTTP 500")

    @Test func theBreakerOpensForLongerAndLonger() throws {
        try withTemporaryFolder { folder in
            let clock = Clock()
            let memory = try ServiceMemory(folder + "/c.db", now: clock.now)
            for _ in 0..<2 { memory.noteFailure(of: "deezer.search", error) }
            #expect(memory.pause(of: "deezer.search") == nil)
            memory.noteFailure(of: "deezer.search", error)
            let pause = try #require(memory.pause(of: "deezer.search"))
            #expect(pause.until == 1_000_030 && pause.reason == "fails: HTTP 500" && pause.cause == .paused)
            #expect(memory.pause(of: "spotify.search") == nil)
            // Another process knows it too.
            #expect(try ServiceMemory(folder + "/c.db", now: clock.now).pause(of: "deezer.search") != nil)
            clock.pass(30)
            // One may try, the others wait.
            #expect(memory.pause(of: "deezer.search") == nil)
            #expect(memory.pause(of: "deezer.search") != nil)
            memory.noteFailure(of: "deezer.search", error)
            #expect(memory.pause(of: "deezer.search")?.until == 1_000_090)
            for _ in 0..<10 { memory.noteFailure(of: "deezer.search", error) }
            #expect(memory.pause(of: "deezer.search")?.until == 1_000_630)
            clock.pass(600)
            #expect(memory.pause(of: "deezer.search") == nil)
            memory.noteSuccess(of: "deezer.search")
            #expect(memory.pause(of: "deezer.search") == nil)
        }
    }

    @Test func callsThatFailTogetherAreOneFailure() throws {
        let clock = Clock()
        let memory = try ServiceMemory(":memory:", now: clock.now)
        let began = ContinuousClock.now
        for _ in 0..<5 { memory.noteFailure(of: "deezer.search", error, began: began) }
        #expect(memory.pause(of: "deezer.search") == nil)
        memory.noteFailure(of: "deezer.search", error)
        #expect(memory.pause(of: "deezer.search") == nil)
        memory.noteFailure(of: "deezer.search", error)
        #expect(memory.pause(of: "deezer.search")?.until == 1_000_030)
    }

    @Test func aClockThatWasSetBackLocksNobodyOut() throws {
        let clock = Clock()
        let memory = try ServiceMemory(":memory:", now: clock.now)
        memory.pause("x.y", until: clock.now() + 80_000, ProviderError(.spotify, .quotaExceeded))
        #expect(memory.pause(of: "x.y")?.cause == .quotaExceeded)
        clock.pass(-200_000)
        #expect(memory.pause(of: "x.y") == nil)
    }

    @Test func allowancesAreSharedAndComeBack() throws {
        try withTemporaryFolder { folder in
            let clock = Clock()
            let allowance = CallAllowance(name: "a", calls: 5, seconds: 60)
            let first = try ServiceMemory(folder + "/c.db", now: clock.now)
            let second = try ServiceMemory(folder + "/c.db", now: clock.now)
            for number in 0..<5 {
                #expect((number % 2 == 0 ? first : second).reserve(allowance) == nil)
                clock.pass(2)
            }
            #expect(first.reserve(allowance) == 50 && second.reserve(allowance) == 50)
            clock.pass(50)
            #expect(second.reserve(allowance) == nil)
            #expect(first.reserve(allowance) == 2)
        }
    }

    @Test func answersHaveAnAgeAndAnEnd() throws {
        try withTemporaryFolder { folder in
            let clock = Clock()
            let memory = try ServiceMemory(folder + "/c.db", now: clock.now)
            #expect(memory.answer(of: "youtube", to: "q") == nil)
            memory.keep("[1]", of: "youtube", to: "q")
            memory.keep("[2]", of: "youtube", to: "q")
            clock.pass(60)
            let kept = try #require(try ServiceMemory(folder + "/c.db", now: clock.now).answer(of: "youtube", to: "q"))
            #expect(kept.text == "[2]" && kept.age == 60)
            clock.pass(181 * 86400)
            #expect(try ServiceMemory(folder + "/c.db", now: clock.now).answer(of: "youtube", to: "q") == nil)
        }
    }
}
