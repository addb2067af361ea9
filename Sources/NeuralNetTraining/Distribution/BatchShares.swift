/// How a batch is shared out: in as many pieces as there are ranks, or in a fixed number of which each rank has some. The
/// pieces lie in the order of the ranks, and differ by one sample at most.
struct BatchShares {
    let pieces: Int
    /// Those of this rank.
    let own: Range<Int>
    /// The most that a rank has.
    let most: Int
    let ranks: Int

    /// `fixed`: the number of pieces, whatever the number of ranks.
    init(_ communicator: any Communicator, fixed: Int? = nil) {
        ranks = communicator.size
        pieces = fixed ?? ranks
        own = BatchShares.pieces(of: communicator.rank, ranks, pieces)
        most = (pieces + ranks - 1) / ranks
    }

    private static func pieces(of rank: Int, _ ranks: Int, _ pieces: Int) -> Range<Int> {
        pieces * rank / ranks..<pieces * (rank + 1) / ranks
    }

    func pieces(of rank: Int) -> Range<Int> { BatchShares.pieces(of: rank, ranks, pieces) }

    /// The samples of one piece, of so many.
    func piece(_ index: Int, of count: Int) -> Range<Int> { count * index / pieces..<count * (index + 1) / pieces }

    /// This rank's samples.
    func share(of count: Int) -> Range<Int> {
        count * own.lowerBound / pieces..<count * own.upperBound / pieces
    }

    /// The most samples that a piece has, and a rank.
    func largestPiece(of count: Int) -> Int { (count + pieces - 1) / pieces }
    func largest(of count: Int) -> Int { min(largestPiece(of: count) * own.count, count) }
}
