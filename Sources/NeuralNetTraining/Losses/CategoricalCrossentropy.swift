import CKernels
import JSON
import NeuralNetCore

/// `-sum y log p` for a target distribution y over the last axis. Targets are first mixed with the uniform distribution:
/// `y (1 - s) + s / classes` (C. Szegedy et al., "Rethinking the Inception Architecture", 2016, section 7). Behind a final
/// softmax, or with `fromLogits`, it is computed from the logits.
public struct CategoricalCrossentropy: Loss, Equatable {
    public static let className = "CategoricalCrossentropy"
    /// Share of the uniform distribution, 0...1.
    public var labelSmoothing: Float
    /// The model puts out logits, not probabilities.
    public var fromLogits: Bool

    /// Keras's defaults.
    public init(labelSmoothing: Float = 0, fromLogits: Bool = false) {
        self.labelSmoothing = labelSmoothing
        self.fromLogits = fromLogits
    }

    public var absorbedActivation: Activation? { fromLogits ? nil : .softmax }
    public var standardMetrics: [any Metric] { [CategoricalAccuracy()] }
    public var config: [String: JSONValue] {
        ["from_logits": .bool(fromLogits), "label_smoothing": .double(Double(labelSmoothing)), "axis": -1]
    }

    public func problem(withOutput shape: Shape, activation: Activation) -> String? {
        Probabilities.problem(withClasses: shape, activation, fromLogits: fromLogits)
    }

    public func evaluate(_ batch: LossBatch) -> Double {
        let classes = batch.classes, share = labelSmoothing / Float(classes), keep = 1 - labelSmoothing
        if fromLogits || batch.isBeforeActivation {
            return batch.sumOverRows(targetsPerRow: classes) { z, y, g, factor in
                let logSum = Probabilities.logSumExp(z, classes)
                var loss: Float = 0, mass: Float = 0
                for i in 0..<classes {
                    let target = y[i] * keep + share
                    mass += target
                    loss += target * (logSum - z[i])
                }
                if let g {
                    for i in 0..<classes { g[i] = (mass * expf(z[i] - logSum) - (y[i] * keep + share)) * factor }
                }
                return loss
            }
        }
        return batch.sumOverRows(targetsPerRow: classes) { p, y, g, factor in
            Probabilities.crossentropy(p, classes, g, factor) { y[$0] * keep + share }
        }
    }
}

/// Cross-entropy whose targets are numbers of classes, one for each row of the output.
public struct SparseCategoricalCrossentropy: Loss, Equatable {
    public static let className = "SparseCategoricalCrossentropy"
    /// The model puts out logits, not probabilities.
    public var fromLogits: Bool

    /// Keras's default: the model puts out probabilities.
    public init(fromLogits: Bool = false) { self.fromLogits = fromLogits }

    public var absorbedActivation: Activation? { fromLogits ? nil : .softmax }
    public var standardMetrics: [any Metric] { [CategoricalAccuracy()] }
    public var config: [String: JSONValue] { ["from_logits": .bool(fromLogits)] }

    public func targetCount(forOutput shape: Shape) -> Int { shape.dropLast().reduce(1, *) }

    public func problem(withOutput shape: Shape, activation: Activation) -> String? {
        Probabilities.problem(withClasses: shape, activation, fromLogits: fromLogits)
    }

    public func evaluate(_ batch: LossBatch) -> Double {
        let classes = batch.classes
        if fromLogits || batch.isBeforeActivation {
            return batch.sumOverRows(targetsPerRow: 1) { z, y, g, factor in
                let label = Probabilities.label(y[0], classes)
                let logSum = Probabilities.logSumExp(z, classes)
                if let g {
                    for i in 0..<classes { g[i] = (expf(z[i] - logSum) - (i == label ? 1 : 0)) * factor }
                }
                return label < classes ? logSum - z[label] : .nan
            }
        }
        return batch.sumOverRows(targetsPerRow: 1) { p, y, g, factor in
            let label = Probabilities.label(y[0], classes)
            guard label < classes else { return .nan }
            return Probabilities.crossentropy(p, classes, g, factor) { $0 == label ? 1 : 0 }
        }
    }
}

/// `sum y log(y / p)`: how far the output is from the target distribution. S. Kullback, R. Leibler, 1951. As in Keras both
/// are kept in 1e-7...1.
public struct KLDivergence: Loss, Equatable {
    public static let className = "KLDivergence"

    public init() {}

    public var standardMetrics: [any Metric] { [] }

    public func problem(withOutput shape: Shape, activation: Activation) -> String? {
        Probabilities.problem(withClasses: shape, activation, fromLogits: false)
    }

    public func evaluate(_ batch: LossBatch) -> Double {
        let classes = batch.classes, tiny: Float = 1e-7
        return batch.sumOverRows(targetsPerRow: classes) { p, y, g, factor in
            var loss: Float = 0
            for i in 0..<classes {
                let target = min(max(y[i], tiny), 1), q = min(max(p[i], tiny), 1)
                loss += target * logf(target / q)
                g?[i] = p[i] == q ? -target / q * factor : 0
            }
            return loss
        }
    }
}

/// Cross-entropy in which what is known already counts less: `-alpha (1 - p)^gamma y log p`.
/// T.-Y. Lin et al., "Focal Loss for Dense Object Detection", 2017, equation 5; several classes as in Keras.
public struct CategoricalFocalCrossentropy: Loss, Equatable {
    public static let className = "CategoricalFocalCrossentropy"
    /// A factor of the whole loss.
    public var alpha: Float
    /// A factor for each class instead; empty for `alpha`. Keras takes either as `alpha`.
    public var classAlphas: [Float]
    /// How much less the known counts, 0 or more; 0 is plain cross-entropy times `alpha`.
    public var gamma: Float
    /// Share of the uniform distribution, 0...1.
    public var labelSmoothing: Float
    /// The model puts out logits, not probabilities.
    public var fromLogits: Bool

    /// Keras's defaults.
    public init(
        alpha: Float = 0.25, gamma: Float = 2, labelSmoothing: Float = 0, fromLogits: Bool = false,
        classAlphas: [Float] = []
    ) {
        self.alpha = alpha
        self.gamma = gamma
        self.labelSmoothing = labelSmoothing
        self.fromLogits = fromLogits
        self.classAlphas = classAlphas
    }

    public var standardMetrics: [any Metric] { [CategoricalAccuracy()] }
    public var config: [String: JSONValue] {
        [
            "alpha": classAlphas.isEmpty
                ? .double(Double(alpha)) : .array(classAlphas.map { .double(Double($0)) }),
            "gamma": .double(Double(gamma)), "from_logits": .bool(fromLogits),
            "label_smoothing": .double(Double(labelSmoothing)), "axis": -1,
        ]
    }

    public func problem(withOutput shape: Shape, activation: Activation) -> String? {
        if !classAlphas.isEmpty, classAlphas.count != shape.last {
            return "it has factors for \(classAlphas.count) classes"
        }
        return Probabilities.problem(withClasses: shape, activation, fromLogits: fromLogits)
    }

    public func evaluate(_ batch: LossBatch) -> Double {
        let classes = batch.classes, tiny: Float = 1e-7
        let share = labelSmoothing / Float(classes), keep = 1 - labelSmoothing
        return batch.sumOverRows(targetsPerRow: classes) { p, y, g, factor in
            var sum: Float = 0, logSum: Float = 0
            if fromLogits {
                logSum = Probabilities.logSumExp(p, classes)
            } else {
                for i in 0..<classes { sum += p[i] }
            }
            func probability(_ i: Int) -> Float { fromLogits ? expf(p[i] - logSum) : p[i] / sum }
            var loss: Float = 0, dot: Float = 0
            for i in 0..<classes {
                let q = probability(i), c = min(max(q, tiny), 1 - tiny), target = y[i] * keep + share
                let alpha = classAlphas.isEmpty ? alpha : classAlphas[i]
                let power = powf(1 - c, gamma)
                loss -= alpha * power * target * logf(c)
                guard g != nil else { continue }
                let slope =
                    c == q
                    ? alpha * target * (gamma * powf(1 - c, gamma - 1) * logf(c) - power / c) : 0
                dot += slope * q
                g![i] = slope
            }
            guard let g else { return loss }
            for i in 0..<classes {
                // Through the normalisation, d q_j / d p_i = (delta - q_j) / sum, or softmax, (delta - q_j) q_i.
                g[i] = (g[i] - dot) * (fromLogits ? probability(i) : 1 / sum) * factor
            }
            return loss
        }
    }
}

/// What losses over distributions share.
enum Probabilities {
    static func logSumExp(_ z: UnsafePointer<Float>, _ count: Int) -> Float {
        var largest = z[0]
        for i in 1..<max(count, 1) { largest = max(largest, z[i]) }
        var sum: Float = 0
        for i in 0..<count { sum += expf(z[i] - largest) }
        return logf(sum) + largest
    }

    /// The number of a class; `classes` for what is none.
    static func label(_ value: Float, _ classes: Int) -> Int {
        value >= 0 && value < Float(classes) ? Int(value) : classes
    }

    /// Cross-entropy of probabilities, which are normalised and kept away from 0 and 1 as in Keras.
    static func crossentropy(
        _ p: UnsafePointer<Float>, _ classes: Int, _ gradient: UnsafeMutablePointer<Float>?, _ factor: Float,
        _ target: (Int) -> Float
    ) -> Float {
        let tiny: Float = 1e-7
        var sum: Float = 0
        for i in 0..<classes { sum += p[i] }
        var loss: Float = 0, dot: Float = 0
        for i in 0..<classes {
            let q = p[i] / sum
            let c = min(max(q, tiny), 1 - tiny)
            loss -= target(i) * logf(c)
            // What was moved does not change with p.
            if c == q { dot += target(i) }
        }
        guard let gradient else { return loss }
        for i in 0..<classes {
            let q = p[i] / sum
            let isMoved = q < tiny || q > 1 - tiny
            gradient[i] = (dot - (isMoved ? 0 : target(i) / q)) / sum * factor
        }
        return loss
    }

    static func problem(withClasses shape: Shape, _ activation: Activation, fromLogits: Bool) -> String? {
        guard let classes = shape.last, classes > 1 else {
            return "it needs two or more classes; one output fits BinaryCrossentropy, or MeanSquaredError for numbers"
        }
        if fromLogits, activation == .softmax { return "it takes logits, but the model ends in a softmax" }
        if !fromLogits, activation == .linear {
            return "it takes probabilities: end the model in a softmax, or say fromLogits"
        }
        return nil
    }
}
