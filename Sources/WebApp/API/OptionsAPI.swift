import EmotionRecognition
import JSON
import MusicMatching
import Threads

/// What the page needs to know before it begins.
struct OptionsAPI: Sendable {
    let catalogues: CataloguePool
    let facts: PageFacts
    let own: OwnMusic

    /// What the catalogue says for it.
    private struct Facts {
        var songs: Int
        var languages: [(code: String, songs: Int)]
        /// See `OwnMusic.servers`.
        var servers: JSONValue
        /// The owners'.
        var opinions: Listener
    }

    /// Counting a large catalogue takes a while, its languages seldom change, and pages open while it cannot be reached.
    private final class Kept: Sendable {
        let facts = Guarded<(time: ContinuousClock.Instant, facts: Facts)?>(nil)
    }
    private let kept = Kept()

    init(catalogues: CataloguePool, facts: PageFacts, own: OwnMusic) {
        self.catalogues = catalogues
        self.facts = facts
        self.own = own
    }

    var routes: [Route] {
        [
            Route(method: "GET", path: "/api/v1/options") { request, _ in
                let known = try known()
                var answer = facts.json(songs: known.songs, languages: known.languages, below: request.base)
                if facts.isPersonal { answer = OptionsAPI.with(known.opinions, answer) }
                return .now(.json(OptionsAPI.with(known.servers, answer)))
            }
        ].askingCatalogue
    }

    /// A page that chooses songs itself knows those of music servers too.
    private static func with(_ servers: JSONValue, _ answer: JSONValue) -> JSONValue {
        guard var fields = answer.objectValue, var matcher = fields["matcher"]?.objectValue else { return answer }
        matcher["servers"] = servers
        fields["matcher"] = .object(matcher)
        return .object(fields)
    }

    /// For pages that choose songs themselves.
    private static func with(_ opinions: Listener, _ answer: JSONValue) -> JSONValue {
        guard var fields = answer.objectValue else { return answer }
        fields["opinions"] = [
            "liked": JSONValue(Array(opinions.liked.prefix(1000))),
            "disliked": JSONValue(Array(opinions.disliked.prefix(1000))),
            "likedArtists": JSONValue(Array(opinions.likedArtists.prefix(200))),
            "dislikedArtists": JSONValue(Array(opinions.dislikedArtists.prefix(200))),
        ]
        return .object(fields)
    }

    private func known() throws -> Facts {
        let last = kept.facts.withLock { $0 }
        if let last, last.time.duration(to: .now) < .seconds(300) { return last.facts }
        do {
            let facts = try catalogues.use { catalogue in
                Facts(
                    songs: try catalogue.count, languages: try catalogue.languageCounts(),
                    servers: own.servers(catalogue),
                    opinions: self.facts.isPersonal ? try catalogue.opinions() : Listener())
            }
            kept.facts.withLock { $0 = (.now, facts) }
            return facts
        } catch {
            // A page that says how many songs there were is better than none.
            guard let last else { throw error }
            return last.facts
        }
    }
}
