import EmotionRecognition
import Files
import Synchronization

/// How the server is, and what its camera sees.
struct ServerRoutes: Sendable {
    let metrics: Metrics
    let feed: LiveFeed?
    let departure: Departure
    let gauges: @Sendable () -> [(name: String, help: String, value: Int)]

    var routes: [Route] {
        [
            Route(method: "GET", path: "/healthz", isOpen: true, cost: 0) { _, _ in
                .now(.json(["status": "ok", "version": .string(Fermusic.version)]))
            },
            // Free, since proxies ask it all the time.
            Route(method: "GET", path: "/readyz", isOpen: true, cost: 0) { _, _ in
                if departure.hasBegun { throw Problem(.shuttingDown, "send nobody here", retryAfter: 5) }
                return .now(.json(["status": "ready"]))
            },
            Route(method: "GET", path: "/metrics") { _, _ in
                .now(.text(metrics.text(gauges: gauges()), type: "text/plain; version=0.0.4; charset=utf-8"))
            },
            Route(method: "GET", path: "/api/v1/events") { _, _ in
                .now(.stream(try watch { $0.events() }, type: "text/event-stream"))
            },
            Route(method: "GET", path: "/live.mjpg") { _, _ in
                .now(.stream(try watch { $0.pictures() }, type: LiveFeed.pictureType))
            },
        ]
    }

    private func watch(_ open: (LiveFeed) -> (any ByteStream)?) throws -> any ByteStream {
        guard let feed else { throw Problem(.notLive, "the server was started without a camera") }
        guard let stream = open(feed) else {
            throw Problem(.overloaded, "\(LiveFeed.watcherLimit) watch already", retryAfter: 10)
        }
        return stream
    }
}

/// Whether the server is about to end.
final class Departure: Sendable {
    private let flag = Atomic<Bool>(false)

    func begin() { flag.store(true, ordering: .relaxed) }
    var hasBegun: Bool { flag.load(ordering: .relaxed) }
}
