import Files
import Glibc
import NeuralNet

/// Several processes that read one data set together: each reads a part of its files or lines, and all get the whole, as
/// one process would have read it. Each also looks at what the next one reads, so that all parts are of the same data;
/// no process reads more than two of them.
struct SharedReading {
    let communicator: any Communicator

    init(_ communicator: any Communicator) { self.communicator = communicator }

    var isAlone: Bool { communicator.isAlone }
    var rank: Int { communicator.rank }
    var size: Int { communicator.size }

    /// So many things divided among all.
    func parts(of count: Int) -> [Range<Int>] {
        (0..<size).map { count * $0 / size..<count * ($0 + 1) / size }
    }

    /// Makes whole what each has filled in its own part.
    func exchange(_ bytes: UnsafeMutablePointer<UInt8>, parts: [Range<Int>]) {
        if isAlone { return }
        let longest = parts.map(\.count).max() ?? 0, piece = min(longest, 1 << 20)
        var mine = [UInt8](repeating: 0, count: piece), all = [UInt8](repeating: 0, count: piece * size)
        for start in stride(from: 0, to: longest, by: max(piece, 1)) {
            func place(_ rank: Int) -> Range<Int> {
                let part = parts[rank], first = min(part.lowerBound + start, part.upperBound)
                return first..<min(first + piece, part.upperBound)
            }
            let own = place(rank)
            _ = mine.withUnsafeMutableBytes { memcpy($0.baseAddress!, bytes + own.lowerBound, own.count) }
            mine.withUnsafeBytes { mine in all.withUnsafeMutableBytes { communicator.gather(mine, into: $0) } }
            for other in 0..<size where other != rank {
                let its = place(other)
                _ = all.withUnsafeBytes {
                    memcpy(bytes + its.lowerBound, $0.baseAddress! + other * piece, its.count)
                }
            }
        }
    }

    /// Throws `RankFailure`, everywhere, if a process has another part than the one that compares it, and names who has
    /// not what rank 0 has. `fingerprint` reads a part.
    func requireEqualParts(_ fingerprint: (Int) throws -> UInt64) throws {
        if isAlone { return }
        let read = try communicator.together { try (own: fingerprint(rank), next: fingerprint((rank + 1) % size)) }
        let own = communicator.gather(read.own), next = communicator.gather(read.next)
        if (0..<size).allSatisfy({ next[$0] == own[($0 + 1) % size] }) { return }
        let all = try communicator.together {
            var all = Fingerprint()
            for part in 0..<size { all.add(try fingerprint(part)) }
            return all.text
        }
        try requireEqual(all)
    }

    /// Throws `RankFailure`, everywhere, if a process has other data than rank 0 by what is said of them.
    func requireEqual(_ data: String) throws { try communicator.requireEqual([("data set", data)]) }
}
