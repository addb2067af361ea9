/// One of the reasons for a song, in a form that other languages can be made of.
public struct ReasonPart: Sendable, Hashable {
    /// What it says, such as `feel.calm` or `language`; a fixed set.
    public var code: String
    /// What the words need: a language's code, an emotion, a title, a position.
    public var values: [String: String]
    /// In English.
    public var text: String

    init(_ code: String, _ text: String, _ values: [String: String] = [:]) {
        self.code = code
        self.text = text
        self.values = values
    }
}
