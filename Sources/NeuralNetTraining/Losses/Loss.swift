import JSON
import NeuralNetCore

/// What training minimises: the mean over the batch of a value per sample, for one output of the model.
///
/// Shipped: `CategoricalCrossentropy`, `SparseCategoricalCrossentropy`, `BinaryCrossentropy`, `MeanSquaredError`,
/// `MeanAbsoluteError`, `Huber`, `KLDivergence`, `CategoricalFocalCrossentropy`, `BinaryFocalCrossentropy`, with Keras's
/// definitions. A loss of one's own is a type with a name and `evaluate`.
public protocol Loss: Sendable {
    /// Keras's class name, or one's own.
    static var className: String { get }
    /// Keras's configuration fields.
    var config: [String: JSONValue] { get }

    /// The activation at the end of the model that the loss can compute together with itself, from its input: neither
    /// overflows nor loses small probabilities then. Nil for none.
    var absorbedActivation: Activation? { get }

    /// Values per sample that it compares with: as many as the output has, unless it says otherwise.
    func targetCount(forOutput shape: Shape) -> Int

    /// What cannot be right about an output of that shape that ends in that activation, and what would fit; nil if
    /// nothing is wrong.
    func problem(withOutput shape: Shape, activation: Activation) -> String?

    /// The metrics that are measured beside it when nobody says which.
    var standardMetrics: [any Metric] { get }

    /// The sum of the samples' losses, each times its weight; writes the gradient of that sum times `batch.scale`. Must
    /// not allocate.
    func evaluate(_ batch: LossBatch) -> Double
}

extension Loss {
    public var config: [String: JSONValue] { [:] }
    public var absorbedActivation: Activation? { nil }
    public func targetCount(forOutput shape: Shape) -> Int { shape.reduce(1, *) }
    public func problem(withOutput shape: Shape, activation: Activation) -> String? { nil }
    public var standardMetrics: [any Metric] { [] }

    /// Keras's name for it: `categorical_crossentropy`.
    package var identifier: String { Self.className.snakeCase }
}

/// One output's part of a batch, as a loss sees it.
public struct LossBatch {
    /// What the model put out, or the input of its last activation if `isBeforeActivation`: `count` rows of `columns`.
    public var values: UnsafePointer<Float>
    /// True when the model's last activation is `absorbedActivation`, and `values` are what goes into it.
    public var isBeforeActivation: Bool
    /// `count` rows of `targetColumns`.
    public var targets: UnsafePointer<Float>
    /// A factor per sample; nil for 1.
    public var weights: UnsafePointer<Float>?
    /// Samples.
    public var count: Int
    /// Values per sample.
    public var columns: Int
    /// Size of the output's last axis, over which classes lie.
    public var classes: Int
    /// Target values per sample: `columns`, or one for each row of classes.
    public var targetColumns: Int
    /// Factor of the gradient.
    public var scale: Float
    /// Where the gradient with respect to `values` goes, in the same layout; nil if it is not wanted.
    public var gradient: UnsafeMutablePointer<Float>?

    /// By default all values of a sample lie in one row of classes, and targets are as wide.
    public init(
        values: UnsafePointer<Float>, isBeforeActivation: Bool = false, targets: UnsafePointer<Float>,
        weights: UnsafePointer<Float>? = nil, count: Int, columns: Int, classes: Int? = nil, targetColumns: Int? = nil,
        scale: Float = 1, gradient: UnsafeMutablePointer<Float>? = nil
    ) {
        self.values = values
        self.isBeforeActivation = isBeforeActivation
        self.targets = targets
        self.weights = weights
        self.count = count
        self.columns = columns
        self.classes = classes ?? columns
        self.targetColumns = targetColumns ?? columns
        self.scale = scale
        self.gradient = gradient
    }

    /// Calls `body` with each row of classes: its values, its targets, where its gradient goes, and the factor of the
    /// gradient. What `body` returns is added up as the samples' losses are: rows of one sample count by their mean.
    public func sumOverRows(
        targetsPerRow: Int,
        _ body: (UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>?, Float) -> Float
    ) -> Double {
        let rows = max(columns / max(classes, 1), 1)
        var total = 0.0
        for sample in 0..<count {
            let weight = weights?[sample] ?? 1
            let factor = weight * scale / Float(rows)
            var sum = 0.0
            for row in 0..<rows {
                let place = sample * columns + row * classes
                sum += Double(
                    body(
                        values + place, targets + (sample * rows + row) * targetsPerRow, gradient.map { $0 + place },
                        factor))
            }
            total += sum / Double(rows) * Double(weight)
        }
        return total
    }

    /// Calls `body` with each value and its target; it returns their loss and its derivative. A sample's loss is their
    /// mean.
    public func meanOverValues(_ body: (Float, Float) -> (loss: Float, derivative: Float)) -> Double {
        var total = 0.0
        for sample in 0..<count {
            let weight = weights?[sample] ?? 1
            let factor = weight * scale
            var sum = 0.0
            for i in sample * columns..<(sample + 1) * columns {
                let (loss, derivative) = body(values[i], targets[i])
                sum += Double(loss)
                gradient?[i] = derivative / Float(columns) * factor
            }
            total += sum / Double(columns) * Double(weight)
        }
        return total
    }
}
