import CKernels
import JSON

/// Normalises each channel by its mean and variance: of the batch while training, running ones otherwise; then
/// `y = gamma x̂ + beta`.
///
/// - Input and output: any shape whose axis `axis` has the channels (the last one unless given; the batch is axis 0).
/// - Parameters, each `[channels]`: `gamma`, `beta`, and not trained `moving_mean`, `moving_variance`, which keep
///   `momentum` of their value per step.
/// - S. Ioffe, C. Szegedy, "Batch Normalization", 2015, algorithms 1 and 2. Variances are biased, as in Keras 3.
public struct BatchNormalization: Layer {
    public static let className = "BatchNormalization"
    public var name: String
    /// The share of their value that running mean and variance keep per step.
    public var momentum: Float
    /// Added to the variance, so that no division is by 0.
    public var epsilon: Float
    /// Whether `beta` is added.
    public var center: Bool
    /// Whether `gamma` is a factor.
    public var scale: Bool
    /// Where the channels are; the batch is axis 0, -1 the last one.
    public var axis: Int

    public init(
        momentum: Float = 0.99, epsilon: Float = 1e-3, center: Bool = true, scale: Bool = true, axis: Int = -1,
        name: String = ""
    ) {
        self.axis = axis
        self.momentum = momentum
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
        self.name = name
    }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        let shape = try single(inputs)
        _ = try places(of: [axis], in: shape)
        try require(momentum >= 0 && momentum <= 1, "momentum", "in 0...1", momentum)
        try require(epsilon > 0, "epsilon", "positive", epsilon)
        return shape
    }

    public func parameters(_ inputs: [Shape]) -> [ParameterSpecification] {
        let shape = ((try? places(of: [axis], in: inputs[0])) ?? []).map { inputs[0][$0] }
        var result: [ParameterSpecification] = []
        if scale { result.append(ParameterSpecification(name: "gamma", shape: shape, initializer: .ones)) }
        if center { result.append(ParameterSpecification(name: "beta", shape: shape, initializer: .zeros)) }
        result.append(
            ParameterSpecification(name: "moving_mean", shape: shape, initializer: .zeros, isTrainable: false))
        result.append(
            ParameterSpecification(name: "moving_variance", shape: shape, initializer: .ones, isTrainable: false))
        return result
    }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? {
        nil
    }

    public func makeSteps(_ context: KernelContext) throws -> [LayerStep] {
        try steps(along: places(of: [axis], in: context.inputShapes[0]), context) { inner in
            let shape = inner.inputShapes[0]
            return BatchNormalizationKernel(
                layer: self, channels: shape.last ?? 1, rows: shape.dropLast().reduce(1, *), threads: inner.threads)
        }
    }

    public var config: [String: JSONValue] {
        [
            "axis": .int(axis), "momentum": .double(Double(momentum)), "epsilon": .double(Double(epsilon)),
            "center": .bool(center), "scale": .bool(scale),
            "beta_initializer": KerasConfig.initializer(.zeros), "gamma_initializer": KerasConfig.initializer(.ones),
            "moving_mean_initializer": KerasConfig.initializer(.zeros),
            "moving_variance_initializer": KerasConfig.initializer(.ones), "beta_regularizer": nil,
            "gamma_regularizer": nil, "beta_constraint": nil, "gamma_constraint": nil, "synchronized": false,
        ]
    }
}

/// Sums are made per image, then per thread, then in all: each addition is of like sizes, and the order never changes. Mean
/// and variance of an image are found while it is in the cache, and joined as in T. Chan et al., "Updating Formulae and a
/// Pairwise Algorithm for Computing Sample Variances", 1979. Where several compute a batch, `BatchPart` makes what each has
/// found that of all.
struct BatchNormalizationKernel: RectifyingKernel, NormalizingKernel {
    let layer: BatchNormalization
    let channels: Int
    /// Rows per sample.
    let rows: Int
    let threads: Int
    var relu = false

    init(layer: BatchNormalization, channels: Int, rows: Int, threads: Int) {
        self.layer = layer
        self.channels = channels
        self.rows = rows
        self.threads = threads
    }

    var hasFactor: Bool { layer.scale }
    var hasShift: Bool { layer.center }
    var epsilon: Float { layer.epsilon }
    var asksPeers: Bool { true }

    private var line: Int { (channels + 15) / 16 * 16 }

    // State: mean, 1 / deviation. Scratch: five vectors of factors, then per thread two sums and two of an image.
    var memory: KernelMemory {
        var memory = KernelMemory()
        memory.keepsInput = true
        memory.state = 2 * line
        memory.scratch = (5 + 4 * threads) * line
        return memory
    }

    private func gamma(_ b: LayerBuffers) -> UnsafeMutablePointer<Float>? { layer.scale ? b.parameters[0] : nil }
    private func beta(_ b: LayerBuffers) -> UnsafeMutablePointer<Float>? {
        layer.center ? b.parameters[layer.scale ? 1 : 0] : nil
    }
    private func moving(_ b: LayerBuffers) -> (mean: UnsafeMutablePointer<Float>, variance: UnsafeMutablePointer<Float>)
    {
        (b.parameters[b.parameters.count - 2], b.parameters[b.parameters.count - 1])
    }

    func forward(_ b: LayerBuffers, _ pass: Pass) {
        let factor = b.scratch, shift = b.scratch + line
        let mean = b.state, inverse = b.state + line
        let moving = moving(b)
        if pass.isTraining {
            measure(b, pass)
            pass.part.joinMoments(mean, inverse, channels: channels, of: pass.count * rows, message: b.scratch)
            let n = Float(pass.part.samples(pass.count) * rows)
            for c in 0..<channels {
                let variance = inverse[c] / n
                if pass.part.keepsStatistics {
                    moving.mean[c] = moving.mean[c] * layer.momentum + mean[c] * (1 - layer.momentum)
                    moving.variance[c] = moving.variance[c] * layer.momentum + variance * (1 - layer.momentum)
                }
                inverse[c] = 1 / (variance + layer.epsilon).squareRoot()
            }
        } else {
            for c in 0..<channels {
                mean[c] = moving.mean[c]
                inverse[c] = 1 / (moving.variance[c] + layer.epsilon).squareRoot()
            }
        }
        writeFactors(b, factor, shift)
        pass.threads.runParts(pass.count * rows, least: Pass.leastElements / channels) { range in
            let start = range.lowerBound * channels
            fm_scale_shift(b.inputs[0] + start, factor, shift, range.count, channels, relu ? 1 : 0, b.output + start)
        }
    }

    /// `y = x factor + shift`
    private func writeFactors(_ b: LayerBuffers, _ factor: LayerBuffers.Floats, _ shift: LayerBuffers.Floats) {
        let mean = b.state, inverse = b.state + line
        for c in 0..<channels {
            factor[c] = inverse[c] * (gamma(b)?[c] ?? 1)
            shift[c] = (beta(b)?[c] ?? 0) - mean[c] * factor[c]
        }
    }

    private func threadScratch(_ b: LayerBuffers, _ thread: Int) -> UnsafeMutablePointer<Float> {
        b.scratch + (5 + 4 * thread) * line
    }

    private func images(_ thread: Int, _ pass: Pass) -> Range<Int> {
        pass.count * thread / threads..<pass.count * (thread + 1) / threads
    }

    /// Writes the batch's means, and in the place of `1 / deviation` the sums of squares about them.
    private func measure(_ b: LayerBuffers, _ pass: Pass) {
        let bytes = channels * MemoryLayout<Float>.stride
        pass.threads.run { thread in
            let mean = threadScratch(b, thread), squares = mean + line, part = squares + line, square = part + line
            memset(mean, 0, bytes)
            memset(squares, 0, bytes)
            let images = images(thread, pass)
            for image in images {
                let x = b.inputs[0] + image * rows * channels
                memset(part, 0, bytes)
                memset(square, 0, bytes)
                fm_add_column_sums(x, rows, channels, part)
                for c in 0..<channels { part[c] /= Float(rows) }
                fm_add_column_squares(x, part, rows, channels, square)
                join((part, square), of: 1, to: (mean, squares), of: image - images.lowerBound)
            }
        }
        let mean = b.state, squares = b.state + line
        mean.update(from: threadScratch(b, 0), count: channels)
        squares.update(from: threadScratch(b, 0) + line, count: channels)
        for thread in 1..<max(threads, 1) {
            let part = threadScratch(b, thread), images = images(thread, pass)
            join((part, part + line), of: images.count, to: (mean, squares), of: images.lowerBound)
        }
    }

    private typealias Moments = (mean: UnsafeMutablePointer<Float>, squares: UnsafeMutablePointer<Float>)

    /// Makes one of the moments of two groups of images.
    private func join(_ part: Moments, of count: Int, to all: Moments, of before: Int) {
        guard count > 0 else { return }
        if before == 0 {
            all.mean.update(from: part.mean, count: channels)
            all.squares.update(from: part.squares, count: channels)
            return
        }
        let share = Float(count) / Float(before + count), weight = Float(before * rows) * share
        for c in 0..<channels {
            let difference = part.mean[c] - all.mean[c]
            all.mean[c] += difference * share
            all.squares[c] += part.squares[c] + difference * difference * weight
        }
    }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        let mean = b.state, inverse = b.state + line
        let a = b.scratch, slope = b.scratch + line, offset = b.scratch + 2 * line
        // What a ReLU let through is seen from the input again.
        let factor = relu ? b.scratch + 3 * line : nil, shift = relu ? b.scratch + 4 * line : nil
        if let factor, let shift { writeFactors(b, factor, shift) }
        let dy = b.outputGradient!
        let n = Float(pass.part.samples(pass.count) * rows), bytes = channels * MemoryLayout<Float>.stride
        pass.threads.run { thread in
            let sums = threadScratch(b, thread), products = sums + line, sum = products + line, product = sum + line
            memset(sums, 0, bytes)
            memset(products, 0, bytes)
            for image in images(thread, pass) {
                let start = image * rows * channels
                memset(sum, 0, bytes)
                memset(product, 0, bytes)
                fm_batch_norm_sums(
                    dy + start, b.inputs[0] + start, mean, factor, shift, rows, channels, sum, product)
                fm_add(sums, sum, channels)
                fm_add(products, product, channels)
            }
        }
        ThreadSums.reduce(
            threadScratch(b, 0), stride: 4 * line, threads: threads, into: offset, count: channels, overwrite: true)
        ThreadSums.reduce(
            threadScratch(b, 0) + line, stride: 4 * line, threads: threads, into: slope, count: channels,
            overwrite: true)
        let gammaGradient = layer.scale ? b.parameterGradient(0) : nil
        let betaGradient = layer.center ? b.parameterGradient(layer.scale ? 1 : 0) : nil
        for c in 0..<channels {
            if let gammaGradient {
                gammaGradient[c] = (pass.overwritesGradients ? 0 : gammaGradient[c]) + slope[c] * inverse[c]
            }
            if let betaGradient {
                betaGradient[c] = (pass.overwritesGradients ? 0 : betaGradient[c]) + offset[c]
            }
        }
        // The gradients of gamma and beta are this part's; all gradients are added up later.
        if pass.isTraining { pass.part.joinSums(slope, count: 2 * line) }
        for c in 0..<channels {
            let sumGradient = offset[c], sumProduct = slope[c]
            let gamma = gamma(b)?[c] ?? 1
            a[c] = gamma * inverse[c]
            // Fixed statistics do not depend on the input.
            slope[c] = pass.isTraining ? -a[c] * inverse[c] * inverse[c] * sumProduct / n : 0
            offset[c] = pass.isTraining ? -a[c] * sumGradient / n : 0
        }
        guard let dx = b.inputGradients[0] else { return }
        pass.threads.runParts(pass.count * rows, least: Pass.leastElements / channels) { range in
            let start = range.lowerBound * channels
            fm_batch_norm_gradient(
                dy + start, b.inputs[0] + start, mean, factor, shift, a, slope, offset, range.count, channels,
                dx + start)
        }
    }
}
