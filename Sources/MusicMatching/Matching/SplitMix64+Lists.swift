import Randomness

extension SplitMix64 {
    /// A whole number in `0 ..< bound`, which must be positive: what `Int.random(in:using:)` gives where `Int` has 64 bits, also
    /// where it has 32.
    package mutating func number(below bound: Int) -> Int { Int(next(upperBound: UInt64(bound))) }

    /// The numbers in `0 ..< count` in a random order: what `shuffled(using:)` gives where `Int` has 64 bits.
    package mutating func shuffled(_ count: Int) -> [Int] {
        var numbers = Array(0..<count)
        for place in 0..<max(count - 1, 0) { numbers.swapAt(place, place + number(below: count - place)) }
        return numbers
    }
}
