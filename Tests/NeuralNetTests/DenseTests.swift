import NeuralNet
import Testing

@Suite struct DenseTests {
    @Test(
        arguments: [
            ([5], 3, true), ([5], 3, false), ([1], 1, true), ([33], 17, true), ([40], 64, true), ([64], 7, false),
            ([4, 6], 5, true), ([2, 3, 7], 18, true), ([2, 3, 7], 4, false),
        ] as [(Shape, Int, Bool)])
    func shapes(_ input: Shape, _ units: Int, _ usesBias: Bool) throws {
        for batch in [1, 5] {
            let features = input.last!
            try checkLayer(
                Dense(units, usesBias: usesBias), input: input, output: input.dropLast() + [units],
                options: ModelCheck(batch: batch, step: 0.25, kernels: ["DenseKernel"]) { x, w, count in
                    (0..<x[0].count / features * units).map { i in
                        let row = i / units, k = i % units
                        let sum = (0..<features).reduce(Double(usesBias ? w[1][k] : 0)) {
                            $0 + Double(x[0][row * features + $1]) * Double(w[0][$1 * units + k])
                        }
                        return Float(sum)
                    }
                })
            try checkLayer(
                Dense(units, activation: .relu, usesBias: usesBias), input: input, output: input.dropLast() + [units],
                options: ModelCheck(batch: batch, hasKinks: true))
        }
    }

    @Test(arguments: Activation.allForTests)
    func activations(_ activation: Activation) throws {
        try checkLayer(
            Dense(6, activation: activation), input: [3, 4], output: [3, 6],
            options: ModelCheck(
                hasKinks: activation.hasKink, tolerance: 1e-2,
                isSavable: activation.isSavable))
    }
}
