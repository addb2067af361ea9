/// What is done to the brightness of a grey picture before a network sees it.
public enum Equalisation: String, Sendable, CaseIterable {
    case none
    /// All grey values occur equally often, see `HistogramEqualisation`.
    case histogram
}

#if !hasFeature(Embedded)
    extension Equalisation: Codable {}
#endif
