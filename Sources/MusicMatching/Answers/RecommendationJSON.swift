import Emotions
import JSON

/// Recommended songs as JSON, with the same names everywhere, see `SongJSON`.
public enum RecommendationJSON {
    /// `emotions`, `mode`, `seed`, `target`, `service` and `songs`, each with why it was chosen and, if a service was
    /// asked, what that knows of it (`match`).
    public static func value(_ recommendations: [Recommendation], for request: RecommendationRequest) -> JSONValue {
        value(recommendations, for: request, songs: nil, service: .null) { _ in .null }
    }

    /// - Parameters:
    ///   - songs: the recommended ones, with identifiers that came since.
    ///   - match: what a service knows of the song at a place.
    static func value(
        _ recommendations: [Recommendation], for request: RecommendationRequest, songs: [Song]?, service: JSONValue,
        match: (Int) -> JSONValue
    ) -> JSONValue {
        var emotions: [String: JSONValue] = [:]
        for emotion in Emotion.allCases { emotions[emotion.name] = .double(request.emotions[emotion]) }
        let values = recommendations.enumerated().map { index, recommendation -> JSONValue in
            var fields = SongJSON.fields(songs?[index] ?? recommendation.song)
            for (name, value) in reasons(recommendation) { fields[name] = value }
            fields["match"] = match(index)
            return .object(fields)
        }
        return [
            "emotions": .object(emotions), "mode": .string(request.mode.rawValue), "seed": .int(Int(request.seed)),
            "target": recommendations.last.map { SongJSON.value($0.target) } ?? .null, "service": service,
            "songs": .array(values),
        ]
    }

    private static func reasons(_ recommendation: Recommendation) -> [String: JSONValue] {
        [
            "reason": .string(recommendation.reason),
            "reasons": .array(
                recommendation.reasons.map { part in
                    [
                        "code": .string(part.code), "text": .string(part.text),
                        "values": .object(part.values.mapValues { .string($0) }),
                    ]
                }),
            "distance": .double((recommendation.distance * 10_000).rounded() / 10_000),
            "surprise": .bool(recommendation.isSurprise), "target": SongJSON.value(recommendation.target),
        ]
    }
}
