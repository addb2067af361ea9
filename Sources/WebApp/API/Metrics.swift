import EmotionRecognition
import Files
import Glibc
import Threads

/// What the server counts, in Prometheus's text format (version 0.0.4).
final class Metrics: Sendable {
    private struct Counts {
        var requests: [Key: Int] = [:]
        var requestSeconds = 0.0
        var stages: [String: Double] = [:]
        var buckets = [Int](repeating: 0, count: Metrics.bounds.count + 1)
        var pictures = 0
        var faces = 0
        var analysisSeconds = 0.0
    }

    private struct Key: Hashable, Comparable {
        var route: String
        var method: String
        var status: Int

        static func < (a: Key, b: Key) -> Bool {
            (a.route, a.method, a.status) < (b.route, b.method, b.status)
        }
    }

    /// Upper bounds of the buckets, in seconds.
    private static let bounds = [0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2.5]
    private let counts = Guarded(Counts())
    private let started = ContinuousClock.now

    /// - Parameter route: as in the description of the API; requests to other paths share one name, so that strangers
    ///   cannot make the list long.
    func requested(route: String, method: String, status: Int, seconds: Double) {
        counts.withLock { counts in
            counts.requests[Key(route: route, method: method, status: status), default: 0] += 1
            counts.requestSeconds += seconds
        }
    }

    func analysed(_ result: FrameResult) {
        let timing = result.timing
        counts.withLock { counts in
            counts.pictures += 1
            counts.faces += result.faces.count
            counts.analysisSeconds += timing.latency
            counts.stages["waiting", default: 0] += timing.waiting
            counts.stages["decoding", default: 0] += timing.decoding ?? 0
            counts.stages["detection", default: 0] += timing.detection
            counts.stages["recognition", default: 0] += timing.recognition
            let place = Metrics.bounds.firstIndex { timing.latency <= $0 } ?? Metrics.bounds.count
            counts.buckets[place] += 1
        }
    }

    /// - Parameter gauges: names with what they are now.
    func text(gauges: [(name: String, help: String, value: Int)]) -> String {
        var text = ""
        func head(_ name: String, _ kind: String, _ help: String) {
            text += "# HELP fermusic_\(name) \(help)\n# TYPE fermusic_\(name) \(kind)\n"
        }
        let counts = self.counts.withLock { $0 }
        head("http_requests_total", "counter", "Requests answered; status 0: the client left before.")
        for (key, count) in counts.requests.sorted(by: { $0.key < $1.key }) {
            text +=
                "fermusic_http_requests_total{route=\"\(key.route)\",method=\"\(key.method)\",status=\"\(key.status)\"} \(count)\n"
        }
        head("pictures_total", "counter", "Pictures analysed.")
        text += "fermusic_pictures_total \(counts.pictures)\n"
        head("faces_total", "counter", "Faces found in them.")
        text += "fermusic_faces_total \(counts.faces)\n"
        head("analysis_stage_seconds_total", "counter", "Where the time went.")
        for (stage, seconds) in counts.stages.sorted(by: { $0.key < $1.key }) {
            text += "fermusic_analysis_stage_seconds_total{stage=\"\(stage)\"} \(seconds)\n"
        }
        head("analysis_seconds", "histogram", "From the arrival of a picture to its result.")
        var sum = 0
        for (bound, count) in zip(Metrics.bounds, counts.buckets) {
            sum += count
            text += "fermusic_analysis_seconds_bucket{le=\"\(bound)\"} \(sum)\n"
        }
        text += "fermusic_analysis_seconds_bucket{le=\"+Inf\"} \(counts.pictures)\n"
        text += "fermusic_analysis_seconds_sum \(counts.analysisSeconds)\n"
        text += "fermusic_analysis_seconds_count \(counts.pictures)\n"
        for gauge in gauges {
            head(gauge.name, "gauge", gauge.help)
            text += "fermusic_\(gauge.name) \(gauge.value)\n"
        }
        head("uptime_seconds", "gauge", "Since the start.")
        text += "fermusic_uptime_seconds \(started.duration(to: .now).seconds)\n"
        head("resident_memory_bytes", "gauge", "Memory in use.")
        text += "fermusic_resident_memory_bytes \(Metrics.residentBytes)\n"
        return text
    }

    static var residentBytes: Int {
        // The second number is the resident set in pages (proc(5)); the file has no size, so it is read directly.
        let descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return 0 }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 200)
        let count = read(descriptor, &bytes, bytes.count)
        let words = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(separator: " ")
        return words.count > 1 ? (Int(words[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE)) : 0
    }
}
