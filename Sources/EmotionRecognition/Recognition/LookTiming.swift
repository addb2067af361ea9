import FaceVision
import NeuralNet
import Randomness
import Threads
import Timing

/// How long models take for one look at one face of 48 x 48 bytes, one at a time.
public struct LookTiming: Sendable {
    /// From bytes to emotion: the median and the 99th percentile of the quietest round.
    public let milliseconds: Double
    /// The 99th percentile.
    public let slowMilliseconds: Double
    /// The median of the slowest round over that of the quietest: far from 1 where the machine does other work.
    public let spread: Double

    /// Runs the models in turn, so that what else the machine does meets all of them alike: `rounds` times about
    /// `duration` seconds each. Throws `NeuralNetError` if one cannot run, and for no
    /// rounds.
    public static func measure(
        _ models: [EmotionModel], precision: Precision = .float, threads: ThreadPool, rounds: Int = 7,
        duration: Double = 0.1
    ) throws -> [LookTiming] {
        guard rounds > 0 else { throw NeuralNetError.invalidSetting("timing needs one round or more, not \(rounds)") }
        let recognisers = try models.map {
            try EmotionRecogniser($0, batchSize: 1, precision: precision, threads: threads)
        }
        var random = RandomGenerator(seed: 1)
        let face = Image(width: 48, height: 48, pixels: (0..<48 * 48).map { _ in UInt8(random.integer(below: 256)) })
        var times = recognisers.map { _ in [[Double]]() }
        for _ in 0..<rounds {
            for (number, recogniser) in recognisers.enumerated() {
                // The first looks bring the weights back into the caches.
                for _ in 0..<3 { _ = recogniser.recognise([face]) }
                var round: [Double] = []
                let end = monotonicSeconds() + duration
                repeat {
                    let start = monotonicSeconds()
                    _ = recogniser.recognise([face])
                    round.append((monotonicSeconds() - start) * 1000)
                } while monotonicSeconds() < end
                times[number].append(round)
            }
        }
        return times.map { rounds in
            let sorted = rounds.sorted { $0.median < $1.median }
            return LookTiming(
                milliseconds: sorted[0].median, slowMilliseconds: sorted[0].quantile(0.99),
                spread: sorted[sorted.count - 1].median / max(sorted[0].median, 1e-9))
        }
    }
}
