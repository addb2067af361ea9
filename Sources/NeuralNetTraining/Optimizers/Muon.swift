import CKernels
import JSON
import NeuralNetCore

/// Momentum whose matrices are made orthogonal before each step: all directions are learnt at one speed. Kernels of
/// convolutions count as matrices of `height * width * inputs` rows; vectors (biases, BatchNormalization) are left to Adam
/// with a rate of its own. K. Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024, with the
/// Newton-Schulz iteration in floats.
public struct Muon: Optimizer {
    public static let className = "Muon"
    public var learningRate: Float
    /// Share of the running mean of gradients kept per step, 0..<1.
    public var momentum: Float
    /// Whether the step looks ahead along the momentum.
    public var nesterov: Bool
    /// Iterations that make a matrix orthogonal.
    public var iterations: Int
    public var weightDecay: Float
    /// Adam's rate for vectors, as a factor of `learningRate`.
    public var vectorRateFactor: Float
    private let adam = Adam()

    public init(
        learningRate: Float = 0.02, momentum: Float = 0.95, nesterov: Bool = true, iterations: Int = 5,
        weightDecay: Float = 0, vectorRateFactor: Float = 0.05
    ) {
        self.learningRate = learningRate
        self.momentum = momentum
        self.nesterov = nesterov
        self.iterations = iterations
        self.weightDecay = weightDecay
        self.vectorRateFactor = vectorRateFactor
    }

    public var slots: [String] { ["momentum", "velocity"] }
    public var updatesWholeTensors: Bool { true }

    private static func matrix(_ shape: Shape) -> (rows: Int, columns: Int)? {
        guard shape.count >= 2, let columns = shape.last else { return nil }
        let rows = shape.dropLast().reduce(1, *)
        return rows > 1 && columns > 1 ? (rows, columns) : nil
    }

    public func scratchCount(_ shape: Shape) -> Int {
        guard let (rows, columns) = Muon.matrix(shape) else { return 0 }
        let side = min(rows, columns)
        return 2 * rows * columns + 2 * side * side
    }

    public func update(_ s: OptimizerStep) {
        guard let (rows, columns) = Muon.matrix(s.tensor.specification.shape), let scratch = s.scratch else {
            var step = s
            step.learningRate *= vectorRateFactor
            return adam.update(step)
        }
        let m = s.slots[0]
        for i in 0..<s.count {
            let g = s.gradients[i] * s.gradientScale
            m[i] = momentum * m[i] + (1 - momentum) * g
            scratch[i] = nesterov ? momentum * m[i] + (1 - momentum) * g : m[i]
        }
        let direction = Muon.orthogonalize(scratch, rows: rows, columns: columns, iterations: iterations)
        let rate = s.learningRate * max(1, Float(rows) / Float(columns)).squareRoot()
        let decay = s.learningRate * s.weightDecay
        for i in 0..<s.count { s.weights[i] -= decay * s.weights[i] + rate * direction[i] }
    }

    /// Brings the singular values of a matrix close to 1, leaving their directions: `X <- a X + (b A + c A A) X` with
    /// `A = X X'`, from the smaller side. The memory behind the matrix is used; returns where the result lies.
    static func orthogonalize(
        _ matrix: UnsafeMutablePointer<Float>, rows: Int, columns: Int, iterations: Int
    ) -> UnsafeMutablePointer<Float> {
        let count = rows * columns, side = min(rows, columns)
        var x = matrix, other = matrix + count
        let gram = matrix + 2 * count, polynomial = gram + side * side
        let norm = Float(fm_sum_squares(x, count).squareRoot()) + 1e-7
        for i in 0..<count { x[i] /= norm }
        let (a, b, c): (Float, Float, Float) = (3.4445, -4.7750, 2.0315)
        let isWide = rows <= columns
        for _ in 0..<iterations {
            if isWide {
                BLAS.gemm(false, true, side, side, columns, x, columns, x, columns, 0, gram, side)
            } else {
                BLAS.gemm(true, false, side, side, rows, x, columns, x, columns, 0, gram, side)
            }
            BLAS.gemm(false, false, side, side, side, gram, side, gram, side, 0, polynomial, side)
            for i in 0..<side * side { polynomial[i] = b * gram[i] + c * polynomial[i] }
            if isWide {
                BLAS.gemm(false, false, rows, columns, side, polynomial, side, x, columns, 0, other, columns)
            } else {
                BLAS.gemm(false, false, rows, columns, side, x, columns, polynomial, side, 0, other, columns)
            }
            for i in 0..<count { other[i] += a * x[i] }
            swap(&x, &other)
        }
        return x
    }

    public var config: [String: JSONValue] {
        [
            "learning_rate": .double(Double(learningRate)), "momentum": .double(Double(momentum)),
            "nesterov": .bool(nesterov), "ns_steps": .int(iterations),
            "adam_lr_ratio": .double(Double(vectorRateFactor)),
        ]
    }
}
