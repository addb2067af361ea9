import JSON
import TextCoding

/// Searching for songs at a service with answers that are kept.
struct TrackSearch: Sendable {
    let client: ServiceClient
    let endpoint: Endpoint
    /// How long an answer counts as fresh, in seconds. When the service cannot be asked, older ones do too.
    var freshness = 30 * 86400
    /// What was not found may be there soon.
    var freshnessOfNothing = 3 * 86400

    private var service: String { endpoint.service.rawValue }

    /// The tracks that a request finds, with their age if they were kept. Throws `ProviderError`.
    ///
    /// - Parameter key: the request without anything secret.
    func tracks(
        _ key: String, _ query: ProviderQuery, fetch: () throws(ProviderError) -> [ProviderTrack]
    ) throws(ProviderError) -> (tracks: [ProviderTrack], age: Int?) {
        let kept = client.memory.answer(of: service, to: key).flatMap { answer in
            ProviderTrack.tracks(answer.text).map { (tracks: $0, age: answer.age) }
        }
        if let kept, !query.needsPreview, kept.age < (kept.tracks.isEmpty ? freshnessOfNothing : freshness) {
            return (kept.tracks, kept.age)
        }
        do {
            let tracks = try fetch()
            client.memory.keep(ProviderTrack.text(tracks), of: service, to: key)
            return (tracks, nil)
        } catch {
            if let kept, !kept.tracks.isEmpty, error.cause != .cancelled { return (kept.tracks, kept.age) }
            throw error
        }
    }
}

/// Answers in JSON.
enum ServiceJSON {
    /// The document; `nil` if it is none.
    static func parse(_ response: HTTPResponse) -> JSONValue? {
        response.body.isEmpty ? nil : try? JSONValue(parsing: response.text)
    }

    /// A service's own words, short enough for one line.
    static func words(_ text: String) -> String {
        String(trimmed(String(text.unicodeScalars.prefix(160).map { $0.value < 0x20 ? " " : Character($0) })[...]))
    }

    /// The first words of an answer that is not understood.
    static func excerpt(_ response: HTTPResponse) -> String {
        let text = words(response.text)
        return text.isEmpty ? "HTTP \(response.status) with nothing in it" : "HTTP \(response.status): \(text)"
    }

    /// An identifier or number as text, with nothing in it that could change an address.
    static func identifier(_ value: JSONValue?) -> String? {
        let text: String
        switch value {
        case .string(let string): text = string
        case .int(let number): text = "\(number)"
        default: return nil
        }
        let isPlain = text.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D
                || $0 == 0x5F
        }
        return isPlain && !text.isEmpty && text.utf8.count <= 64 ? text : nil
    }

    /// A link that may be shown and opened.
    static func link(_ value: JSONValue?) -> String? {
        value?.stringValue.flatMap { WebAddress.isLink($0) ? $0 : nil }
    }
}
