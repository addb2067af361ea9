// Two spirals wound into each other: a classic problem that no line can separate (K. Lang, M. Witbrock, 1988).
// Trains a small network to tell them apart, saves it as Keras HDF5, reads it back and draws what it learnt.

import Glibc
import NeuralNet

func spirals(_ count: Int, seed: UInt64) throws -> ArrayDataset {
    var random = RandomGenerator(seed: seed)
    var points: [Float] = []
    var labels: [Int] = []
    for index in 0..<count {
        let label = index % 2
        let turn = random.uniform() * 3 + 0.25
        let angle = turn * 2 * Float.pi * 0.5 + Float(label) * Float.pi
        let radius = turn / 3.5
        points += [radius * cosf(angle), radius * sinf(angle)]
        labels.append(label)
    }
    return try ArrayDataset(inputs: points, labels: labels, inputShape: [2], classes: 2)
}

let model = try Model(input: [2], seed: 7) {
    for _ in 0..<2 { Dense(64, activation: .relu) }
    Dense(2, activation: .softmax)
}
var options = TrainingOptions()
options.epochs = 40
options.batchSize = 32
options.optimizer = Adam(learningRate: 0.01)
options.schedule = .cosine()

let threads = ThreadPool(threads: 1)
let test = try spirals(400, seed: 2)
let trainer = try Trainer(model, options: options, data: try spirals(800, seed: 1), validation: test, threads: threads)
trainer.callbacks = [
    LambdaCallback(onEpochEnd: { _, record in
        guard record.epoch % 10 == 0 else { return }
        print("epoch \(record.epoch): loss \(record.loss), test accuracy \(record.validationAccuracy ?? 0)")
    })
]
_ = try trainer.run()

let path = "two-spirals.h5"
try ModelFile.write(model, to: path)
let restored = try ModelFile.read(path).model
let accuracy =
    try Evaluator(restored, threads: threads).evaluate(test, loss: .categoricalCrossentropy())
    .metrics["accuracy"] ?? 0

let size = 31
var grid: [Float] = []
for row in 0..<size {
    for column in 0..<size { grid += [Float(column) / 15 - 1, 1 - Float(row) / 15] }
}
let plane = try ArrayDataset(
    inputs: grid, labels: [Int](repeating: 0, count: size * size), inputShape: [2], classes: 2)
let values = try Evaluator(restored, threads: threads).predict(plane)
for row in 0..<size {
    print((0..<size).map { values[(row * size + $0) * 2] > 0.5 ? "##" : "  " }.joined())
}
print("accuracy \(accuracy) from \(path)")
exit(accuracy > 0.97 ? 0 : 1)
