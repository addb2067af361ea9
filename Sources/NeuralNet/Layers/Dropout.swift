import CKernels

/// While training, sets each element to 0 with probability `rate` and scales the others by `1 / (1 - rate)`;
/// otherwise does nothing.
///
/// Input and output have the same shape. N. Srivastava et al., "Dropout", JMLR 2014.
public struct Dropout: Layer {
    public static let className = "Dropout"
    public var name: String
    /// Fraction dropped, 0 ..< 1.
    public var rate: Float

    public init(_ rate: Float, name: String = "") {
        self.rate = rate
        self.name = name
    }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        try require(rate >= 0 && rate < 1, "rate", "in 0 ..< 1", rate)
        return try single(inputs)
    }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? {
        context.isTraining && rate > 0 ? DropoutKernel(rate: rate, count: context.outputShape.reduce(1, *)) : nil
    }

    public var config: [String: JSONValue] {
        ["rate": .double(Double(rate)), "seed": nil, "noise_shape": nil]
    }
}

/// The mask is never stored: it is a function of seed and position.
struct DropoutKernel: LayerKernel {
    let rate: Float
    let count: Int
    var memory: KernelMemory { KernelMemory() }

    func forward(_ b: LayerBuffers, _ pass: Pass) {
        apply(b.inputs[0], b.output, pass, drops: pass.isTraining && pass.dropoutScale > 0)
    }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        guard let dx = b.inputGradients[0] else { return }
        apply(b.outputGradient!, dx, pass, drops: pass.isTraining && pass.dropoutScale > 0)
    }

    private func apply(
        _ x: UnsafeMutablePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ pass: Pass, drops: Bool
    ) {
        var random = RandomGenerator(seed: pass.seed)
        let key = UInt32(truncatingIfNeeded: random.next())
        pass.threads.runRanges(pass.count) { _, range in
            let start = range.lowerBound * count, n = range.count * count
            if drops {
                fm_dropout(x + start, y + start, n, UInt32(truncatingIfNeeded: start), key, rate * pass.dropoutScale)
            } else {
                (y + start).update(from: x + start, count: n)
            }
        }
    }
}
