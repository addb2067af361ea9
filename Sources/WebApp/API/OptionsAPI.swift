import EmotionRecognition
import JSON
import MusicMatching

/// What the page needs to know before it begins.
struct OptionsAPI: Sendable {
    let facts: PageFacts

    /// What the catalogue says for it.
    private struct Facts: Sendable {
        var songs: Int
        var languages: [(code: String, songs: Int)]
        /// See `OwnMusic.servers`.
        var servers: JSONValue
        /// The owners'.
        var opinions: Listener
    }

    /// Counting a large catalogue takes a while, its languages seldom change, and pages open while it cannot be reached.
    private let known: Refreshed<Facts>

    /// - Parameter background: where a catalogue that may be far away is asked.
    init(catalogues: CataloguePool, facts: PageFacts, own: OwnMusic, background: JobQueue) {
        self.facts = facts
        known = Refreshed(beside: catalogues.isRemote ? background : nil) {
            try catalogues.use { catalogue in
                Facts(
                    songs: try catalogue.count, languages: try catalogue.languageCounts(),
                    servers: own.servers(catalogue),
                    opinions: facts.isPersonal ? try catalogue.opinions() : Listener())
            }
        }
    }

    var routes: [Route] {
        [
            Route(method: "GET", path: "/api/v1/options") { request, _ in
                let known = try known.get()
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
}
