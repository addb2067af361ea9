import EmotionRecognition
import JSON
import Threads

/// What the page needs to know before it begins.
struct OptionsAPI: Sendable {
    let catalogues: CataloguePool
    let facts: PageFacts
    let own: OwnMusic

    /// Counting a large catalogue takes a while, and its languages seldom change.
    private final class Kept: Sendable {
        let counts = Guarded<(time: ContinuousClock.Instant, songs: Int, languages: [(code: String, songs: Int)])?>(nil)
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
                let (songs, languages) = try counts()
                let answer = facts.json(songs: songs, languages: languages, below: request.base)
                return .now(.json(try withServers(answer)))
            }
        ].askingCatalogue
    }

    /// A page that chooses songs itself knows those of music servers too.
    private func withServers(_ answer: JSONValue) throws -> JSONValue {
        guard var fields = answer.objectValue, var matcher = fields["matcher"]?.objectValue else { return answer }
        matcher["servers"] = try catalogues.use(own.servers)
        fields["matcher"] = .object(matcher)
        return .object(fields)
    }

    private func counts() throws -> (songs: Int, languages: [(code: String, songs: Int)]) {
        if let known = kept.counts.withLock({ $0 }), known.time.duration(to: .now) < .seconds(300) {
            return (known.songs, known.languages)
        }
        let (songs, languages) = try catalogues.use { (try $0.count, try $0.languageCounts()) }
        kept.counts.withLock { $0 = (.now, songs, languages) }
        return (songs, languages)
    }
}
