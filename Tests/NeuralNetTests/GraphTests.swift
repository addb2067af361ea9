import NeuralNet
import Testing

/// Models that are not chains.
@Suite struct GraphTests {
    @Test func add() throws {
        let a = Input([3, 4]), b = Input([3, 4]), c = Input([3, 4])
        try checkModel(
            Model(inputs: [a, b, c], outputs: [Add()(a, b, c)]), outputs: [[3, 4]],
            options: ModelCheck(step: 0.25, kernels: ["AddKernel"]) { x, _, _ in
                x[0].indices.map { x[0][$0] + x[1][$0] + x[2][$0] }
            })
    }

    @Test func multiply() throws {
        let a = Input([3, 4]), b = Input([3, 4]), c = Input([3, 4])
        try checkModel(
            Model(inputs: [a, b, c], outputs: [Multiply()(a, b, c)]), outputs: [[3, 4]],
            options: ModelCheck(step: 0.25) { x, _, _ in x[0].indices.map { x[0][$0] * x[1][$0] * x[2][$0] } })
    }

    @Test(arguments: [-1, 3, 2, -2, 1, -3])
    func concatenate(_ axis: Int) throws {
        let place = axis < 0 ? 3 + axis : axis - 1
        let shapes = [2, 1, 5].map { size in
            var shape = [3, 4, 2]
            shape[place] = size
            return shape
        }
        let inputs = shapes.map { Input($0) }
        var output = [3, 4, 2]
        output[place] = 8
        try checkModel(
            Model(inputs: inputs, outputs: [Concatenate(axis: axis)(inputs)]), outputs: [output],
            options: ModelCheck(step: 0.25) { x, _, count in
                (0..<count * output.reduce(1, *)).map { i in
                    var at = coordinate(i, in: [count] + output), input = 0
                    while at[place + 1] >= shapes[input][place] {
                        at[place + 1] -= shapes[input][place]
                        input += 1
                    }
                    return x[input][zip(at, [count] + shapes[input]).reduce(0) { $0 * $1.1 + $1.0 }]
                }
            })
    }

    /// One tensor twice into the same layer.
    @Test func addToItself() throws {
        let x = Input([5]), y = Dense(4)(x)
        try checkModel(Model(inputs: [x], outputs: [Add()(y, y)]), outputs: [[4]], options: ModelCheck(step: 0.1))
        try checkModel(Model(inputs: [x], outputs: [Multiply()(x, x)]), outputs: [[5]])
        try checkModel(
            Model(inputs: [x], outputs: [Concatenate()(y, x, y)]), outputs: [[13]], options: ModelCheck(step: 0.1))
    }

    /// Gradients of several readers add up, the input's own too.
    @Test func residual() throws {
        let x = Input([6, 6, 4])
        var y = Conv2D(4, kernelSize: 3, padding: .same)(x)
        for _ in 0..<2 {
            let side = ActivationLayer(.tanh)(Conv2D(4, kernelSize: 3, padding: .same, activation: .tanh)(y))
            y = Add()(y, side, y)
        }
        let z = Add()(GlobalAveragePool2D()(y), GlobalAveragePool2D()(x), Flatten()(MaxPool2D(6)(x)))
        try checkModel(Model(inputs: x, outputs: Dense(3)(z)), outputs: [[3]], options: ModelCheck(hasKinks: true))
    }

    /// Depthwise and separable convolutions with normalisation and a shortcut, as in Xception.
    @Test func xceptionBlock() throws {
        let x = Input([7, 7, 4])
        let shortcut = BatchNormalization()(Conv2D(8, kernelSize: 1, strides: 2, padding: .same, usesBias: false)(x))
        var y = SeparableConv2D(8, kernelSize: 3, padding: .same, usesBias: false)(x)
        y = ActivationLayer(.swish)(BatchNormalization()(y))
        y = SeparableConv2D(8, kernelSize: 3, padding: .same, usesBias: false)(y)
        y = AveragePool2D(3, strides: 2, padding: .same)(BatchNormalization()(y))
        let z = GlobalAveragePool2D()(Add()(y, shortcut))
        try checkModel(
            Model(inputs: x, outputs: ActivationLayer(.softmax)(z)), outputs: [[8]],
            options: ModelCheck(batch: 4, differsInTraining: true, mixesSamples: true, tolerance: 1e-2))
    }

    @Test func twoInputsAndTwoOutputs() throws {
        let image = Input([5, 5, 2], name: "image"), age = Input([3], name: "age")
        let features = Concatenate()(Flatten()(Conv2D(3, kernelSize: 3, activation: .tanh)(image)), Dense(4)(age))
        let hidden = Dense(6, activation: .sigmoid, name: "hidden")(features)
        try checkModel(
            Model(inputs: [image, age], outputs: [Dense(2, activation: .softmax)(hidden), Dense(1)(hidden)]),
            outputs: [[2], [1]])
        // An output that others read.
        try checkModel(
            Model(inputs: [image, age], outputs: [Dense(2)(hidden), hidden, Dense(3)(age)]), outputs: [[2], [6], [3]])
    }

    /// Two outputs that are the same values must still have a gradient each.
    @Test func outputsOfTheSameValues() throws {
        let x = Input([2, 3]), y = Dense(4)(x)
        try checkModel(
            Model(inputs: [x], outputs: [y, Flatten()(y)]), outputs: [[2, 4], [8]], options: ModelCheck(step: 0.1))
        try checkModel(
            Model(inputs: [x], outputs: [y, y]), outputs: [[2, 4], [2, 4]], options: ModelCheck(step: 0.1))
        try checkModel(
            Model(inputs: [x], outputs: [x, Reshape([6])(x)]), outputs: [[2, 3], [6]], options: ModelCheck(step: 0.1))
    }

    /// Nodes come after their inputs, and only what leads to an output is there.
    @Test func order() throws {
        let x = Input([4]), a = Dense(3, name: "a")(x)
        _ = Dense(9, name: "unused")(a)
        let b = Dense(3, name: "b")(a)
        let model = try Model(inputs: x, outputs: Add(name: "sum")(b, a))
        #expect(model.nodes.map(\.layer.name) == ["input_layer", "a", "b", "sum"])
        #expect(model.nodes.map(\.inputs) == [[], [0], [1], [2, 1]])
        #expect(model.parameterCount == 4 * 3 + 3 + 3 * 3 + 3)
    }

    /// Thousands of layers must not overflow the stack.
    @Test func deepModel() throws {
        let layers = (0..<3000).map { _ in ActivationLayer(.linear) }
        let model = try Model(input: [2], layers: layers)
        #expect(model.nodes.count == 3001)
        #expect(try Runner(model, batch: 1, isTraining: false).forward([[1, 2]], count: 1) == [[1, 2]])
    }

    @Test func copiesAreIndependent() throws {
        let model = try Model(input: [3]) { Dense(2) }
        let copy = model.copy()
        #expect(copy.weights.array(0) == model.weights.array(0))
        try copy.weights.set(0, [1, 2, 3, 4, 5, 6])
        #expect(copy.weights.array(0) != model.weights.array(0))
    }

    @Test func sameSeedSameWeights() throws {
        func weights(_ seed: UInt64) throws -> [Float] {
            try Model(input: [3], layers: [Dense(2), Dense(4)], seed: seed).weights.array(2)
        }
        #expect(try weights(1) == weights(1))
        #expect(try weights(1) != weights(2))
    }
}
