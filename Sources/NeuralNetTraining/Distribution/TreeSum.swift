import CKernels
import NeuralNetCore
import Threads

/// The sum of one block per piece, in pairs, pairs of pairs and so on: the same tree whoever has which piece. What a rank
/// can add up alone, it does; the rest is gathered.
final class TreeSum {
    private struct Node {
        var rank: Int
        /// Of pieces; as long as a power of two, and a multiple of that from the start.
        var range: Range<Int>
        /// Which of its rank's nodes it is.
        var place: Int
    }

    private let communicator: any Communicator
    private let nodes: [Node]
    private let own: [Node]
    private let first: Int
    private let most: Int
    private var mine: [Float]
    private var all: [Float]
    /// Floats that are gathered at once.
    private static let chunk = 1 << 18

    init(_ shares: BatchShares, _ communicator: any Communicator) {
        self.communicator = communicator
        var nodes: [Node] = []
        for rank in 0..<shares.ranks {
            var start = shares.pieces(of: rank).lowerBound, place = 0
            let end = shares.pieces(of: rank).upperBound
            while start < end {
                var length = 1
                while start % (2 * length) == 0, start + 2 * length <= end { length *= 2 }
                nodes.append(Node(rank: rank, range: start..<start + length, place: place))
                start += length
                place += 1
            }
        }
        self.nodes = nodes
        own = nodes.filter { $0.rank == communicator.rank }
        first = shares.own.lowerBound
        most = (nodes.map(\.place).max() ?? 0) + 1
        let size = communicator.isAlone ? 0 : most * TreeSum.chunk
        mine = [Float](repeating: 0, count: size)
        all = [Float](repeating: 0, count: size * communicator.size)
    }

    /// Puts the sum of all pieces' blocks, of all ranks, into the first of these, which are this rank's; the others lose
    /// what they have.
    func sum(_ blocks: [UnsafeMutableBufferPointer<Float>], _ threads: ThreadPool) {
        let count = blocks[0].count
        guard count > 0 else { return }
        for node in own {
            var step = 1
            while step < node.range.count {
                for at in stride(from: node.range.lowerBound - first, to: node.range.upperBound - first, by: 2 * step) {
                    add(blocks[at + step].baseAddress!, to: blocks[at].baseAddress!, count, threads)
                }
                step *= 2
            }
        }
        if communicator.isAlone { return }
        for start in stride(from: 0, to: count, by: TreeSum.chunk) {
            gather(blocks, start, min(TreeSum.chunk, count - start))
        }
    }

    private func add(
        _ source: UnsafeMutablePointer<Float>, to target: UnsafeMutablePointer<Float>, _ count: Int,
        _ threads: ThreadPool
    ) {
        threads.runRanges(count) { _, range in
            fm_add(target + range.lowerBound, source + range.lowerBound, range.count)
        }
    }

    private func gather(_ blocks: [UnsafeMutableBufferPointer<Float>], _ start: Int, _ count: Int) {
        let size = most * count, result = blocks[0].baseAddress! + start
        mine.withUnsafeMutableBufferPointer { mine in
            for node in own {
                (mine.baseAddress! + node.place * count).update(
                    from: blocks[node.range.lowerBound - first].baseAddress! + start, count: count)
            }
        }
        mine.withUnsafeBytes { mine in
            all.withUnsafeMutableBytes { all in
                communicator.gather(
                    UnsafeRawBufferPointer(rebasing: mine[..<(size * 4)]),
                    into: UnsafeMutableRawBufferPointer(rebasing: all[..<(size * 4 * communicator.size)]))
            }
        }
        all.withUnsafeMutableBufferPointer { all in
            // Siblings become their parent as soon as both are there.
            var open: [(range: Range<Int>, values: UnsafeMutablePointer<Float>)] = []
            for node in nodes {
                var range = node.range
                var values = all.baseAddress! + node.rank * size + node.place * count
                while let left = open.last, left.range.count == range.count,
                    left.range.lowerBound % (2 * range.count) == 0
                {
                    fm_add(left.values, values, count)
                    (range, values) = (left.range.lowerBound..<range.upperBound, left.values)
                    open.removeLast()
                }
                open.append((range, values))
            }
            result.update(from: open[0].values, count: count)
        }
    }
}
