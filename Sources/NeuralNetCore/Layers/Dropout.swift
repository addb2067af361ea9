import CKernels
import JSON
import Randomness

/// While training, sets each element to 0 with probability `rate` and scales the others by `1 / (1 - rate)`;
/// otherwise does nothing.
///
/// Input and output have the same shape. N. Srivastava et al., "Dropout", JMLR 2014.
public struct Dropout: Layer {
    public static let className = "Dropout"
    public var name: String
    /// Fraction dropped, 0 ..< 1.
    public var rate: Float
    /// 1 for each axis along which all elements fall together or stay together, nil for the others; the batch, which is
    /// the first, must be nil. Empty if each element falls on its own. `[nil, 1, 1, nil]` drops whole channels of
    /// images.
    public var noiseShape: [Int?]

    public init(_ rate: Float, noiseShape: [Int?] = [], name: String = "") {
        self.rate = rate
        self.noiseShape = noiseShape
        self.name = name
    }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        try require(rate >= 0 && rate < 1, "rate", "in 0 ..< 1", rate)
        let shape = try single(inputs)
        if !noiseShape.isEmpty {
            try require(
                noiseShape.count == shape.count + 1 && noiseShape[0] == nil
                    && zip(noiseShape.dropFirst(), shape).allSatisfy { $0 == nil || $0 == 1 || $0 == $1 },
                "noiseShape", "nil for the batch, then nil, 1 or the size for each axis of \(shape)",
                noiseShape.map { $0.map(String.init) ?? "nil" })
        }
        return shape
    }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? {
        guard context.isTraining, rate > 0 else { return nil }
        let shape = context.outputShape, mask = zip(noiseShape.dropFirst(), shape).map { $0 ?? $1 }
        return noiseShape.isEmpty || mask == shape
            ? DropoutKernel(rate: rate, count: shape.reduce(1, *))
            : SharedDropoutKernel(rate: rate, mask: mask, shape: shape, threads: context.threads)
    }

    public var config: [String: JSONValue] {
        let noise: JSONValue = noiseShape.isEmpty ? .null : .array(noiseShape.map { $0.map { .int($0) } ?? .null })
        return ["rate": .double(Double(rate)), "seed": nil, "noise_shape": noise]
    }
}

/// While training, drops whole samples with the probability `rate` and divides the others by `1 - rate`: residual
/// branches that are left out. When predicting, the output is the input.
///
/// Input and output have the same shape. No parameters. G. Huang et al., "Deep Networks with Stochastic Depth", 2016.
public struct StochasticDepth: Layer {
    public static let className = "StochasticDepth"
    public var name: String
    /// Fraction of the samples that is dropped, 0 ..< 1.
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
        guard context.isTraining, rate > 0 else { return nil }
        return SharedDropoutKernel(
            rate: rate, mask: context.outputShape.map { _ in 1 }, shape: context.outputShape, threads: context.threads)
    }

    public var config: [String: JSONValue] { ["drop_path_rate": .double(Double(rate))] }
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
                let place = pass.part.first * count + start
                fm_dropout(x + start, y + start, n, UInt32(truncatingIfNeeded: place), key, rate * pass.dropoutScale)
            } else {
                (y + start).update(from: x + start, count: n)
            }
        }
    }
}

/// Elements that fall together: a smaller mask, repeated.
struct SharedDropoutKernel: LayerKernel {
    private let rate: Float
    private let mask: RepeatedTensor
    /// Rows per sample, and their length.
    private let rows: Int
    private let columns: Int
    private let threads: Int

    init(rate: Float, mask: Shape, shape: Shape, threads: Int) {
        self.rate = rate
        self.threads = threads
        let aligned = RepeatedTensor.align([mask], to: shape)
        rows = aligned.rows
        columns = aligned.columns
        self.mask = aligned.tensors[0]
    }

    private var line: Int { (mask.count + 15) / 16 * 16 }

    // Scratch per thread: ones, and what becomes of them.
    var memory: KernelMemory {
        var memory = KernelMemory()
        memory.scratch = 2 * line * threads
        return memory
    }

    func forward(_ b: LayerBuffers, _ pass: Pass) { apply(b.inputs[0], b.output, b, pass) }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        if let dx = b.inputGradients[0] { apply(b.outputGradient!, dx, b, pass) }
    }

    private func apply(
        _ x: UnsafeMutablePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ b: LayerBuffers, _ pass: Pass
    ) {
        let rate = pass.isTraining ? rate * pass.dropoutScale : 0
        var random = RandomGenerator(seed: pass.seed)
        let key = UInt32(truncatingIfNeeded: random.next())
        pass.threads.runRanges(pass.count) { thread, samples in
            let ones = b.scratch + 2 * line * thread, factors = ones + line
            ones.update(repeating: 1, count: mask.count)
            for sample in samples {
                let drawn = (pass.part.first + sample) * mask.count
                fm_dropout(ones, factors, mask.count, UInt32(truncatingIfNeeded: drawn), key, rate)
                for row in 0..<rows {
                    let place = (sample * rows + row) * columns
                    let factor = factors + mask.place(row, rows: rows, columns: columns)
                    if mask.isConstant {
                        for i in 0..<columns { y[place + i] = x[place + i] * factor[0] }
                    } else {
                        for i in 0..<columns { y[place + i] = x[place + i] * factor[i] }
                    }
                }
            }
        }
    }
}
