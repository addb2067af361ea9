import CKernels

extension Activation {
    /// Whether the derivative is computed from the input (otherwise the output is enough).
    var needsInput: Bool {
        switch self {
        case .swish, .gelu: return true
        case .celu, .softplus, .mish, .hardSwish, .hardTanh, .tanhShrink, .softShrink, .hardShrink,
            .squareplus, .sparsePlus, .sparseSigmoid, .rectifier, .selu, .softsign, .logSigmoid:
            return true
        // A slope below zero turns the sign of the output, which then no longer tells the side.
        case .leakyRelu(let slope): return slope < 0
        case .elu(let alpha): return alpha < 0
        default: return false
        }
    }

    /// `y = f(x)` for `rows` rows of `columns` values; in place where both are the same memory.
    func forward(
        _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, rows: Int, columns: Int
    ) {
        let n = rows * columns
        switch self {
        case .linear: if UnsafePointer(y) != x { y.update(from: x, count: n) }
        case .relu: fm_relu(x, y, n)
        case .relu6: for i in 0..<n { y[i] = min(max(x[i], 0), 6) }
        case .leakyRelu(let slope): fm_leaky_relu(x, y, n, slope)
        case .elu(let alpha): for i in 0..<n { y[i] = x[i] > 0 ? x[i] : alpha * expm1f(x[i]) }
        case .sigmoid: fm_sigmoid(x, y, n)
        case .tanh: for i in 0..<n { y[i] = tanhf(x[i]) }
        case .swish: fm_swish(x, y, n)
        case .gelu(approximate: false): fm_gelu(x, y, n)
        case .gelu(approximate: true): for i in 0..<n { y[i] = Activation.geluTanh(x[i]) }
        case .softmax:
            for r in 0..<rows {
                let a = x + r * columns, b = y + r * columns
                var largest = a[0]
                for i in 1..<max(columns, 1) { largest = max(largest, a[i]) }
                var sum: Float = 0
                for i in 0..<columns {
                    b[i] = expf(a[i] - largest)
                    sum += b[i]
                }
                for i in 0..<columns { b[i] /= sum }
            }
        case .logSoftmax:
            for r in 0..<rows {
                let a = x + r * columns, b = y + r * columns
                var largest = a[0]
                for i in 1..<max(columns, 1) { largest = max(largest, a[i]) }
                var sum: Float = 0
                for i in 0..<columns { sum += expf(a[i] - largest) }
                let shift = largest + logf(sum)
                for i in 0..<columns { b[i] = a[i] - shift }
            }
        case .hardSigmoid(let slope): fm_hard_sigmoid(x, y, n, slope)
        case .hardSwish: fm_hard_swish(x, y, n)
        default: pointwise(x, y, n)
        }
    }

    /// `dx = dy f'(x)`, from the output, or from the input for those with `needsInput`.
    func backward(
        dy: UnsafePointer<Float>, x: UnsafePointer<Float>, y: UnsafePointer<Float>,
        dx: UnsafeMutablePointer<Float>, rows: Int, columns: Int
    ) {
        let n = rows * columns
        switch self {
        case .linear: if UnsafePointer(dx) != dy { dx.update(from: dy, count: n) }
        case .relu: fm_relu_gradient(dy, y, dx, n)
        case .relu6: for i in 0..<n { dx[i] = y[i] > 0 && y[i] < 6 ? dy[i] : 0 }
        case .leakyRelu(let slope): fm_leaky_relu_gradient(dy, needsInput ? x : y, dx, n, slope)
        case .elu(let alpha):
            let side = needsInput ? x : y
            for i in 0..<n {
                dx[i] = side[i] > 0 ? dy[i] : needsInput ? dy[i] * alpha * expf(x[i]) : dy[i] * (y[i] + alpha)
            }
        case .sigmoid: for i in 0..<n { dx[i] = dy[i] * y[i] * (1 - y[i]) }
        case .tanh: for i in 0..<n { dx[i] = dy[i] * (1 - y[i] * y[i]) }
        case .swish: fm_swish_gradient(dy, x, dx, n)
        case .gelu(approximate: false): fm_gelu_gradient(dy, x, dx, n)
        case .gelu(approximate: true): for i in 0..<n { dx[i] = dy[i] * Activation.geluTanhSlope(x[i]) }
        case .softmax:
            for r in 0..<rows {
                let g = dy + r * columns, p = y + r * columns, d = dx + r * columns
                var dot: Float = 0
                for i in 0..<columns { dot += g[i] * p[i] }
                for i in 0..<columns { d[i] = p[i] * (g[i] - dot) }
            }
        case .logSoftmax:
            for r in 0..<rows {
                let g = dy + r * columns, p = y + r * columns, d = dx + r * columns
                var sum: Float = 0
                for i in 0..<columns { sum += g[i] }
                for i in 0..<columns { d[i] = g[i] - expf(p[i]) * sum }
            }
        case .exponential: for i in 0..<n { dx[i] = dy[i] * y[i] }
        case .hardSigmoid(let slope): fm_hard_sigmoid_gradient(dy, y, dx, n, slope)
        case .hardSwish: fm_hard_swish_gradient(dy, x, dx, n)
        default: pointwiseGradient(dy, x, dx, n)
        }
    }

    private static func geluTanh(_ x: Float) -> Float {
        0.5 * x * (1 + tanhf(0.79788456 * (x + 0.044715 * x * x * x)))
    }

    private static func geluTanhSlope(_ x: Float) -> Float {
        let t = tanhf(0.79788456 * (x + 0.044715 * x * x * x))
        return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * 0.79788456 * (1 + 0.134145 * x * x)
    }
}
