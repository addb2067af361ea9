import EmotionRecognition
import Files

/// How the server is, and what its camera sees.
struct ServerRoutes: Sendable {
    let metrics: Metrics
    let feed: LiveFeed?
    let gauges: @Sendable () -> [(name: String, help: String, value: Int)]

    var routes: [Route] {
        [
            Route(method: "GET", path: "/healthz", isOpen: true) { _, _ in
                .now(.json(["status": "ok", "version": .string(Fermusic.version)]))
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
