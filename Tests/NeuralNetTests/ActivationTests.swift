import Glibc
import NeuralNet
import Testing

@Suite struct ActivationTests {
    @Test(arguments: Activation.allForTests)
    func gradients(_ activation: Activation) throws {
        for shape in [[7], [3, 5], [2, 3, 19]] as [Shape] {
            try checkLayer(
                ActivationLayer(activation), input: shape, output: shape,
                options: ModelCheck(
                    hasKinks: activation.hasKink, isSavable: activation.isSavable || activation.isKerasLayer,
                    inputRange: -3...3))
        }
    }

    /// Slopes below zero turn the sign of the output: the gradient must not be guessed from it.
    @Test(arguments: [Activation.leakyRelu(negativeSlope: -0.5), .leakyRelu(negativeSlope: 0), .elu(alpha: -0.7)])
    func unusualSlopes(_ activation: Activation) throws {
        try checkLayer(
            ActivationLayer(activation), input: [40], output: [40],
            options: ModelCheck(hasKinks: true, isSavable: false, inputRange: -3...3))
    }

    private static func values(_ activation: Activation, _ x: [Float]) throws -> [Float] {
        let runner = try Runner(Model(input: [x.count]) { ActivationLayer(activation) }, batch: 1, isTraining: false)
        return runner.forward([x], count: 1, isTraining: false)[0]
    }

    @Test func values() throws {
        let x: [Float] = [-2, -0.5, 0, 0.5, 2]
        let table: [(Activation, (Double) -> Double)] = [
            (.relu, { max($0, 0) }), (.relu6, { min(max($0, 0), 6) }),
            (.leakyRelu(negativeSlope: 0.3), { $0 > 0 ? $0 : 0.3 * $0 }),
            (.elu(alpha: 0.5), { $0 > 0 ? $0 : 0.5 * (exp($0) - 1) }), (.sigmoid, { 1 / (1 + exp(-$0)) }),
            (.tanh, { Glibc.tanh($0) }), (.swish, { $0 / (1 + exp(-$0)) }),
            (.gelu(approximate: false), { 0.5 * $0 * (1 + erf($0 / 2.0.squareRoot())) }),
            (
                .gelu(approximate: true),
                {
                    0.5 * $0 * (1 + Glibc.tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0)))
                }
            ),
        ]
        for (activation, formula) in table {
            expectClose(
                try Self.values(activation, x), x.map { Float(formula(Double($0))) }, shape: [5], tolerance: 1e-6,
                activation.identifier)
        }
    }

    @Test func extremes() throws {
        #expect(try Self.values(.relu6, [-1, 3, 6, 9]) == [0, 3, 6, 6])
        let x: [Float] = [-1e30, -1000, -90, 90, 1000, 1e30]
        #expect(try Self.values(.sigmoid, x) == [0, 0, Self.values(.sigmoid, [-90])[0], 1, 1, 1])
        #expect(try Self.values(.swish, x).allSatisfy { !$0.isNaN })
        #expect(try Self.values(.softmax, x) == [0, 0, 0, 0, 0, 1])
        #expect(try Self.values(.softmax, [1000, 1000]) == [0.5, 0.5])
        #expect(try Self.values(.softmax, [-1e30]) == [1])
        for activation in Activation.allForTests {
            #expect(try Self.values(activation, x).allSatisfy { !$0.isNaN }, "\(activation)")
        }
    }
}

extension Activation {
    var isKerasLayer: Bool {
        switch self {
        case .leakyRelu, .elu, .rectifier: return true
        default: return false
        }
    }
}
