import Foundation
import NeuralNet
import Testing

/// Ten steps of each optimizer against Keras: `Scripts/make-optimizer-fixtures.py`.
@Suite struct OptimizerTests {
    static let fixture: JSONValue = {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Fixtures/optimizers.json")
        return try! JSONValue(parsing: String(contentsOf: path, encoding: .utf8))
    }()

    private static func floats(_ value: JSONValue?) -> [Float] {
        (value?.arrayValue ?? []).map { Float($0.doubleValue ?? .nan) }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var optimizer: any Optimizer
        var transforms: [any GradientTransform] = []
        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "sgd", optimizer: SGD(learningRate: 0.1)),
        Case(name: "momentum", optimizer: SGD(learningRate: 0.05, momentum: 0.9)),
        Case(name: "nesterov", optimizer: SGD(learningRate: 0.05, momentum: 0.9, nesterov: true)),
        Case(name: "adam", optimizer: Adam(learningRate: 0.02)),
        Case(name: "adam-clip", optimizer: Adam(learningRate: 0.02), transforms: [GlobalNormClipping(0.1)]),
        Case(name: "adam-clipnorm", optimizer: Adam(learningRate: 0.02), transforms: [NormClipping(0.05)]),
        Case(name: "sgd-clipvalue", optimizer: SGD(learningRate: 0.1), transforms: [ValueClipping(0.01)]),
        Case(name: "adamw", optimizer: AdamW(learningRate: 0.02, weightDecay: 0.1)),
        Case(name: "rmsprop", optimizer: RMSprop(learningRate: 0.01)),
        Case(name: "rmsprop-momentum", optimizer: RMSprop(learningRate: 0.01, momentum: 0.9)),
        Case(name: "nadam", optimizer: Nadam(learningRate: 0.02)),
        Case(name: "adagrad", optimizer: Adagrad(learningRate: 0.1)),
        Case(name: "adadelta", optimizer: Adadelta(learningRate: 1)),
        Case(name: "lion", optimizer: Lion(learningRate: 0.01, weightDecay: 0.1)),
        Case(name: "lamb", optimizer: Lamb(learningRate: 0.05)),
    ]

    @Test(arguments: cases) func asKeras(_ test: Case) throws {
        let name = test.name
        let run = try #require(OptimizerTests.fixture["runs"]?[name])
        let model = try Model(input: [6, 6, 1]) {
            Conv2D(4, kernelSize: 3, activation: .tanh)
            Flatten()
            Dense(5, activation: .tanh, kernelL2: 0.01)
            Dense(3, activation: .softmax)
        }
        for (i, values) in (OptimizerTests.fixture["weights"]?.arrayValue ?? []).enumerated() {
            try model.weights.set(i, OptimizerTests.floats(values))
        }
        let labels = (OptimizerTests.fixture["labels"]?.arrayValue ?? []).compactMap(\.intValue)
        let data = try ArrayDataset(
            inputs: OptimizerTests.floats(OptimizerTests.fixture["x"]), labels: labels, inputShape: [6, 6, 1],
            classes: 3)
        var options = TrainingOptions()
        options.epochs = 10
        options.batchSize = 8
        options.optimizer = test.optimizer
        options.gradientTransforms = test.transforms
        options.loss = .categoricalCrossentropy(labelSmoothing: 0.1)
        options.classWeights = [1, 2, 0.5]
        let trainer = try Trainer(model, options: options, data: data, threads: ThreadPool(threads: 2))
        // The penalty that an epoch's record adds is that after the step; Keras's loss has that before it.
        func penalty() -> Double { model.weights.array(2).reduce(0) { $0 + 0.01 * Double($1) * Double($1) } }
        var before = penalty()
        var losses: [Float] = []
        trainer.callbacks = [
            LambdaCallback(onEpochEnd: { _, record in
                losses.append(Float(record.loss - penalty() + before))
                before = penalty()
            })
        ]
        #expect(try trainer.run() == .finished)
        expectClose(losses, OptimizerTests.floats(run["losses"]), shape: [10], tolerance: 1e-4, name)
        expectClose(
            model.weights.array(4), OptimizerTests.floats(run["kernel"]), shape: [5, 3], tolerance: 1e-4,
            "\(name) kernel")
    }
}
