/// Places buffers with known lifetimes in one block of memory, so that those never alive together share it.
///
/// Greedy by size, largest first, each at the lowest place free during its lifetime (Pisarchyk, Lee, "Efficient
/// Memory Management for Deep Neural Net Inference", 2020).
package struct ArenaPlanner {
    private struct Block {
        var size: Int
        var lifetimes: [ClosedRange<Int>]
        var offset = 0

        func overlapsInTime(_ other: Block) -> Bool {
            lifetimes.contains { mine in other.lifetimes.contains { mine.overlaps($0) } }
        }
    }

    private var blocks: [Block] = []

    package init() {}

    /// Asks for `size` floats during the given times; returns the block's number.
    package mutating func reserve(_ size: Int, _ lifetimes: ClosedRange<Int>...) -> Int {
        blocks.append(Block(size: (size + 15) / 16 * 16, lifetimes: lifetimes))
        return blocks.count - 1
    }

    /// Lengthens a block's life to include `time`.
    package mutating func extend(_ block: Int, to time: Int) {
        let life = blocks[block].lifetimes[0]
        blocks[block].lifetimes[0] = min(life.lowerBound, time)...max(life.upperBound, time)
    }

    /// The offset of each block and the size of all, in floats.
    package func layout() -> (offsets: [Int], total: Int) {
        var offsets = [Int](repeating: 0, count: blocks.count)
        var placed: [Block] = []
        var total = 0
        let order = blocks.indices.sorted { (blocks[$0].size, $1) > (blocks[$1].size, $0) }
        for index in order {
            var block = blocks[index]
            let rivals = placed.filter { $0.overlapsInTime(block) }.sorted { $0.offset < $1.offset }
            var offset = 0
            for rival in rivals where rival.offset < offset + block.size {
                offset = max(offset, rival.offset + rival.size)
            }
            block.offset = offset
            offsets[index] = offset
            total = max(total, offset + block.size)
            placed.append(block)
        }
        return (offsets, total)
    }
}
