import Emotions

/// Emotions that a song is said to suit, the strongest first.
public struct EmotionSet: Sendable, Hashable {
    /// A bit for each emotion, and behind them the order: in `place` bits each, counted from 1, those that come first.
    /// Sets that were stored before the order was kept have none; then it is that of `Emotion`.
    public private(set) var rawValue: StoredInt

    private static let count = Emotion.allCases.count
    private static let place = 4
    /// As many places as the order has.
    private static let places = 6

    public init() { rawValue = 0 }

    /// Bits that stand for no emotion, and an order that does not fit the bits, don't count.
    public init(rawValue: StoredInt) {
        let bits = rawValue & (1 << EmotionSet.count - 1)
        var order: [Emotion] = []
        for index in 0..<EmotionSet.places {
            let number = rawValue >> (EmotionSet.count + index * EmotionSet.place) & 15
            guard let emotion = Emotion(rawValue: Int(number) - 1), bits & 1 << emotion.rawValue != 0,
                !order.contains(emotion)
            else { break }
            order.append(emotion)
        }
        self.init(order + Emotion.allCases.filter { bits & 1 << $0.rawValue != 0 && !order.contains($0) })
    }

    /// - Parameter emotions: the strongest first; what comes twice counts once.
    public init(_ emotions: [Emotion]) {
        self.init()
        for emotion in emotions { insert(EmotionSet(emotion)) }
    }

    public init(_ emotion: Emotion) {
        rawValue = EmotionSet.bit(emotion) | StoredInt(emotion.rawValue + 1) << EmotionSet.count
    }

    /// What is set in the raw value of every set with the emotion.
    static func bit(_ emotion: Emotion) -> StoredInt { 1 << emotion.rawValue }

    public var isEmpty: Bool { rawValue == 0 }
    public func contains(_ emotion: Emotion) -> Bool { rawValue & EmotionSet.bit(emotion) != 0 }

    /// The strongest first.
    public var emotions: [Emotion] {
        var result: [Emotion] = []
        var order = rawValue >> EmotionSet.count
        while let emotion = Emotion(rawValue: Int(order & 15) - 1) {
            result.append(emotion)
            order >>= EmotionSet.place
        }
        // More than have a place.
        return result
            + (result.count < EmotionSet.places
                ? []
                : Emotion.allCases.filter {
                    contains($0) && !result.contains($0)
                })
    }

    /// Adds what is not there yet, behind what is.
    public mutating func insert(_ other: EmotionSet) {
        let known = emotions.count
        var next = known
        for emotion in other.emotions where !contains(emotion) {
            rawValue |= EmotionSet.bit(emotion)
            if next < EmotionSet.places {
                rawValue |= StoredInt(emotion.rawValue + 1) << (EmotionSet.count + next * EmotionSet.place)
            }
            next += 1
        }
    }

    public mutating func formUnion(_ other: EmotionSet) { insert(other) }
}

extension EmotionSet: ExpressibleByArrayLiteral {
    public init(arrayLiteral elements: Emotion...) { self.init(elements) }
}
