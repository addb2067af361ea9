import CKernels
import JSON

/// Normalises groups of neighbouring channels of each sample by mean and variance over all places; then
/// `y = gamma x̂ + beta` per channel.
///
/// - Input and output: any shape whose axis `axis` has the channels (the last one unless given; the batch is axis 0).
/// - Parameters: `gamma` and `beta`, each `[channels]`.
/// - Y. Wu, K. He, "Group Normalization", 2018.
public struct GroupNormalization: Layer {
    public static let className = "GroupNormalization"
    public var name: String
    /// A divisor of the channels; -1 for a group per channel (instance normalization).
    public var groups: Int
    /// Where the channels are; the batch is axis 0, -1 the last one.
    public var axis: Int
    /// Added to the variance, so that no division is by 0.
    public var epsilon: Float
    /// Whether `beta` is added.
    public var center: Bool
    /// Whether `gamma` is a factor.
    public var scale: Bool

    public init(
        groups: Int = 32, axis: Int = -1, epsilon: Float = 1e-3, center: Bool = true, scale: Bool = true,
        name: String = ""
    ) {
        self.groups = groups
        self.axis = axis
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
        self.name = name
    }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        let shape = try single(inputs), channels = shape[try places(of: [axis], in: shape)[0]]
        try require(
            groups == -1 || groups > 0 && channels % groups == 0, "groups", "-1 or a divisor of \(channels) channels",
            groups)
        try require(epsilon > 0, "epsilon", "positive", epsilon)
        return shape
    }

    public func parameters(_ inputs: [Shape]) -> [ParameterSpecification] {
        let shape = ((try? places(of: [axis], in: inputs[0])) ?? []).map { inputs[0][$0] }
        var result: [ParameterSpecification] = []
        if scale { result.append(ParameterSpecification(name: "gamma", shape: shape, initializer: .ones)) }
        if center { result.append(ParameterSpecification(name: "beta", shape: shape, initializer: .zeros)) }
        return result
    }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? { nil }

    public func makeSteps(_ context: KernelContext) throws -> [LayerStep] {
        try steps(along: places(of: [axis], in: context.inputShapes[0]), context) { inner in
            let channels = inner.inputShapes[0].last ?? 1
            return GroupNormalizationKernel(
                layer: self, channels: channels, groupSize: groups == -1 ? 1 : channels / groups,
                pixels: inner.inputShapes[0].dropLast().reduce(1, *), maximumBatch: inner.maximumBatch,
                threads: inner.threads)
        }
    }

    public var config: [String: JSONValue] {
        [
            "groups": .int(groups), "axis": .int(axis), "epsilon": .double(Double(epsilon)),
            "center": .bool(center), "scale": .bool(scale),
            "beta_initializer": KerasConfig.initializer(.zeros), "gamma_initializer": KerasConfig.initializer(.ones),
            "beta_regularizer": nil, "gamma_regularizer": nil, "beta_constraint": nil, "gamma_constraint": nil,
        ]
    }
}

/// Sums are made per channel, as BatchNormalization makes them, and then put together per group.
struct GroupNormalizationKernel: LayerKernel {
    let layer: GroupNormalization
    let channels: Int
    let groupSize: Int
    /// Places per sample.
    let pixels: Int
    let maximumBatch: Int
    let threads: Int

    private var line: Int { (channels + 15) / 16 * 16 }

    // State: mean and 1 / deviation per sample and channel. Scratch per thread: three vectors, sums for gamma and beta.
    var memory: KernelMemory {
        var memory = KernelMemory()
        memory.keepsInput = true
        memory.state = 2 * line * maximumBatch
        memory.scratch = 5 * line * threads
        return memory
    }

    /// Replaces the values of each group's channels by their sum times `factor`.
    private func sumGroups(_ values: UnsafeMutablePointer<Float>, factor: Float) {
        for first in stride(from: 0, to: channels, by: groupSize) {
            var sum: Float = 0
            for c in first..<first + groupSize { sum += values[c] }
            for c in first..<first + groupSize { values[c] = sum * factor }
        }
    }

    func forward(_ b: LayerBuffers, _ pass: Pass) {
        let gamma = layer.scale ? b.parameters[0] : nil, beta = layer.center ? b.parameters[layer.scale ? 1 : 0] : nil
        let share = 1 / Float(pixels * groupSize)
        pass.threads.runEach(pass.count) { thread, image in
            let x = b.inputs[0] + image * pixels * channels
            let mean = b.state + 2 * line * image, inverse = mean + line
            let factor = b.scratch + 5 * line * thread, shift = factor + line
            mean.update(repeating: 0, count: 2 * line)
            fm_add_column_sums(x, pixels, channels, mean)
            sumGroups(mean, factor: share)
            fm_add_column_squares(x, mean, pixels, channels, inverse)
            sumGroups(inverse, factor: share)
            for c in 0..<channels {
                inverse[c] = 1 / (inverse[c] + layer.epsilon).squareRoot()
                factor[c] = inverse[c] * (gamma?[c] ?? 1)
                shift[c] = (beta?[c] ?? 0) - mean[c] * factor[c]
            }
            fm_scale_shift(x, factor, shift, pixels, channels, 0, b.output + image * pixels * channels)
        }
    }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        let gamma = layer.scale ? b.parameters[0] : nil, share = 1 / Float(pixels * groupSize)
        pass.threads.run { thread in
            let a = b.scratch + 5 * line * thread, slope = a + line, offset = slope + line
            let gammaSums = offset + line, betaSums = gammaSums + line
            gammaSums.update(repeating: 0, count: 2 * line)
            for image in pass.count * thread / threads..<pass.count * (thread + 1) / threads {
                let start = image * pixels * channels
                let x = b.inputs[0] + start, dy = b.outputGradient! + start
                let mean = b.state + 2 * line * image, inverse = mean + line
                slope.update(repeating: 0, count: 2 * line)
                fm_add_column_products(dy, x, mean, pixels, channels, slope)
                fm_add_column_sums(dy, pixels, channels, offset)
                for c in 0..<channels {
                    gammaSums[c] += slope[c] * inverse[c]
                    betaSums[c] += offset[c]
                    a[c] = inverse[c] * (gamma?[c] ?? 1)
                    slope[c] *= a[c]
                    offset[c] *= a[c]
                }
                guard let dx = b.inputGradients[0] else { continue }
                sumGroups(slope, factor: -share)
                sumGroups(offset, factor: -share)
                for c in 0..<channels { slope[c] *= inverse[c] * inverse[c] }
                fm_batch_norm_gradient(dy, x, mean, nil, nil, a, slope, offset, pixels, channels, dx + start)
            }
        }
        ThreadSums.reduce(
            b.scratch + 3 * line, stride: 5 * line, threads: threads,
            into: layer.scale ? b.parameterGradient(0) : nil, count: channels, overwrite: pass.overwritesGradients)
        ThreadSums.reduce(
            b.scratch + 4 * line, stride: 5 * line, threads: threads,
            into: layer.center ? b.parameterGradient(layer.scale ? 1 : 0) : nil, count: channels,
            overwrite: pass.overwritesGradients)
    }
}
