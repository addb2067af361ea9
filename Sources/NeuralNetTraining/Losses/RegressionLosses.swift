import JSON
import NeuralNetCore

/// The mean over the outputs of `(p - y)^2`.
public struct MeanSquaredError: Loss, Equatable {
    public static let className = "MeanSquaredError"

    public init() {}

    public func evaluate(_ batch: LossBatch) -> Double {
        batch.meanOverValues { p, y in
            let d = p - y
            return (d * d, 2 * d)
        }
    }
}

/// The mean over the outputs of `|p - y|`.
public struct MeanAbsoluteError: Loss, Equatable {
    public static let className = "MeanAbsoluteError"

    public init() {}

    public func evaluate(_ batch: LossBatch) -> Double {
        batch.meanOverValues { p, y in
            let d = p - y
            return (abs(d), d > 0 ? 1 : d < 0 ? -1 : 0)
        }
    }
}

/// Squared for errors up to `delta`, `d^2 / 2`, and linear beyond, `delta (|d| - delta / 2)`, so that outliers count less.
/// P. Huber, "Robust Estimation of a Location Parameter", 1964.
public struct Huber: Loss, Equatable {
    public static let className = "Huber"
    /// Above 0.
    public var delta: Float

    /// Keras's default.
    public init(delta: Float = 1) { self.delta = delta }

    public var config: [String: JSONValue] { ["delta": .double(Double(delta))] }

    public func problem(withOutput shape: Shape, activation: Activation) -> String? {
        delta > 0 && delta.isFinite ? nil : "delta must be above 0, not \(delta)"
    }

    public func evaluate(_ batch: LossBatch) -> Double {
        batch.meanOverValues { p, y in
            let d = p - y
            if abs(d) <= delta { return (d * d / 2, d) }
            return (delta * (abs(d) - delta / 2), d > 0 ? delta : -delta)
        }
    }
}

extension Loss where Self == CategoricalCrossentropy {
    /// For targets that are distributions over classes.
    public static func categoricalCrossentropy(labelSmoothing: Float = 0) -> Self {
        Self(labelSmoothing: labelSmoothing)
    }
}

extension Loss where Self == SparseCategoricalCrossentropy {
    /// For targets that are numbers of classes.
    public static var sparseCategoricalCrossentropy: Self { Self() }
}

extension Loss where Self == BinaryCrossentropy {
    /// For answers of yes and no, one or many.
    public static var binaryCrossentropy: Self { Self() }
}

extension Loss where Self == MeanSquaredError {
    /// For numbers.
    public static var meanSquaredError: Self { Self() }
}

extension Loss where Self == MeanAbsoluteError {
    /// For numbers, where outliers should count less.
    public static var meanAbsoluteError: Self { Self() }
}
