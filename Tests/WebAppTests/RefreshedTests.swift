import Foundation
import Synchronization
import Testing
import WebApp

/// What is asked now and then of something that may be slow or gone.
@Suite struct RefreshedTests {
    struct Gone: Error {}

    /// A maker of numbers that can be held up, and can fail.
    private final class Maker: Sendable {
        let made = Atomic<Int>(0), isHeld = Atomic<Bool>(false), fails = Atomic<Bool>(false)

        func make() throws -> Int {
            while isHeld.load(ordering: .relaxed) { usleep(1000) }
            let number = made.wrappingAdd(1, ordering: .relaxed).newValue
            if fails.load(ordering: .relaxed) { throw Gone() }
            return number
        }
    }

    private static func times(new: Double, pause: Double = 0, patience: Double) -> Refreshed<Int>.Times {
        var times = Refreshed<Int>.Times()
        times.new = .seconds(new)
        times.pause = .seconds(pause)
        times.patience = .seconds(patience)
        return times
    }

    /// However many ask for an old value: one of them waits a moment, and none for what does not come.
    @Test func nobodyWaitsForWhatIsGone() throws {
        let maker = Maker(), queue = JobQueue(workers: 1, waitingLimit: 4)
        let value = Refreshed(Self.times(new: 0, patience: 0.02), beside: queue, make: maker.make)
        #expect(try value.get() == 1)
        maker.isHeld.store(true, ordering: .relaxed)
        for _ in 0..<50 { #expect(try value.get() == 1) }
        #expect(maker.made.load(ordering: .relaxed) == 1 && queue.load == 1)
        maker.isHeld.store(false, ordering: .relaxed)
        while queue.load > 0 { usleep(1000) }
        maker.isHeld.store(true, ordering: .relaxed)
        #expect(try value.get() == 2)
        maker.isHeld.store(false, ordering: .relaxed)
        queue.stop()
    }

    /// What comes in time is taken at once.
    @Test func newOnesAreTakenAtOnce() throws {
        let maker = Maker(), queue = JobQueue(workers: 1, waitingLimit: 4)
        let value = Refreshed(Self.times(new: 0, patience: 60), beside: queue, make: maker.make)
        for number in 1...20 { #expect(try value.get() == number) }
        let lasting = Refreshed(Self.times(new: 600, patience: 60), beside: nil, make: maker.make)
        for _ in 0..<3 { #expect(try lasting.get() == 21) }
        queue.stop()
    }

    @Test func oldOnesOutliveFailures() throws {
        let maker = Maker()
        let value = Refreshed(Self.times(new: 0, pause: 600, patience: 60), beside: nil, make: maker.make)
        maker.fails.store(true, ordering: .relaxed)
        // Nothing is known: each asks again.
        for _ in 0..<3 { #expect(throws: Gone.self) { try value.get() } }
        maker.fails.store(false, ordering: .relaxed)
        #expect(try value.get() == 4)
        maker.fails.store(true, ordering: .relaxed)
        for _ in 0..<5 { #expect(try value.get() == 4) }
        #expect(maker.made.load(ordering: .relaxed) == 5)
    }
}
