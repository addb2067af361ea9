import Testing
import Threads

@Suite struct ThreadPoolTests {
    /// How often each index was handed out.
    private final class Tally: Sendable {
        private let counts: Guarded<[Int]>
        init(_ count: Int) { counts = Guarded([Int](repeating: 0, count: count)) }
        func add(_ index: Int) { counts.withLock { $0[index] += 1 } }
        var values: [Int] { counts.withLock { $0.map { $0 } } }
    }

    @Test(arguments: [1, 2, 3, 8])
    func runsOncePerThread(_ threads: Int) {
        let pool = ThreadPool(threads: threads)
        #expect(pool.count == threads)
        let tally = Tally(threads)
        for _ in 0..<200 { pool.run { tally.add($0) } }
        #expect(tally.values == [Int](repeating: 200, count: threads))
    }

    @Test(arguments: [1, 2, 3], [0, 1, 2, 5, 1000])
    func eachIndexOnce(_ threads: Int, _ total: Int) {
        let pool = ThreadPool(threads: threads)
        let tally = Tally(total), members = Tally(threads)
        pool.runEach(total) { thread, index in
            tally.add(index)
            members.add(thread)
        }
        #expect(tally.values == [Int](repeating: 1, count: total))
        #expect(members.values.reduce(0, +) == total)
    }

    /// The parts cover everything, in order, and are the same ones each time.
    @Test(arguments: [1, 2, 3], [0, 1, 2, 3, 100, 101])
    func ranges(_ threads: Int, _ total: Int) {
        let pool = ThreadPool(threads: threads)
        func parts() -> [Range<Int>?] {
            let result = Guarded([Range<Int>?](repeating: nil, count: threads))
            pool.runRanges(total) { thread, range in result.withLock { $0[thread] = range } }
            return result.withLock { $0 }
        }
        let first = parts()
        #expect(first.compactMap { $0 }.flatMap(Array.init) == Array(0..<total))
        for part in first.compactMap({ $0 }) { #expect(abs(part.count - total / threads) <= 1) }
        #expect(parts() == first)
    }

    /// After threads went to sleep, and in quick succession.
    @Test func reuse() async throws {
        let pool = ThreadPool(threads: 2)
        let tally = Tally(2)
        for round in 0..<3 {
            for _ in 0..<2000 { pool.run { tally.add($0) } }
            if round < 2 { try await Task.sleep(for: .milliseconds(30)) }
        }
        #expect(tally.values == [6000, 6000])
    }

    /// Callers on several threads wait for each other.
    @Test func manyCallers() async {
        let pool = ThreadPool(threads: 2)
        let tally = Tally(1)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask { for _ in 0..<100 { pool.runEach(10) { _, _ in tally.add(0) } } }
            }
        }
        #expect(tally.values == [4000])
    }

    @Test func goesAwayAsleepOrAwake() {
        for _ in 0..<50 { _ = ThreadPool(threads: 3) }
        for _ in 0..<20 {
            let pool = ThreadPool(threads: 2)
            pool.run { _ in }
        }
    }
}
