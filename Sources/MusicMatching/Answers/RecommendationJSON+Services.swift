import JSON

extension RecommendationJSON {
    /// The same where a service may have been asked.
    ///
    /// `songs` are the recommended ones, with identifiers that came since.
    public static func value(
        _ recommendations: [Recommendation], for request: RecommendationRequest, songs: [Song]? = nil,
        enrichment: Enrichment?
    ) -> JSONValue {
        value(recommendations, for: request, songs: songs, service: enrichment.map(service) ?? .null) { index in
            enrichment?.matches[index].map(match) ?? .null
        }
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
