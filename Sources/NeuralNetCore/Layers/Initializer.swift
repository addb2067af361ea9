import CKernels
import Randomness

/// How a weight gets its first values, with Keras's names.
public enum Initializer: String, Sendable, CaseIterable {
    case zeros = "Zeros"
    case ones = "Ones"
    /// Uniform within ±sqrt(6 / (fanIn + fanOut)). X. Glorot, Y. Bengio, 2010, equation 16.
    case glorotUniform = "GlorotUniform"
    /// Normal, cut at two deviations, with variance 2 / (fanIn + fanOut). Glorot, Bengio 2010.
    case glorotNormal = "GlorotNormal"
    /// Uniform within ±sqrt(6 / fanIn). K. He et al., "Delving Deep into Rectifiers", 2015.
    case heUniform = "HeUniform"
    /// Normal, cut at two deviations, with variance 2 / fanIn. He et al. 2015, equation 10.
    case heNormal = "HeNormal"
    /// Uniform within ±sqrt(3 / fanIn). Y. LeCun et al., "Efficient BackProp", 1998.
    case lecunUniform = "LecunUniform"
    /// Normal, cut at two deviations, with variance 1 / fanIn. LeCun et al. 1998.
    case lecunNormal = "LecunNormal"
    /// Uniform within ±0.05.
    case randomUniform = "RandomUniform"
    /// Normal with deviation 0.05.
    case randomNormal = "RandomNormal"
    /// Normal with deviation 0.05, cut at two deviations.
    case truncatedNormal = "TruncatedNormal"
    /// Rows or columns at right angles and of length 1, the last axis in a row. A. Saxe et al., 2014.
    case orthogonal = "Orthogonal"

    /// Fills `values`, in rows of `columns`. Equal generators give equal values.
    func fill(
        _ values: UnsafeMutableBufferPointer<Float>, fanIn: Int, fanOut: Int, columns: Int,
        random: inout RandomGenerator
    ) {
        let fans = Float(fanIn + fanOut)
        switch self {
        case .zeros: values.update(repeating: 0)
        case .ones: values.update(repeating: 1)
        case .glorotUniform: uniform(values, limit: (6 / fans).squareRoot(), &random)
        case .heUniform: uniform(values, limit: (6 / Float(fanIn)).squareRoot(), &random)
        case .glorotNormal: truncatedNormal(values, deviation: (2 / fans).squareRoot(), &random)
        case .heNormal: truncatedNormal(values, deviation: (2 / Float(fanIn)).squareRoot(), &random)
        case .randomUniform: uniform(values, limit: 0.05, &random)
        case .randomNormal: for i in values.indices { values[i] = Float(0.05 * Self.normal(&random)) }
        case .truncatedNormal: truncatedNormal(values, deviation: 0.05 * 0.87962566103423978, &random)
        case .orthogonal: orthogonal(values, columns: columns, &random)
        case .lecunUniform: uniform(values, limit: (3 / Float(fanIn)).squareRoot(), &random)
        case .lecunNormal: truncatedNormal(values, deviation: (1 / Float(fanIn)).squareRoot(), &random)
        }
    }

    private func uniform(
        _ values: UnsafeMutableBufferPointer<Float>, limit: Float, _ random: inout RandomGenerator
    ) {
        for i in values.indices { values[i] = random.uniform(in: -limit...limit) }
    }

    /// As Keras does, the deviation is that of the values after cutting: 0.8796 is the deviation of a standard normal
    /// cut at ±2.
    private func truncatedNormal(
        _ values: UnsafeMutableBufferPointer<Float>, deviation: Float, _ random: inout RandomGenerator
    ) {
        let scale = Double(deviation) / 0.87962566103423978
        for i in values.indices {
            var value: Double
            repeat { value = Self.normal(&random) } while abs(value) > 2
            values[i] = Float(value * scale)
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
