import NeuralNetCore

/// Share of rows whose largest output is that of the true class; targets are distributions or numbers of classes.
public struct CategoricalAccuracy: Metric, Equatable {
    public let name = "accuracy"

    public init() {}

    public func problem(withOutput shape: Shape) -> String? { AccuracyProblem.classes(shape) }

    public func update(_ state: UnsafeMutablePointer<Double>, _ batch: MetricBatch) {
        for row in 0..<batch.rows
        where MetricBatch.largest(batch.outputs + row * batch.classes, batch.classes) == batch.label(ofRow: row) {
            state[0] += 1
        }
        state[1] += Double(batch.rows)
    }
}

/// Share of rows whose true class is among the `k` largest outputs. Equal outputs count for the lower class.
public struct TopKCategoricalAccuracy: Metric, Equatable {
    /// How many outputs may hold the true class: 1 to the number of classes.
    public let k: Int
    public var name: String { "top_\(k)_accuracy" }

    /// Five, as in Keras, unless said otherwise.
    public init(k: Int = 5) { self.k = k }

    public func problem(withOutput shape: Shape) -> String? {
        guard let classes = shape.last, (1...classes).contains(k) else {
            return "k must be between 1 and the number of classes, not \(k)"
        }
        return AccuracyProblem.classes(shape)
    }

    public func update(_ state: UnsafeMutablePointer<Double>, _ batch: MetricBatch) {
        for row in 0..<batch.rows {
            guard let label = batch.label(ofRow: row) else { continue }
            let outputs = batch.outputs + row * batch.classes
            var rank = 0
            for i in 0..<batch.classes
            where outputs[i] > outputs[label] || (outputs[i] == outputs[label] && i < label) { rank += 1 }
            if rank < k { state[0] += 1 }
        }
        state[1] += Double(batch.rows)
    }
}

/// Share of outputs on the right side of the threshold: each is a question of its own.
public struct BinaryAccuracy: Metric, Equatable {
    public let name = "accuracy"
    /// What is above is a yes.
    public var threshold: Float

    /// - Parameter threshold: 0 for logits.
    public init(threshold: Float = 0.5) { self.threshold = threshold }

    public func update(_ state: UnsafeMutablePointer<Double>, _ batch: MetricBatch) {
        for i in 0..<batch.count * batch.columns where (batch.outputs[i] > threshold) == (batch.targets[i] > 0.5) {
            state[0] += 1
        }
        state[1] += Double(batch.count * batch.columns)
    }
}

/// The area under the ROC curve: how often a yes has a larger output than a no. Outputs are probabilities; all outputs count
/// together. Approximated with evenly spaced thresholds and trapezia, as in Keras.
public struct AUC: Metric, Equatable {
    public let name = "auc"
    /// How many there are, 0 and 1 among them: 2 to a million. More are nearer to the true area.
    public let thresholds: Int

    /// 200, as in Keras, unless said otherwise.
    public init(thresholds: Int = 200) { self.thresholds = thresholds }

    public func stateCount(columns: Int) -> Int { 2 * thresholds }

    public func problem(withOutput shape: Shape) -> String? {
        (2...1_000_000).contains(thresholds) ? nil : "thresholds must be 2 to 1000000, not \(thresholds)"
    }

    public func update(_ state: UnsafeMutablePointer<Double>, _ batch: MetricBatch) {
        let last = thresholds - 1
        for i in 0..<batch.count * batch.columns {
            let output = batch.outputs[i]
            // The thresholds below the output are those up to this one.
            let place = output.isFinite ? Int((min(max(output, 0), 1) * Float(last)).rounded(.up)) - 1 : 0
            state[(batch.targets[i] > 0.5 ? 0 : thresholds) + max(place, 0)] += 1
        }
    }

    public func result(_ state: UnsafePointer<Double>, columns: Int) -> Double? {
        var yes = 0.0, no = 0.0
        for i in 0..<thresholds {
            yes += state[i]
            no += state[thresholds + i]
        }
        guard yes > 0, no > 0 else { return nil }
        // From the highest threshold, above which nothing lies, down to the lowest.
        var area = 0.0, hits = 0.0, misses = 0.0
        for i in stride(from: thresholds - 1, through: 0, by: -1) {
            let moreHits = hits + state[i], moreMisses = misses + state[thresholds + i]
            area += (moreMisses - misses) / no * (hits + moreHits) / (2 * yes)
            (hits, misses) = (moreHits, moreMisses)
        }
        return area
    }
}

enum AccuracyProblem {
    static func classes(_ shape: Shape) -> String? {
        shape.last.map { $0 > 1 } ?? false
            ? nil
            : "it needs two or more classes; one output has a BinaryAccuracy, or a MeanAbsoluteErrorMetric for numbers"
    }
}
