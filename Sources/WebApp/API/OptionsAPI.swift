import EmotionRecognition
import Threads

/// What the page needs to know before it begins.
struct OptionsAPI: Sendable {
    let catalogues: CataloguePool
    let facts: PageFacts

    /// Counting a large catalogue takes a while, and its languages seldom change.
    private final class Kept: Sendable {
        let counts = Guarded<(time: ContinuousClock.Instant, songs: Int, languages: [(code: String, songs: Int)])?>(nil)
    }
    private let kept = Kept()

    init(catalogues: CataloguePool, facts: PageFacts) {
        self.catalogues = catalogues
        self.facts = facts
    }

    var routes: [Route] {
        [
            Route(method: "GET", path: "/api/v1/options") { request, _ in
                let (songs, languages) = try counts()
                return .now(.json(facts.json(songs: songs, languages: languages, below: request.base)))
            }
        ].askingCatalogue
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
