// The emotions, and what is computed from them.

/// One of the seven expressions that FER2013 labels, in the data set's own order, or contempt, which others label too.
///
/// The raw value is the label in `fer2013.csv` (Goodfellow et al., "Challenges in
/// Representation Learning", 2013); contempt, which it lacks, comes behind. Data sets and models have lists of their own.
public enum Emotion: Int, CaseIterable, Sendable, Hashable {
    case angry, disgust, fear, happy, sad, surprise, neutral, contempt

    /// The lower-case English word, as in folder names and labels of model files.
    public var name: String {
        switch self {
        case .angry: "angry"
        case .disgust: "disgust"
        case .fear: "fear"
        case .happy: "happy"
        case .sad: "sad"
        case .surprise: "surprise"
        case .neutral: "neutral"
        case .contempt: "contempt"
        }
    }
}
