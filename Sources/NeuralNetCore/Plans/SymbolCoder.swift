/// Packs small numbers by how often each comes, to hardly more than their entropy: range asymmetric numeral systems with
/// tables of 12 bits.
///
/// Source: J. Duda, "Asymmetric numeral systems", 2013; in the form of F. Giesen's rANS with bytes.
package enum SymbolCoder {
    /// Shares are told in these parts.
    private static let bits: UInt32 = 12
    private static let whole = 1 << Int(bits)
    private static let least: UInt32 = 1 << 23
    /// A byte stands for at most so many symbols, so that a small file never becomes a large memory.
    package static let mostPerByte = 64

    /// Writes how often each of `count` symbols comes, then the symbols; `nil` where a byte would stand for too many.
    package static func packed(_ symbols: [UInt8], of count: Int) -> [UInt8]? {
        let shares = shares(symbols, of: count), starts = starts(shares)
        var bytes: [UInt8] = [], state = least
        for symbol in symbols.reversed() {
            let share = UInt32(shares[Int(symbol)])
            let most = UInt64((least >> bits) << 8) * UInt64(share)
            while UInt64(state) >= most {
                bytes.append(UInt8(truncatingIfNeeded: state))
                state >>= 8
            }
            state = (state / share) << bits + state % share + UInt32(starts[Int(symbol)])
        }
        for shift in [0, 8, 16, 24] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: state >> shift)) }
        guard symbols.count <= bytes.count * mostPerByte else { return nil }
        var writer = PlanWriter()
        for share in shares { writer.write(share) }
        writer.write(bytes.count)
        writer.append(bytes.reversed())
        return writer.bytes
    }

    /// Reads `number` symbols that `packed` wrote, one by one. Throws `PlanError.invalid`.
    package static func unpack(
        _ number: Int, of count: Int, from reader: inout PlanReader, _ body: (_ index: Int, _ symbol: Int) -> Void
    ) throws(PlanError) {
        var shares: [Int] = []
        for _ in 0..<count { shares.append(try reader.number(upTo: whole)) }
        guard shares.reduce(0, +) == whole else { throw .invalid("shares that are no whole") }
        let starts = starts(shares)
        var symbols = [UInt8](repeating: 0, count: whole)
        for symbol in 0..<count {
            for slot in starts[symbol]..<starts[symbol] + shares[symbol] { symbols[slot] = UInt8(symbol) }
        }
        let bytes = try reader.raw(reader.count())
        guard bytes.count >= 4 else { throw .invalid("it ends too early") }
        var state: UInt32 = 0, place = 4
        for index in 0..<4 { state = state << 8 | UInt32(bytes[index]) }
        for index in 0..<number {
            let slot = state & UInt32(whole - 1), symbol = Int(symbols[Int(slot)])
            state = UInt32(shares[symbol]) &* (state >> bits) &+ slot &- UInt32(starts[symbol])
            while state < least {
                guard place < bytes.count else { throw .invalid("it ends too early") }
                state = state << 8 | UInt32(bytes[place])
                place += 1
            }
            body(index, symbol)
        }
        guard place == bytes.count, state == least else { throw .invalid("packed weights that do not end") }
    }

    /// In parts of `whole`; none that comes has none.
    private static func shares(_ symbols: [UInt8], of count: Int) -> [Int] {
        var counts = [Int](repeating: 0, count: count)
        for symbol in symbols { counts[Int(symbol)] += 1 }
        let total = max(symbols.count, 1)
        var shares = counts.map {
            $0 == 0 ? 0 : max(1, Int((Int64($0) * Int64(whole) + Int64(total / 2)) / Int64(total)))
        }
        // What rounding left goes to, or comes from, those that feel it least.
        var rest = whole - shares.reduce(0, +)
        while rest != 0 {
            let largest = shares.indices.reduce(0) { shares[$1] > shares[$0] ? $1 : $0 }
            let step = rest > 0 ? rest : max(rest, -max(shares[largest] / 2, 1))
            shares[largest] += step
            rest -= step
        }
        return shares
    }

    private static func starts(_ shares: [Int]) -> [Int] {
        var next = 0
        return shares.map { share in
            defer { next += share }
            return next
        }
    }
}
