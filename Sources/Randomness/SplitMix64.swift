/// Random numbers that a seed repeats, for few of them and for starting larger generators: G. Steele, D. Lea, C. Flood,
/// "Fast splittable pseudorandom number generators", 2014.
public struct SplitMix64: RandomNumberGenerator, Sendable, Equatable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return SplitMix64.mix(state)
    }

    /// Spreads every bit over all.
    static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

extension SplitMix64 {
    /// A whole number in `0 ..< bound`, which must be positive: what `Int.random(in:using:)` gives where `Int` has 64 bits, also
    /// where it has 32.
    public mutating func number(below bound: Int) -> Int { Int(next(upperBound: UInt64(bound))) }

    /// The numbers in `0 ..< count` in a random order: what `shuffled(using:)` gives where `Int` has 64 bits.
    public mutating func shuffled(_ count: Int) -> [Int] {
        var numbers = Array(0..<count)
        for place in 0..<max(count - 1, 0) { numbers.swapAt(place, place + number(below: count - place)) }
        return numbers
    }
}
