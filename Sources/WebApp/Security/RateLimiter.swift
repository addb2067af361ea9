import Threads

/// A bucket of requests for each client that fills at a steady rate.
final class RateLimiter: Sendable {
    private struct Bucket {
        var level: Double
        var time: ContinuousClock.Instant
    }

    /// Clients that are remembered; beyond, those whose buckets are full again are forgotten.
    private static let capacity = 20_000
    private let buckets = Guarded<[String: Bucket]>([:])
    let perSecond: Double
    let burst: Double

    /// - Parameter perSecond: requests per second for one client; 0 for no limit.
    init(perSecond: Double, burst: Double) {
        self.perSecond = perSecond
        self.burst = burst
    }

    /// Takes `cost` from the client's bucket, or says after how many seconds there will be enough.
    func take(_ client: String, cost: Double = 1, now: ContinuousClock.Instant = .now) -> Double? {
        guard perSecond > 0 else { return nil }
        return buckets.withLock { buckets in
            if buckets.count >= RateLimiter.capacity {
                buckets = buckets.filter { level($0.value, now) < burst }
                if buckets.count >= RateLimiter.capacity { buckets.removeAll() }
            }
            let key = RateLimiter.key(client)
            let available = buckets[key].map { level($0, now) } ?? burst
            guard available >= cost else { return (cost - available) / perSecond }
            buckets[key] = Bucket(level: available - cost, time: now)
            return nil
        }
    }

    /// Takes `cost` from the client's bucket. Throws `Problem` with `detail` if there is not enough.
    func charge(_ client: String, cost: Double = 1, _ detail: String) throws {
        guard let wait = take(client, cost: cost) else { return }
        throw Problem(.tooManyRequests, detail, retryAfter: max(1, Int(wait.rounded(.up))))
    }

    private func level(_ bucket: Bucket, _ now: ContinuousClock.Instant) -> Double {
        min(burst, bucket.level + bucket.time.duration(to: now).seconds * perSecond)
    }

    /// One customer of an IPv6 provider has at least a /64 (RFC 6177): its addresses count as one client.
    static func key(_ address: String) -> String {
        guard address.contains(":") else { return address }
        let plain = address.prefix { $0 != "%" }
        let halves = plain.firstRange(of: "::").map { (plain[..<$0.lowerBound], true) } ?? (plain, false)
        var groups = halves.0.split(separator: ":").map(String.init)
        if halves.1 { while groups.count < 4 { groups.append("0") } }
        return groups.prefix(4).joined(separator: ":")
    }
}
