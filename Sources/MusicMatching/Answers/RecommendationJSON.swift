import Emotions
import JSON

/// Recommended songs as JSON, with the same names everywhere, see `SongJSON`.
public enum RecommendationJSON {
    /// `emotions`, `mode`, `seed`, `target`, `service` and `songs`, each with why it was chosen and, if a service was
    /// asked, what that knows of it (`match`).
    ///
    /// `songs` are the recommended ones, with identifiers that came since.
    public static func value(
        _ recommendations: [Recommendation], for request: RecommendationRequest, songs: [Song]? = nil,
        enrichment: Enrichment? = nil
    ) -> JSONValue {
        let emotions = Dictionary(
            uniqueKeysWithValues: Emotion.allCases.map { ($0.name, JSONValue.double(request.emotions[$0])) })
        let values = recommendations.enumerated().map { index, recommendation -> JSONValue in
            var fields = SongJSON.fields(songs?[index] ?? recommendation.song)
            fields.merge(reasons(recommendation)) { $1 }
            fields["match"] = enrichment?.matches[index].map(match) ?? .null
            return .object(fields)
        }
        return [
            "emotions": .object(emotions), "mode": .string(request.mode.rawValue), "seed": .int(Int(request.seed)),
            "target": recommendations.last.map { SongJSON.value($0.target) } ?? .null,
            "service": enrichment.map(service) ?? .null, "songs": .array(values),
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

    private static func service(_ enrichment: Enrichment) -> JSONValue {
        [
            "name": .string(enrichment.service.rawValue),
            "problem": enrichment.problem.map { ["cause": .string($0.cause.rawValue), "text": .string("\($0)")] }
                ?? .null,
        ]
    }

    private static func match(_ match: ProviderMatch) -> JSONValue {
        func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
        return [
            "link": text(match.link), "cover": text(match.cover), "preview": text(match.preview),
            "age": match.age.map { .int($0) } ?? .null,
        ]
    }
}
