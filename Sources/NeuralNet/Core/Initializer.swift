import Glibc

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

    /// Fills `values`. Equal generators give equal values.
    func fill(_ values: UnsafeMutableBufferPointer<Float>, fanIn: Int, fanOut: Int, random: inout RandomGenerator) {
        let fans = Float(fanIn + fanOut)
        switch self {
        case .zeros: values.update(repeating: 0)
        case .ones: values.update(repeating: 1)
        case .glorotUniform: uniform(values, limit: (6 / fans).squareRoot(), &random)
        case .heUniform: uniform(values, limit: (6 / Float(fanIn)).squareRoot(), &random)
        case .glorotNormal: truncatedNormal(values, deviation: (2 / fans).squareRoot(), &random)
        case .heNormal: truncatedNormal(values, deviation: (2 / Float(fanIn)).squareRoot(), &random)
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
            repeat {
                let u = Double((random.next() >> 11) + 1) * 0x1p-53
                let angle = 2 * Double.pi * Double(random.next() >> 11) * 0x1p-53
                value = (-2 * log(u)).squareRoot() * cos(angle)  // Box, Muller 1958
            } while abs(value) > 2
            values[i] = Float(value * scale)
        }
    }
}
