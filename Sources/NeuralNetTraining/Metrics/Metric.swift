import NeuralNetCore

/// What is measured beside the loss, for one output of the model, over the samples of an epoch. A value with settings only;
/// sums are kept by whoever measures.
///
/// Shipped: `CategoricalAccuracy`, `TopKCategoricalAccuracy`, `BinaryAccuracy`, `AUC`, `MeanAbsoluteErrorMetric`,
/// `MeanSquaredErrorMetric`, `R2Score`. A metric of one's own is a type with a name, sums and a result.
public protocol Metric: Sendable {
    /// Its name in records; `val_` goes before it for validation. `accuracy`, `auc`, ...
    var name: String { get }
    /// Whether larger values are better.
    var isBetterWhenLarger: Bool { get }
    /// How many sums it keeps for outputs of so many values.
    func stateCount(columns: Int) -> Int
    /// What cannot be right about an output of that shape; nil if nothing is wrong.
    func problem(withOutput shape: Shape) -> String?
    /// Adds samples to the sums, which are 0 at first. Must not allocate.
    func update(_ state: UnsafeMutablePointer<Double>, _ batch: MetricBatch)
    /// The result so far; nil where there is none, as without samples. Never 0 for want of another number.
    func result(_ state: UnsafePointer<Double>, columns: Int) -> Double?
}

extension Metric {
    public var isBetterWhenLarger: Bool { true }
    public func stateCount(columns: Int) -> Int { 2 }
    public func problem(withOutput shape: Shape) -> String? { nil }

    /// The mean of what `update` added up as a sum and a count.
    public func result(_ state: UnsafePointer<Double>, columns: Int) -> Double? {
        state[1] > 0 ? state[0] / state[1] : nil
    }
}

/// One output's part of a batch, as a metric sees it.
public struct MetricBatch {
    /// `count` rows of `columns`.
    public var outputs: UnsafePointer<Float>
    /// `count` rows of `targetColumns`: as wide as the outputs, or numbers of classes.
    public var targets: UnsafePointer<Float>
    /// Samples.
    public var count: Int
    /// Values per sample.
    public var columns: Int
    /// Size of the output's last axis.
    public var classes: Int
    /// Target values per sample: `columns`, or one for each row of classes.
    public var targetColumns: Int

    /// By default all values of a sample lie in one row, and targets are as wide as outputs.
    public init(
        outputs: UnsafePointer<Float>, targets: UnsafePointer<Float>, count: Int, columns: Int, classes: Int? = nil,
        targetColumns: Int? = nil
    ) {
        self.outputs = outputs
        self.targets = targets
        self.count = count
        self.columns = columns
        self.classes = classes ?? columns
        self.targetColumns = targetColumns ?? columns
    }

    /// Rows of classes: one a sample, more for outputs with several axes.
    var rows: Int { count * columns / max(classes, 1) }

    /// The class of a row: the largest target, or the number that stands there; nil for a number that is no class.
    func label(ofRow row: Int) -> Int? {
        if targetColumns == columns {
            return MetricBatch.largest(targets + row * classes, classes)
        }
        let label = Probabilities.label(targets[row], classes)
        return label < classes ? label : nil
    }

    /// The place of the largest value, the first of several.
    static func largest(_ values: UnsafePointer<Float>, _ count: Int) -> Int {
        var best = 0
        for i in 1..<max(count, 1) where values[i] > values[best] { best = i }
        return best
    }
}
