extension Emotion: Codable {
    /// Finds an emotion by any word for it that `EmotionWords` knows, however it is written.
    public init?(name: String) {
        guard let emotion = EmotionWords.emotion(name) else { return nil }
        self = emotion
    }
}
