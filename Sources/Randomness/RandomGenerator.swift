/// A seeded pseudo-random generator: xoshiro256++ started by SplitMix64.
///
/// A value, passed in wherever randomness is needed; equal seeds give equal sequences on every machine.
/// `RandomGenerator(seed:streams:)` gives independent sequences for, say, (epoch, sample), so that a result
/// does not depend on which thread drew it.
///
/// Source: D. Blackman, S. Vigna, "Scrambled linear pseudorandom number generators", 2021.
@frozen
public struct RandomGenerator: RandomNumberGenerator, Sendable, Equatable {
    @usableFromInline var s0: UInt64
    @usableFromInline var s1: UInt64
    @usableFromInline var s2: UInt64
    @usableFromInline var s3: UInt64

    /// Starts the sequence that belongs to `seed` and the numbers in `streams`.
    public init(seed: UInt64, streams: UInt64...) {
        var key = seed
        for stream in streams {
            key = SplitMix64.mix(key ^ SplitMix64.mix(stream &+ 0x9E37_79B9_7F4A_7C15))
        }
        var start = SplitMix64(seed: key)
        s0 = start.next()
        s1 = start.next()
        s2 = start.next()
        s3 = start.next()
    }

    /// The next 64 random bits.
    @inlinable
    public mutating func next() -> UInt64 {
        let sum = s0 &+ s3
        let result = (sum << 23 | sum >> 41) &+ s0
        let t = s1 << 17
        s2 ^= s0
        s3 ^= s1
        s1 ^= s2
        s0 ^= s3
        s2 ^= t
        s3 = s3 << 45 | s3 >> 19
        return result
    }

    /// A number in 0 ..< 1 with 24 random bits.
    @inlinable
    public mutating func uniform() -> Float {
        Float(next() >> 40) * 0x1p-24
    }

    /// A number in the given range, ends included up to rounding.
    @inlinable
    public mutating func uniform(in range: ClosedRange<Float>) -> Float {
        range.lowerBound + uniform() * (range.upperBound - range.lowerBound)
    }

    /// A whole number in `0 ..< bound`; `bound` must be positive. Lemire's multiplication, without rejection:
    /// the bias is below 2^-32 for the bounds used here.
    @inlinable
    public mutating func integer(below bound: Int) -> Int {
        precondition(bound > 0)
        return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }
}
