// A page's question for songs, as `POST /api/v1/recommendations` takes it, with what the server knows from elsewhere:
// `usualLanguages` and the time. A page asks only what it means, so what is not understood is passed over.

extension RecommendationRequest {
    /// `nil` without emotions and without a song that others should be like.
    init?(_ fields: JSONValue) {
        let like = fields["like"]?.intValue
        var weights = Emotion.allCases.map { _ in 0.0 }
        for emotion in Emotion.allCases {
            weights[emotion.rawValue] = fields["emotions"]?[emotion.name]?.doubleValue ?? 0
        }
        guard let emotions = EmotionVector(weights: weights) ?? like.map({ _ in EmotionVector(.neutral) }) else {
            return nil
        }
        self.init(emotions)
        self.like = like
        mode = fields["mode"]?.stringValue.flatMap { MoodMode(rawValue: $0) } ?? .match
        count = max(1, min(50, fields["count"]?.intValue ?? 5))
        languages = fields.texts("languages").compactMap { Language($0) }
        excludedLanguages = fields.texts("withoutLanguages").compactMap { Language($0) }
        usualLanguages = Language.usual(fields.texts("usualLanguages"))
        artists = fields.texts("artists")
        surpriseShare = fields["surprise"]?.doubleValue
        seed = UInt64(max(0, fields["seed"]?.intValue ?? 0))
        listener = Listener(fields["listener"] ?? .null)
    }
}

extension Listener {
    init(_ fields: JSONValue) {
        self.init()
        func events(_ name: String) -> [Event] {
            (fields[name]?.arrayValue ?? []).compactMap { event in
                guard let song = event["song"]?.intValue, let time = event["time"]?.intValue else { return nil }
                return Event(song: song, time: time)
            }
        }
        liked = (fields["liked"]?.arrayValue ?? []).compactMap { $0.intValue }
        disliked = (fields["disliked"]?.arrayValue ?? []).compactMap { $0.intValue }
        likedArtists = fields.texts("likedArtists")
        dislikedArtists = fields.texts("dislikedArtists")
        played = events("played")
        offered = events("offered")
    }
}

extension JSONValue {
    fileprivate func texts(_ name: String) -> [String] { (self[name]?.arrayValue ?? []).compactMap { $0.stringValue } }
}
