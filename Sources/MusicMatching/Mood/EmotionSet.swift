import Emotions

/// Emotions that a song is said to suit.
public struct EmotionSet: OptionSet, Sendable, Hashable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue & 127 }

    public init(_ emotion: Emotion) { rawValue = 1 << emotion.rawValue }
    public func contains(_ emotion: Emotion) -> Bool { rawValue & (1 << emotion.rawValue) != 0 }

    /// In the order of `Emotion`.
    public var emotions: [Emotion] { Emotion.allCases.filter(contains) }
}
