import CKernels

/// The rarer functions of single values, with their slopes.
extension Activation {
    private static let seluScale: Float = 1.05070098
    private static let seluAlpha: Float = 1.67326324

    private static func sigmoid(_ x: Float) -> Float { 1 / (1 + expf(-x)) }
    private static func softplus(_ x: Float) -> Float { max(x, 0) + log1pf(expf(-abs(x))) }

    @inline(__always)
    private func map(
        _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ n: Int, _ function: (Float) -> Float
    ) {
        for i in 0..<n { y[i] = function(x[i]) }
    }

    func pointwise(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ n: Int) {
        switch self {
        case .selu: map(x, y, n) { Self.seluScale * ($0 > 0 ? $0 : Self.seluAlpha * expm1f($0)) }
        case .celu(let alpha): map(x, y, n) { $0 > 0 ? $0 : alpha * expm1f($0 / alpha) }
        case .softplus: map(x, y, n) { Self.softplus($0) }
        case .softsign: map(x, y, n) { $0 / (1 + abs($0)) }
        case .mish: map(x, y, n) { $0 * tanhf(Self.softplus($0)) }
        case .exponential: map(x, y, n) { expf($0) }
        case .logSigmoid: map(x, y, n) { -Self.softplus(-$0) }
        case .hardTanh: map(x, y, n) { min(max($0, -1), 1) }
        case .tanhShrink: map(x, y, n) { $0 - tanhf($0) }
        case .softShrink: map(x, y, n) { $0 > 0.5 ? $0 - 0.5 : $0 < -0.5 ? $0 + 0.5 : 0 }
        case .hardShrink: map(x, y, n) { abs($0) > 0.5 ? $0 : 0 }
        case .squareplus: map(x, y, n) { ($0 + hypotf($0, 2)) / 2 }
        case .sparsePlus: map(x, y, n) { $0 <= -1 ? 0 : $0 < 1 ? ($0 + 1) * ($0 + 1) / 4 : $0 }
        case .sparseSigmoid: map(x, y, n) { min(max(0.5 * ($0 + 1), 0), 1) }
        case .rectifier(let maximum, let negativeSlope, let threshold):
            map(x, y, n) {
                min($0 > threshold ? max($0, 0) : 0, maximum) - negativeSlope * max(threshold - $0, 0)
            }
        default: preconditionFailure("\(self) is computed elsewhere")
        }
    }

    /// `dx = dy f'(x)`.
    func pointwiseGradient(
        _ dy: UnsafePointer<Float>, _ x: UnsafePointer<Float>, _ dx: UnsafeMutablePointer<Float>, _ n: Int
    ) {
        @inline(__always)
        func map(_ slope: (Float) -> Float) { for i in 0..<n { dx[i] = dy[i] * slope(x[i]) } }
        switch self {
        case .selu: map { Self.seluScale * ($0 > 0 ? 1 : Self.seluAlpha * expf($0)) }
        case .celu(let alpha): map { $0 > 0 ? 1 : expf($0 / alpha) }
        case .softplus: map { Self.sigmoid($0) }
        case .softsign: map { 1 / ((1 + abs($0)) * (1 + abs($0))) }
        case .mish:
            map {
                let t = tanhf(Self.softplus($0))
                return t + $0 * (1 - t * t) * Self.sigmoid($0)
            }
        case .logSigmoid: map { Self.sigmoid(-$0) }
        case .hardTanh: map { abs($0) <= 1 ? 1 : 0 }
        case .tanhShrink:
            map {
                let t = tanhf($0)
                return t * t
            }
        case .softShrink, .hardShrink: map { abs($0) > 0.5 ? 1 : 0 }
        case .squareplus: map { (1 + $0 / hypotf($0, 2)) / 2 }
        case .sparsePlus: map { $0 <= -1 ? 0 : $0 < 1 ? ($0 + 1) / 2 : 1 }
        case .sparseSigmoid: map { $0 > -1 && $0 < 1 ? 0.5 : 0 }
        case .rectifier(let maximum, let negativeSlope, let threshold):
            map { x in
                (x > threshold && x > 0 && x <= maximum ? 1 : 0) + (x < threshold ? negativeSlope : 0)
            }
        default: preconditionFailure("\(self) is computed elsewhere")
        }
    }
}
