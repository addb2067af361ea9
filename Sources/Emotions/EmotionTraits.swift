/// What an emotion has of its own. Beside this table, and each found missing by a test: its words (`EmotionWords`), its drawn
/// face (`FacialExpression`), its place in the standard mood map, and the page's texts, colours and face.
public struct EmotionTraits: Sendable {
    /// What a song suits: `anger`.
    public let noun: String
    /// Red, green and blue, wherever it is drawn into pictures.
    public let color: (red: UInt8, green: UInt8, blue: UInt8)
    /// Whether FER2013 labels it.
    public let isInFER2013: Bool
    /// Whether it is among the five that networks tell apart best and many programs show.
    public let isAmongFive: Bool
    /// Whether songs towards feeling better suit it.
    public let isUplifting: Bool

    fileprivate init(
        _ noun: String, _ red: UInt8, _ green: UInt8, _ blue: UInt8, isInFER2013: Bool = true,
        isAmongFive: Bool = false,
        isUplifting: Bool = false
    ) {
        self.noun = noun
        color = (red, green, blue)
        self.isInFER2013 = isInFER2013
        self.isAmongFive = isAmongFive
        self.isUplifting = isUplifting
    }
}

extension Emotion {
    public var traits: EmotionTraits {
        switch self {
        case .angry: EmotionTraits("anger", 226, 74, 67, isAmongFive: true)
        case .disgust: EmotionTraits("disgust", 120, 160, 60)
        case .fear: EmotionTraits("fear", 146, 92, 200)
        case .happy: EmotionTraits("happiness", 245, 190, 50, isAmongFive: true, isUplifting: true)
        case .sad: EmotionTraits("sadness", 70, 130, 210, isAmongFive: true)
        case .surprise: EmotionTraits("surprise", 245, 130, 50, isAmongFive: true, isUplifting: true)
        case .neutral: EmotionTraits("a neutral mood", 150, 160, 170, isAmongFive: true, isUplifting: true)
        case .contempt: EmotionTraits("contempt", 40, 150, 140, isInFER2013: false)
        }
    }
}

/// Emotions that are told apart, by how many there are.
public enum EmotionSelection: String, CaseIterable, Sendable {
    /// Without disgust and fear, which networks tell apart least, and contempt.
    case five
    /// Those that FER2013 labels.
    case seven
    /// With contempt.
    case eight

    /// In the order of `Emotion`.
    public var emotions: [Emotion] {
        switch self {
        case .five: Emotion.allCases.filter { $0.traits.isAmongFive }
        case .seven: Emotion.allCases.filter { $0.traits.isInFER2013 }
        case .eight: Emotion.allCases
        }
    }
}
