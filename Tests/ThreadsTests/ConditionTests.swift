import Synchronization
import Testing
import Threads

struct ConditionTests {
    /// What two threads hand to each other.
    private final class Turns: @unchecked Sendable {
        let change = Condition()
        var count = 0
    }

    @Test func threadsTakeTurns() {
        let turns = Turns()
        let other = WorkerThread {
            turns.change.withLock {
                while turns.count < 1000 {
                    while turns.count % 2 == 0 { turns.change.wait() }
                    turns.count += 1
                    turns.change.broadcast()
                }
            }
        }
        turns.change.withLock {
            while turns.count < 999 {
                while turns.count % 2 == 1 { turns.change.wait() }
                turns.count += 1
                turns.change.broadcast()
            }
        }
        other.join()
        #expect(turns.count == 1000)
    }

    @Test func waitingEndsAtItsTime() {
        let change = Condition()
        let start = ContinuousClock.now
        change.withLock { change.wait(until: 1) }  // a moment long gone
        #expect(ContinuousClock.now - start < .seconds(60))
    }

    @Test func aThreadThatNobodyWaitsFor() {
        let turns = Turns()
        let started = WorkerThread.startDetached {
            turns.change.withLock {
                turns.count = 1
                turns.change.broadcast()
            }
        }
        #expect(started)
        turns.change.withLock { while turns.count == 0 { turns.change.wait() } }
        #expect(turns.count == 1)
    }

    @Test func readersWaitForWriters() {
        let lock = ReadersWriterLock(), turns = Turns(), torn = Atomic(0)
        ThreadPool(threads: 3).run { thread in
            for _ in 0..<500 {
                if thread == 0 {
                    lock.beginWriting()
                    turns.count += 1
                    turns.count += 1
                    lock.end()
                } else {
                    lock.beginReading()
                    if turns.count % 2 != 0 { torn.wrappingAdd(1, ordering: .relaxed) }
                    lock.end()
                }
            }
        }
        #expect(torn.load(ordering: .relaxed) == 0)
        #expect(turns.count == 1000)
    }
}
