/// What is done to the brightness of a grey picture before a network sees it.
public enum Equalisation: String, Sendable, Codable, CaseIterable {
    case none
    /// All grey values occur equally often, see `HistogramEqualisation`.
    case histogram
}
