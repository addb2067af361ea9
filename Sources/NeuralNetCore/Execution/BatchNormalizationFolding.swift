/// Makes the kernel and bias of "linear layer, then BatchNormalization" when the moving statistics are fixed:
/// `kernel' = kernel s` and `bias' = (bias - mean) s + beta` with `s = gamma / sqrt(variance + epsilon)` per output.
struct BatchNormalizationFolding: Sendable {
    private let kind: any NormalizingKernel
    private let entries: [Weights.Entry]
    private let kernel: Range<Int>
    private let normalization: Range<Int>
    let outputs: Int

    /// Nil if the kernel's last axes are not the normalized channels.
    init?(_ kind: any NormalizingKernel, of entries: [Weights.Entry], kernel: Range<Int>, normalization: Range<Int>) {
        outputs = entries[normalization.upperBound - 1].specification.count
        guard let first = kernel.first, kernel.count <= 2, entries[first].specification.count % outputs == 0 else {
            return nil
        }
        self.kind = kind
        self.entries = entries
        self.kernel = kernel
        self.normalization = normalization
    }

    var kernelCount: Int { entries[kernel.lowerBound].specification.count }
    /// Floats for kernel and bias, each on whole cache lines.
    var memory: Int { biasOffset + (outputs + 15) / 16 * 16 }
    var biasOffset: Int { (kernelCount + 15) / 16 * 16 }

    func write(_ weights: Weights, to target: UnsafeMutablePointer<Float>) {
        func values(_ index: Int) -> UnsafeMutablePointer<Float> { weights.values + entries[index].offset }
        let mean = values(normalization.upperBound - 2), variance = values(normalization.upperBound - 1)
        let gamma = kind.hasFactor ? values(normalization.lowerBound) : nil
        let beta = kind.hasShift ? values(normalization.lowerBound + (kind.hasFactor ? 1 : 0)) : nil
        let old = values(kernel.lowerBound), oldBias = kernel.count == 2 ? values(kernel.lowerBound + 1) : nil
        let bias = target + biasOffset, epsilon = kind.epsilon
        for k in 0..<outputs {
            let factor = (gamma?[k] ?? 1) / (variance[k] + epsilon).squareRoot()
            bias[k] = ((oldBias?[k] ?? 0) - mean[k]) * factor + (beta?[k] ?? 0)
            for row in 0..<kernelCount / outputs { target[row * outputs + k] = old[row * outputs + k] * factor }
        }
    }
}
