import NeuralNet
import Testing

@Suite struct ArenaPlannerTests {
    private struct Block {
        var size: Int
        var lifetimes: [ClosedRange<Int>]

        func meets(_ other: Block) -> Bool {
            lifetimes.contains { mine in other.lifetimes.contains { $0.overlaps(mine) } }
        }
    }

    /// Random blocks: none may share both time and place with another.
    @Test(arguments: 0..<60)
    func noOverlap(_ seed: Int) {
        var random = RandomGenerator(seed: UInt64(seed))
        var arena = ArenaPlanner()
        var blocks: [Block] = []
        func lifetime() -> ClosedRange<Int> {
            let start = random.integer(below: 40)
            return start...start + random.integer(below: seed % 2 == 0 ? 3 : 20)
        }
        for _ in 0..<1 + random.integer(below: 60) {
            var block = Block(size: random.integer(below: 500), lifetimes: [lifetime()])
            let number: Int
            if random.integer(below: 3) == 0 {
                block.lifetimes.append(lifetime())
                number = arena.reserve(block.size, block.lifetimes[0], block.lifetimes[1])
            } else {
                number = arena.reserve(block.size, block.lifetimes[0])
                let time = random.integer(below: 50), life = block.lifetimes[0]
                arena.extend(number, to: time)
                block.lifetimes[0] = min(time, life.lowerBound)...max(time, life.upperBound)
            }
            #expect(number == blocks.count)
            blocks.append(block)
        }
        let layout = arena.layout()
        #expect(layout.offsets.count == blocks.count)
        for (i, a) in blocks.enumerated() {
            #expect(layout.offsets[i] % 16 == 0 && layout.offsets[i] + a.size <= layout.total)
            for (j, b) in blocks.enumerated().dropFirst(i + 1) where a.meets(b) {
                let apart =
                    layout.offsets[i] + a.size <= layout.offsets[j] || layout.offsets[j] + b.size <= layout.offsets[i]
                #expect(apart, "blocks \(i) and \(j)")
            }
        }
        // Never less than what is alive at once, never more than everything side by side.
        let needed = (0...70).map { time in
            blocks.filter { $0.lifetimes.contains { $0.contains(time) } }.reduce(0) { $0 + $1.size }
        }.max()!
        #expect(layout.total >= needed && layout.total <= blocks.reduce(0) { $0 + ($1.size + 15) / 16 * 16 })
    }

    @Test func chainsShareMemory() {
        var arena = ArenaPlanner()
        for i in 0..<10 { _ = arena.reserve(160, i...i + 1) }
        #expect(arena.layout().total == 320)
        #expect(ArenaPlanner().layout().total == 0)
    }
}
