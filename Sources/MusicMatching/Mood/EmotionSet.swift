import Emotions

/// Emotions that a song is said to suit.
public struct EmotionSet: OptionSet, Sendable, Hashable {
    /// How many sets there are; each has its raw value among them.
    static let count = 1 << Emotion.allCases.count

    public let rawValue: Int
    /// Bits that stand for no emotion don't count.
    public init(rawValue: Int) { self.rawValue = rawValue & (EmotionSet.count - 1) }

    public init(_ emotion: Emotion) { self.init(rawValue: 1 << emotion.rawValue) }
    public func contains(_ emotion: Emotion) -> Bool { rawValue & (1 << emotion.rawValue) != 0 }

    /// In the order of `Emotion`.
    public var emotions: [Emotion] { Emotion.allCases.filter(contains) }
}
