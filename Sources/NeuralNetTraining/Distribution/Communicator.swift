import NeuralNetCore

/// The processes that train one model together: how many there are, and how they put numbers together.
///
/// Each has a rank, 0 to `size - 1`; all make the same calls in the same order. A call that cannot be answered any more,
/// because another has died, does not return: who made the communicator says what happens then.
public protocol Communicator: AnyObject, Sendable {
    /// Processes, 1 or more.
    var size: Int { get }
    /// This process's, 0 to `size - 1`.
    var rank: Int { get }

    /// Writes what all ranks give, `mine.count` bytes each, into `all` in the order of the ranks. For short messages.
    func gather(_ mine: UnsafeRawBufferPointer, into all: UnsafeMutableRawBufferPointer)

    /// Makes `bytes` everywhere what they are at rank 0.
    func broadcast(_ bytes: UnsafeMutableRawBufferPointer)

    /// Begins to add up `values` over all ranks, in the order of the ranks; nobody may touch them until `finishSums`. The
    /// same bits everywhere afterwards. Allocates nothing once it was called with as many.
    func startSum(_ values: UnsafeMutableBufferPointer<Float>)

    /// Waits for all sums that were started.
    func finishSums()
}

extension Communicator {
    /// Whether there is nobody else.
    public var isAlone: Bool { size == 1 }

    /// One number of each rank, in their order.
    public func gather<Value: BitwiseCopyable>(_ value: Value) -> [Value] {
        var all = [Value](repeating: value, count: size)
        withUnsafeBytes(of: value) { mine in all.withUnsafeMutableBytes { gather(mine, into: $0) } }
        return all
    }

    /// A text of each rank, in their order.
    public func gather(_ text: String) -> [String] {
        let mine = Array(text.utf8), lengths = gather(mine.count), longest = max(lengths.max() ?? 0, 1)
        var all = [UInt8](repeating: 0, count: longest * size)
        let padded = mine + [UInt8](repeating: 0, count: longest - mine.count)
        padded.withUnsafeBytes { mine in all.withUnsafeMutableBytes { gather(mine, into: $0) } }
        return lengths.enumerated().map { rank, length in
            String(decoding: all[rank * longest..<rank * longest + length], as: UTF8.self)
        }
    }

    /// Rank 0's text.
    public func broadcast(_ text: String) -> String {
        var bytes = Array(text.utf8), length = bytes.count
        withUnsafeMutableBytes(of: &length) { broadcast($0) }
        bytes = Array(bytes.prefix(length)) + [UInt8](repeating: 0, count: max(0, length - bytes.count))
        if length > 0 { bytes.withUnsafeMutableBytes { broadcast($0) } }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Waits until all are here.
    public func barrier() { _ = gather(UInt8(0)) }
}

/// One process that trains by itself.
public final class SingleProcess: Communicator {
    public let size = 1
    public let rank = 0

    /// Alone, with nobody to wait for.
    public init() {}

    public func gather(_ mine: UnsafeRawBufferPointer, into all: UnsafeMutableRawBufferPointer) {
        all.copyMemory(from: mine)
    }

    public func broadcast(_ bytes: UnsafeMutableRawBufferPointer) {}
    public func startSum(_ values: UnsafeMutableBufferPointer<Float>) {}
    public func finishSums() {}
}

extension Communicator {
    /// The sums of one list per piece, in the order of the pieces: the same bits everywhere.
    func add(_ pieces: [[Double]], _ shares: BatchShares) -> [Double] {
        let width = pieces[0].count
        let mine = pieces.flatMap { $0 } + [Double](repeating: 0, count: (shares.most - pieces.count) * width)
        var all = [Double](repeating: 0, count: mine.count * size), sums = [Double](repeating: 0, count: width)
        mine.withUnsafeBytes { mine in all.withUnsafeMutableBytes { gather(mine, into: $0) } }
        for rank in 0..<size {
            for at in 0..<shares.pieces(of: rank).count * width { sums[at % width] += all[rank * mine.count + at] }
        }
        return sums
    }
}
