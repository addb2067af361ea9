import Glibc

/// Where beats are: the way through the song whose beats lie on strong onsets and whose steps are near the beat's length
/// there (D. Ellis, "Beat tracking by dynamic programming", 2007). The length may change: it follows the song.
struct BeatTracker {
    private let strength: OnsetStrength
    private let curve: [Float]
    /// The beat's length around each frame, in frames.
    private let periods: [Double]

    init(_ strength: OnsetStrength, _ periodicity: Periodicity, tempo: Double) {
        self.strength = strength
        curve = strength.total.indices.map { strength.total[$0] + 0.5 * strength.low[$0] }
        periods = BeatTracker.periods(
            periodicity, period: 60 * OnsetCurves.framesPerSecond / tempo, frames: curve.count)
    }

    /// What a step of another length than the beat's costs.
    private static let tightness = 120.0

    /// In seconds.
    var beats: [Double] {
        let count = curve.count
        guard count > 1 else { return [] }
        var best = [Float](repeating: 0, count: count), from = [Int32](repeating: -1, count: count)
        var costs: [Float] = [], known = 0.0, shortest = 0
        for frame in 0..<count {
            if periods[frame] != known {
                known = periods[frame]
                shortest = max(Int(known * 0.6), 1)
                costs = (shortest...max(Int(known * 1.6), shortest)).map { lag in
                    let octaves = log(Double(lag) / known)
                    return Float(BeatTracker.tightness * octaves * octaves)
                }
            }
            var top: Float = 0, origin: Int32 = -1
            for (index, cost) in costs.enumerated() {
                let other = frame - shortest - index
                if other < 0 { break }
                let score = best[other] - cost
                if score > top {
                    top = score
                    origin = Int32(other)
                }
            }
            best[frame] = curve[frame] + top
            from[frame] = origin
        }
        let tail = max(count - Int(periods[count - 1] * 1.2), 0)
        guard var frame = (tail..<count).max(by: { best[$0] < best[$1] }) else { return [] }
        var path: [Int] = []
        while frame >= 0 {
            path.append(frame)
            frame = Int(from[frame])
        }
        path.reverse()
        path = trimmed(path)
        let between = zip(path, path.dropFirst()).map { moved(($0 + $1) / 2) }
        let isBetween = BeatPhase.score(strength, between) > BeatPhase.score(strength, path)
        return (isBetween ? between : path).map { Double($0) / OnsetCurves.framesPerSecond }
    }

    /// To the strongest onset within 40 ms.
    private func moved(_ frame: Int) -> Int {
        (max(frame - 3, 0)...min(frame + 3, curve.count - 1)).max { curve[$0] < curve[$1] } ?? frame
    }

    /// Beats before the first sound and after the last are nobody's.
    private func trimmed(_ path: [Int]) -> [Int] {
        func strength(_ frame: Int) -> Float { curve[max(frame - 2, 0)...min(frame + 2, curve.count - 1)].max() ?? 0 }
        let mean = path.map(strength).reduce(0, +) / Float(max(path.count, 1))
        guard let first = path.firstIndex(where: { strength($0) > 0.3 * mean }),
            let last = path.lastIndex(where: { strength($0) > 0.3 * mean })
        else { return [] }
        return Array(path[first...last])
    }

    /// The likeliest way through the windows' periodicities near the song's own.
    private static func periods(_ periodicity: Periodicity, period: Double, frames: Int) -> [Double] {
        let ratios = (-20...20).map { exp2(Double($0) / 48) }
        var scores = [Float](repeating: 0, count: ratios.count)
        var origins: [[Int]] = []
        for window in periodicity.windows {
            var next = scores, origin = [Int](repeating: 0, count: ratios.count)
            for (index, ratio) in ratios.enumerated() {
                let own = [1.0, 2, 4].reduce(Float(0)) {
                    $0 + Periodicity.value(window, at: min(period * ratio * $1, Double(Periodicity.longest - 2)))
                }
                var top = -Float.infinity
                for step in -4...4 where ratios.indices.contains(index + step) {
                    let score = scores[index + step] - 0.08 * Float(abs(step))
                    if score > top {
                        top = score
                        origin[index] = index + step
                    }
                }
                next[index] = top + own - 0.01 * Float(abs(index - 20))
            }
            origins.append(origin)
            scores = next
        }
        guard var index = scores.indices.max(by: { scores[$0] < scores[$1] }), !origins.isEmpty else {
            return [Double](repeating: period, count: frames)
        }
        var path = [Int](repeating: 0, count: origins.count)
        for window in origins.indices.reversed() {
            path[window] = index
            index = origins[window][index]
        }
        return (0..<frames).map { frame in
            let place = (frame - Periodicity.windowFrames / 2 + Periodicity.hopFrames / 2) / Periodicity.hopFrames
            return period * ratios[path[min(max(place, 0), path.count - 1)]]
        }
    }
}
