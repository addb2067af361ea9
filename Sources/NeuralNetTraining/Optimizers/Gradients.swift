import CKernels
import NeuralNetCore

/// The gradients of one step, complete and not yet applied: what a `GradientTransform` sees.
public struct Gradients {
    /// All of them, laid out as the trainable part of the weights.
    public let values: UnsafeMutableBufferPointer<Float>
    /// What they are the gradients of: layers, names and shapes.
    public let weights: Weights
    /// The step that they are for, counted from 1.
    public let step: Int
    /// Factor that the optimizer multiplies them with: scaling this costs no pass over the memory.
    public var scale: Float = 1
    let threads: ThreadPool
    let partialSums: UnsafeMutablePointer<Double>

    /// The gradient of one tensor, an index into `weights.entries`; nil if it is not trained.
    public subscript(_ entry: Int) -> UnsafeMutableBufferPointer<Float>? {
        let entry = weights.entries[entry]
        guard entry.specification.isTrainable else { return nil }
        return UnsafeMutableBufferPointer(rebasing: values[entry.offset..<entry.offset + entry.specification.count])
    }

    /// The length of all gradients as one vector, `scale` included. One pass over them.
    public func norm() -> Float {
        for thread in 0..<threads.count { partialSums[thread] = 0 }
        let values = values, partialSums = partialSums
        threads.runRanges(values.count) { thread, range in
            partialSums[thread] = fm_sum_squares(values.baseAddress! + range.lowerBound, range.count)
        }
        var sum = 0.0
        for thread in 0..<threads.count { sum += partialSums[thread] }
        return Float(sum.squareRoot()) * abs(scale)
    }
}

/// What happens to the gradients between backward pass and step: clipping, noise, a look at them, a sum over machines.
/// Several go one after the other; all training loops have this one place.
public protocol GradientTransform: Sendable {
    /// Changes the gradients in place, or their scale. What it throws ends the run. Must not allocate if steps should not.
    func apply(to gradients: inout Gradients) throws
}

/// Scales all gradients down together when their norm is larger than `limit`. R. Pascanu et al., "On the difficulty of
/// training recurrent neural networks", 2013, algorithm 1; Keras's `global_clipnorm`.
public struct GlobalNormClipping: GradientTransform, Equatable {
    /// The largest norm of all gradients as one vector; above 0.
    public var limit: Float

    /// Keras's `global_clipnorm=limit`.
    public init(_ limit: Float) { self.limit = limit }

    /// - Throws: `NeuralNetError.notFinite` for gradients that are infinite or no numbers.
    public func apply(to gradients: inout Gradients) throws {
        let norm = gradients.norm()
        guard norm.isFinite else { throw NeuralNetError.notFinite(quantity: "the gradient", step: gradients.step) }
        gradients.scale *= min(1, limit / max(norm, 1e-12))
    }
}

/// Scales each tensor's gradient down when its norm is larger than `limit`; Keras's `clipnorm`.
public struct NormClipping: GradientTransform, Equatable {
    /// The largest norm of one tensor's gradient; above 0.
    public var limit: Float

    /// Keras's `clipnorm=limit`.
    public init(_ limit: Float) { self.limit = limit }

    /// - Throws: `NeuralNetError.notFinite` for gradients that are infinite or no numbers.
    public func apply(to gradients: inout Gradients) throws {
        for index in gradients.weights.entries.indices {
            guard let tensor = gradients[index] else { continue }
            let norm = Float(fm_sum_squares(tensor.baseAddress!, tensor.count).squareRoot()) * abs(gradients.scale)
            guard norm.isFinite else { throw NeuralNetError.notFinite(quantity: "the gradient", step: gradients.step) }
            guard norm > limit else { continue }
            for i in tensor.indices { tensor[i] *= limit / norm }
        }
    }
}

/// Keeps each value in `-limit...limit`; Keras's `clipvalue`.
public struct ValueClipping: GradientTransform, Equatable {
    /// The largest magnitude of one value; above 0.
    public var limit: Float

    /// Keras's `clipvalue=limit`.
    public init(_ limit: Float) { self.limit = limit }

    public func apply(to gradients: inout Gradients) {
        let bound = limit / max(abs(gradients.scale), 1e-30)
        for i in gradients.values.indices { gradients.values[i] = min(max(gradients.values[i], -bound), bound) }
    }
}

/// A look at the gradients, or a change of them, in a closure.
public struct GradientsReady: GradientTransform {
    private let body: @Sendable (inout Gradients) throws -> Void

    /// The closure runs before each step; what it throws ends the run.
    public init(_ body: @escaping @Sendable (inout Gradients) throws -> Void) { self.body = body }

    public func apply(to gradients: inout Gradients) throws { try body(&gradients) }
}
