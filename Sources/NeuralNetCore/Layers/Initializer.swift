import CKernels
import Randomness

/// How a weight gets its first values. Keras's names are those of the static members; their settings are Keras's defaults.
public enum Initializer: Sendable, Hashable {
    case constant(Float)
    /// Every value between the two as probable as any other.
    case uniform(Float, Float)
    /// Normal, with mean and standard deviation.
    case normal(mean: Double, deviation: Double)
    /// The same, cut at two deviations; the deviation is that before cutting.
    case truncated(mean: Float, deviation: Float)
    /// With variance `scale` by that number of fans.
    case varianceScaling(scale: Float, mode: FanMode, distribution: FanDistribution)
    /// Rows or columns at right angles and of length `gain`, the last axis in a row. A. Saxe et al., 2014.
    case orthogonal(gain: Float)

    /// What the variance of a weight is divided by: how many inputs an output has, outputs an input, or their mean.
    public enum FanMode: String, Sendable, CaseIterable {
        case fanIn = "fan_in", fanOut = "fan_out", fanAverage = "fan_avg"
    }

    /// The distribution with that variance; `truncated` is cut at two deviations, after which it has it.
    public enum FanDistribution: String, Sendable, CaseIterable {
        case uniform = "uniform", truncated = "truncated_normal", normal = "untruncated_normal"
    }

    /// All 0.
    public static let zeros = Initializer.constant(0)
    /// All 1.
    public static let ones = Initializer.constant(1)
    /// Uniform within ±sqrt(6 / (fanIn + fanOut)). X. Glorot, Y. Bengio, 2010, equation 16.
    public static let glorotUniform = varianceScaling(scale: 1, mode: .fanAverage, distribution: .uniform)
    /// Normal, cut at two deviations, with variance 2 / (fanIn + fanOut). Glorot, Bengio 2010.
    public static let glorotNormal = varianceScaling(scale: 1, mode: .fanAverage, distribution: .truncated)
    /// Uniform within ±sqrt(6 / fanIn). K. He et al., "Delving Deep into Rectifiers", 2015.
    public static let heUniform = varianceScaling(scale: 2, mode: .fanIn, distribution: .uniform)
    /// Normal, cut at two deviations, with variance 2 / fanIn. He et al. 2015, equation 10.
    public static let heNormal = varianceScaling(scale: 2, mode: .fanIn, distribution: .truncated)
    /// Uniform within ±sqrt(3 / fanIn). Y. LeCun et al., "Efficient BackProp", 1998.
    public static let lecunUniform = varianceScaling(scale: 1, mode: .fanIn, distribution: .uniform)
    /// Normal, cut at two deviations, with variance 1 / fanIn. LeCun et al. 1998.
    public static let lecunNormal = varianceScaling(scale: 1, mode: .fanIn, distribution: .truncated)
    /// Uniform within ±0.05.
    public static let randomUniform = uniform(-0.05, 0.05)
    /// Normal with deviation 0.05.
    public static let randomNormal = normal(mean: 0, deviation: 0.05)
    /// Normal with deviation 0.05, cut at two deviations.
    public static let truncatedNormal = truncated(mean: 0, deviation: 0.05)
    /// Rows or columns at right angles and of length 1.
    public static let orthogonal = orthogonal(gain: 1)

    /// The deviation of a standard normal number cut at ±2.
    private static let cutDeviation = 0.87962566103423978

    /// Fills `values`, in rows of `columns`. Equal generators give equal values.
    func fill(
        _ values: UnsafeMutableBufferPointer<Float>, fanIn: Int, fanOut: Int, columns: Int,
        random: inout RandomGenerator
    ) {
        switch self {
        case .constant(let value): values.update(repeating: value)
        case .uniform(let lowest, let highest):
            for i in values.indices { values[i] = random.uniform(in: lowest...highest) }
        case .normal(let mean, let deviation):
            for i in values.indices { values[i] = Float(mean + deviation * Self.normal(&random)) }
        case .truncated(let mean, let deviation):
            truncatedNormal(values, mean: mean, deviation: deviation * Float(Self.cutDeviation), &random)
        case .varianceScaling(let scale, let mode, let distribution):
            let fans: Float
            switch mode {
            case .fanIn: fans = Float(fanIn)
            case .fanOut: fans = Float(fanOut)
            case .fanAverage: fans = Float(fanIn + fanOut) / 2
            }
            let variance = scale / max(1, fans)
            switch distribution {
            case .uniform:
                let limit = (3 * scale / max(1, fans)).squareRoot()
                for i in values.indices { values[i] = random.uniform(in: -limit...limit) }
            case .truncated: truncatedNormal(values, mean: 0, deviation: variance.squareRoot(), &random)
            case .normal:
                let deviation = Double(variance.squareRoot())
                for i in values.indices { values[i] = Float(deviation * Self.normal(&random)) }
            }
        case .orthogonal(let gain):
            orthogonal(values, columns: columns, &random)
            if gain != 1 { for i in values.indices { values[i] *= gain } }
        }
    }

    /// Normal numbers cut at two deviations, which have this deviation then, as Keras has it.
    private func truncatedNormal(
        _ values: UnsafeMutableBufferPointer<Float>, mean: Float, deviation: Float, _ random: inout RandomGenerator
    ) {
        let scale = Double(deviation) / Self.cutDeviation
        for i in values.indices {
            var value: Double
            repeat { value = Self.normal(&random) } while abs(value) > 2
            values[i] = mean + Float(value * scale)
        }
    }

    /// A standard normal number. Box, Muller 1958.
    private static func normal(_ random: inout RandomGenerator) -> Double {
        let u = Double((random.next() >> 11) + 1) * 0x1p-53
        let angle = 2 * Double.pi * Double(random.next() >> 11) * 0x1p-53
        return (-2 * log(u)).squareRoot() * cos(angle)
    }

    /// Gram and Schmidt's method on normal numbers, twice for the rounding. Of the shorter of rows and columns.
    private func orthogonal(
        _ values: UnsafeMutableBufferPointer<Float>, columns: Int, _ random: inout RandomGenerator
    ) {
        guard columns > 0, values.count % columns == 0 else { return }
        let rows = values.count / columns, count = min(rows, columns), length = max(rows, columns)
        var vectors: [[Double]] = []
        while vectors.count < count {
            var vector = (0..<length).map { _ in Self.normal(&random) }
            for _ in 0..<2 {
                for other in vectors {
                    let dot = zip(vector, other).reduce(0) { $0 + $1.0 * $1.1 }
                    for i in vector.indices { vector[i] -= dot * other[i] }
                }
            }
            let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
            if norm > 1e-6 { vectors.append(vector.map { $0 / norm }) }
        }
        for row in 0..<rows {
            for column in 0..<columns {
                let value = rows <= columns ? vectors[row][column] : vectors[column][row]
                values[row * columns + column] = Float(value)
            }
        }
    }
}
