import NeuralNetCore

/// The mean of `|p - y|` over samples and outputs.
public struct MeanAbsoluteErrorMetric: Metric, Equatable {
    public let name = "mae"
    public let isBetterWhenLarger = false

    public init() {}

    public func update(_ state: UnsafeMutablePointer<Double>, _ batch: MetricBatch) {
        for i in 0..<batch.count * batch.columns { state[0] += Double(abs(batch.outputs[i] - batch.targets[i])) }
        state[1] += Double(batch.count * batch.columns)
    }
}

/// The mean of `(p - y)^2` over samples and outputs.
public struct MeanSquaredErrorMetric: Metric, Equatable {
    public let name = "mse"
    public let isBetterWhenLarger = false

    public init() {}

    public func update(_ state: UnsafeMutablePointer<Double>, _ batch: MetricBatch) {
        for i in 0..<batch.count * batch.columns {
            let d = Double(batch.outputs[i] - batch.targets[i])
            state[0] += d * d
        }
        state[1] += Double(batch.count * batch.columns)
    }
}

/// Share of the targets' variance that the outputs explain, `1 - sum (p - y)^2 / sum (y - mean)^2`: 1 is perfect, 0 as good
/// as their mean. The mean over the outputs.
public struct R2Score: Metric, Equatable {
    public let name = "r2"

    public init() {}

    public func stateCount(columns: Int) -> Int { 1 + 3 * columns }

    public func update(_ state: UnsafeMutablePointer<Double>, _ batch: MetricBatch) {
        let columns = batch.columns
        for row in 0..<batch.count {
            for i in 0..<columns {
                let y = Double(batch.targets[row * columns + i]), d = Double(batch.outputs[row * columns + i]) - y
                state[1 + 3 * i] += y
                state[2 + 3 * i] += y * y
                state[3 + 3 * i] += d * d
            }
        }
        state[0] += Double(batch.count)
    }

    /// Nil where the targets do not differ.
    public func result(_ state: UnsafePointer<Double>, columns: Int) -> Double? {
        guard state[0] > 0, columns > 0 else { return nil }
        var sum = 0.0
        for i in 0..<columns {
            let total = state[2 + 3 * i] - state[1 + 3 * i] * state[1 + 3 * i] / state[0]
            guard total > 0 else { return nil }
            sum += 1 - state[3 + 3 * i] / total
        }
        return sum / Double(columns)
    }
}
