import Emotions

extension MoodMap {
    /// The place of the first of these texts that is known: as a whole ("sad"), or else by the longest run of words in
    /// it that is ("heavy metal" knows "metal"), the last of several.
    func point(ofWords texts: [String]) -> MoodPoint? {
        for text in texts {
            let folded = NameKey.fold(text)
            if let point = words[folded] ?? point(ofPart: folded) { return point }
        }
        return nil
    }

    /// The same for labels of moods, which may also be what people call their feelings: songs for "anxious" are those that
    /// somebody anxious gets.
    func point(ofMoods texts: [String]) -> MoodPoint? {
        for text in texts {
            let folded = NameKey.fold(text)
            if let point = words[folded] ?? FeelingWords.vector(text).map({ blend(match, $0) }) ?? point(ofPart: folded)
            {
                return point
            }
        }
        return nil
    }

    private func point(ofPart folded: String) -> MoodPoint? {
        let parts = folded.split(separator: " ").prefix(16)
        for length in stride(from: min(3, parts.count), to: 0, by: -1) {
            for start in stride(from: parts.count - length, through: 0, by: -1) {
                let run = length == 1 ? String(parts[start]) : parts[start..<start + length].joined(separator: " ")
                if let point = words[run] { return point }
            }
        }
        return nil
    }

    /// The emotion that a label of a mood names: by its own words, or by those for a feeling that is nothing else. Words
    /// with a place of their own, such as "energetic", say that and no emotion.
    static func emotion(ofMood word: String) -> Emotion? {
        if let emotion = Emotion(name: word) { return emotion }
        guard standard.words[NameKey.fold(word)] == nil, let feeling = FeelingWords.vector(word),
            feeling[feeling.strongest] > 0.99
        else { return nil }
        return feeling.strongest
    }
}
