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
    public var momentum: Float
    public var epsilon: Float
    public var center: Bool
    public var scale: Bool
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

/// Sums are made per image, then per thread, then in all: each addition is of like sizes, and the order never changes.
/// Where a batch is computed by several (`BatchPeers`), they put their means and sums together in the samples' order.
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

    private var line: Int { (channels + 15) / 16 * 16 }

    var asksPeers: Bool { true }

    // State: mean, 1 / deviation. Scratch: three vectors of factors, then per thread two sums and one for an image.
    var memory: KernelMemory {
        var memory = KernelMemory()
        memory.keepsInput = true
        memory.keepsOutput = relu
        memory.state = 2 * line
        memory.scratch = (3 + 3 * threads) * line
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
            let n = Float(pass.count * rows)
            sum(b, pass, into: mean) { x, sums, _ in fm_add_column_sums(x, rows, channels, sums) }
            for c in 0..<channels { mean[c] /= max(n, 1) }
            sum(b, pass, into: inverse) { x, sums, _ in fm_add_column_squares(x, mean, rows, channels, sums) }
            if let peers = pass.part.peers { combine(peers, b, count: pass.count, mean, inverse) }
            let all = Float((pass.part.total ?? pass.count) * rows)
            for c in 0..<channels {
                let variance = inverse[c] / all
                if pass.part.keepsStatistics {
                    moving.mean[c] = moving.mean[c] * layer.momentum + mean[c] * (1 - layer.momentum)
                    moving.variance[c] = moving.variance[c] * layer.momentum + variance * (1 - layer.momentum)
                }
                inverse[c] = 1 / (variance + layer.epsilon).squareRoot()
            }
        }
        if !pass.isTraining {
            for c in 0..<channels {
                mean[c] = moving.mean[c]
                inverse[c] = 1 / (moving.variance[c] + layer.epsilon).squareRoot()
            }
        }
        for c in 0..<channels {
            factor[c] = inverse[c] * (gamma(b)?[c] ?? 1)
            shift[c] = (beta(b)?[c] ?? 0) - mean[c] * factor[c]
        }
        pass.threads.runRanges(pass.count * rows) { _, range in
            let start = range.lowerBound * channels
            fm_scale_shift(b.inputs[0] + start, factor, shift, range.count, channels, relu ? 1 : 0, b.output + start)
        }
    }

    /// Makes of means and sums of squared deviations those of the whole batch. T. Chan et al., "Updating formulae and a
    /// pairwise algorithm for computing sample variances", 1979.
    private func combine(
        _ peers: any BatchPeers, _ b: LayerBuffers, count: Int, _ mean: UnsafeMutablePointer<Float>,
        _ squares: UnsafeMutablePointer<Float>
    ) {
        let message = b.scratch, size = 2 * channels + 1
        message.update(from: mean, count: channels)
        (message + channels).update(from: squares, count: channels)
        message[2 * channels] = Float(count * rows)
        let all = peers.gather(message, count: size)
        for c in 0..<channels {
            var n = 0.0, m = 0.0, s = 0.0
            for peer in 0..<peers.count {
                let its = all + peer * size, more = Double(its[2 * channels])
                guard more > 0 else { continue }
                let difference = Double(its[c]) - m
                s += Double(its[channels + c]) + difference * difference * n * more / (n + more)
                n += more
                m += difference * more / n
            }
            mean[c] = Float(m)
            squares[c] = Float(s)
        }
    }

    /// Adds `add(image)` over all images of the batch; the third argument of `add` is the image's place.
    private func sum(
        _ b: LayerBuffers, _ pass: Pass, into target: UnsafeMutablePointer<Float>,
        _ add: (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
    ) {
        let bytes = channels * MemoryLayout<Float>.stride
        pass.threads.run { thread in
            let total = b.scratch + (3 + 3 * thread) * line, part = total + 2 * line
            memset(total, 0, bytes)
            for image in pass.count * thread / threads..<pass.count * (thread + 1) / threads {
                memset(part, 0, bytes)
                add(b.inputs[0] + image * rows * channels, part, image * rows * channels)
                fm_add(total, part, channels)
            }
        }
        ThreadSums.reduce(
            b.scratch + 3 * line, stride: 3 * line, threads: threads, into: target, count: channels, overwrite: true)
    }

    /// Adds the others' sums.
    private func add(
        _ peers: any BatchPeers, _ slope: UnsafeMutablePointer<Float>, _ offset: UnsafeMutablePointer<Float>
    ) {
        let all = peers.gather(slope, count: 2 * line)
        for c in 0..<channels {
            var product = 0.0, gradient = 0.0
            for peer in 0..<peers.count {
                product += Double(all[peer * 2 * line + c])
                gradient += Double(all[(peer * 2 + 1) * line + c])
            }
            slope[c] = Float(product)
            offset[c] = Float(gradient)
        }
    }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        let mean = b.state, inverse = b.state + line
        let a = b.scratch, slope = b.scratch + line, offset = b.scratch + 2 * line
        let dy = b.outputGradient!
        let n = Float((pass.part.total ?? pass.count) * rows)
        if relu {
            // Masked in place: nobody reads the gradient of a fused output after this.
            pass.threads.runRanges(pass.count * rows) { _, range in
                let start = range.lowerBound * channels
                fm_relu_mask(dy + start, b.output + start, range.count * channels)
            }
        }
        sum(b, pass, into: offset) { _, sums, at in fm_add_column_sums(dy + at, rows, channels, sums) }
        sum(b, pass, into: slope) { x, sums, at in
            fm_add_column_products(dy + at, x, mean, rows, channels, sums)
        }
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
        if pass.isTraining, let peers = pass.part.peers { add(peers, slope, offset) }
        for c in 0..<channels {
            let sumGradient = offset[c], sumProduct = slope[c]
            let gamma = gamma(b)?[c] ?? 1
            a[c] = gamma * inverse[c]
            // Fixed statistics do not depend on the input.
            slope[c] = pass.isTraining ? -a[c] * inverse[c] * inverse[c] * sumProduct / n : 0
            offset[c] = pass.isTraining ? -a[c] * sumGradient / n : 0
        }
        guard let dx = b.inputGradients[0] else { return }
        pass.threads.runRanges(pass.count * rows) { _, range in
            let start = range.lowerBound * channels
            fm_batch_norm_gradient(
                dy + start, b.inputs[0] + start, mean, a, slope, offset, range.count, channels, dx + start)
        }
    }
}
