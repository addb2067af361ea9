// Runs small networks of many kinds of layers forwards and backwards and prints what they compute: the same program, made
// with the whole library and with the core alone, must say the same. See Scripts/test-core.
import NeuralNetCore
import Randomness

/// Prints outputs and gradients of a network for random inputs, a number per line.
func show(_ name: String, _ model: Model, samples: Int) throws {
    let threads = ThreadPool()
    for isTraining in [false, true] {
        let executor = try Executor(model, maximumBatch: samples, threads: threads, isTraining: isTraining)
        var inputs = RandomGenerator(seed: 7)
        for index in model.inputs.indices {
            let input = executor.input(index)
            for i in 0..<samples * model.inputShapes[index].reduce(1, *) { input[i] = inputs.uniform(in: -1...1) }
        }
        executor.forward(count: samples)
        let count = samples * model.outputShapes[0].reduce(1, *)
        for i in 0..<count { print(name, "output", i, executor.output()[i]) }
        guard isTraining else { continue }
        for i in 0..<count { executor.outputGradient()[i] = inputs.uniform(in: -1...1) }
        executor.backward()
        for (index, entry) in model.weights.entries.enumerated() where entry.specification.isTrainable {
            let values = executor.gradients[entry.offset..<entry.offset + entry.specification.count]
            print(name, "gradient", index, values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot())
        }
    }
}

try show(
    "pictures",
    Model(input: [24, 24, 1]) {
        Conv2D(32, kernelSize: 3, padding: .same, activation: .relu)
        Conv2D(32, kernelSize: 3, padding: .same)
        BatchNormalization()
        ActivationLayer(.relu)
        MaxPool2D(2)
        Conv2D(20, kernelSize: 5, strides: 2, activation: .gelu(approximate: false))
        DepthwiseConv2D(kernelSize: 3, padding: .same, activation: .swish)
        SeparableConv2D(33, kernelSize: 3, padding: .same)
        Conv2DTranspose(7, kernelSize: 3, strides: 2)
        GlobalAveragePool2D()
        Dense(19, activation: .tanh)
        Dense(7, activation: .softmax)
    }, samples: 3)
try show(
    "large kernels",
    Model(input: [4, 4, 48]) {
        Conv2D(160, kernelSize: 3, padding: .same, activation: .relu)
        Flatten()
        Dense(5)
    }, samples: 5)
try show(
    "sequences",
    Model(input: [9, 13]) {
        Conv1D(24, kernelSize: 3, padding: .same, activation: .relu)
        LSTM(17, returnsSequences: true)
        LayerNormalization()
        GRU(11)
        Dense(1, activation: .sigmoid)
    }, samples: 4)
let query = Input([6, 10])
try show(
    "attention",
    Model(
        inputs: [query],
        outputs: [Dense(3)(Flatten()(MultiHeadAttention(heads: 2, keyDimension: 5)(query, query)))]),
    samples: 2)
