import Timing

/// How old frames are when their result is there, and how many come: over the last frames.
public struct LatencyMeter: Sendable {
    private var ages: [Double] = []
    private var ends: [ContinuousClock.Instant] = []
    private var place = 0
    private let capacity: Int

    /// - Parameter count: the number of frames that are looked back on, at least two.
    public init(last count: Int = 120) { capacity = max(count, 2) }

    /// Notes that the frame's result is there now.
    public mutating func add(_ frame: Frame) { add(age: frame.age.seconds, at: .now) }

    package mutating func add(age: Double, at end: ContinuousClock.Instant) {
        if ages.count < capacity {
            ages.append(age)
            ends.append(end)
        } else {
            ages[place] = age
            ends[place] = end
        }
        place = (place + 1) % capacity
    }

    /// The age in seconds that a share of the frames stays below: 0.5 is the median. `nil` before the first frame.
    public func age(share: Double) -> Double? {
        guard !ages.isEmpty else { return nil }
        let sorted = ages.sorted()
        return sorted[max(0, Int((Double(sorted.count) * min(1, max(0, share))).rounded(.up)) - 1)]
    }

    /// Results per second; `nil` before the second frame.
    public var framesPerSecond: Double? {
        guard ends.count > 1, let first = ends.min(), let last = ends.max(), last > first else { return nil }
        return Double(ends.count - 1) / first.duration(to: last).seconds
    }
}
