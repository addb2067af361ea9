import Glibc
import Terminal
import Testing

/// What only shows in a process of its own: signals, closed pipes, a full disk.
@Suite struct ProcessTests {
    @Test func firstSignalAsksSecondEnds() async {
        await #expect(processExitsWith: .exitCode(143)) {
            let signals = SignalWatcher.start()
            guard signals.received == nil, signals.exitCode == nil else { exit(1) }
            kill(getpid(), SIGTERM)
            while signals.received == nil { usleep(1000) }
            guard signals.received == SIGTERM, signals.exitCode == .signal(SIGTERM) else { exit(1) }
            kill(getpid(), SIGTERM)
            while true { usleep(1000) }
        }
        await #expect(processExitsWith: .exitCode(130)) {
            let signals = SignalWatcher.start()
            kill(getpid(), SIGINT)
            while signals.received == nil { usleep(1000) }
            exit(signals.exitCode?.rawValue ?? 1)
        }
    }

    /// A terminal that closes and its shell each send one.
    @Test func hangUpsAskUnlessIgnored() async {
        await #expect(processExitsWith: .exitCode(129)) {
            signal(SIGHUP, SIG_DFL)
            let signals = SignalWatcher.start(catchesHangUp: true)
            kill(getpid(), SIGHUP)
            while signals.received == nil { usleep(1000) }
            kill(getpid(), SIGHUP)
            usleep(10_000)
            exit(signals.exitCode?.rawValue ?? 1)
        }
        await #expect(processExitsWith: .exitCode(0)) {
            signal(SIGHUP, SIG_IGN)
            let signals = SignalWatcher.start(catchesHangUp: true)
            kill(getpid(), SIGHUP)
            usleep(10_000)
            exit(signals.received == nil ? 0 : 1)
        }
    }

    @Test func closedPipeEndsQuietly() async throws {
        let result = await #expect(processExitsWith: .exitCode(0), observing: [\.standardErrorContent]) {
            var ends: [Int32] = [0, 0]
            pipe(&ends)
            close(ends[0])
            dup2(ends[1], STDOUT_FILENO)
            Program(
                Command("yes", summary: "", parameters: []) { _, console in
                    while true { try console.output.line("y") }
                }, version: "1"
            ).main([])
        }
        // The test library may add a few bytes of its own, so the text is not compared with nothing.
        let errors = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(!errors.contains("yes"))
    }

    @Test func fullDiskIsAFailure() async throws {
        let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
            dup2(open("/dev/full", O_WRONLY), STDOUT_FILENO)
            Program(Command("p", summary: "", parameters: []) { _, _ in .done }, version: "1").main(["--version"])
        }
        let errors = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(errors == "p: cannot write output: No space left on device\n")
    }
}
