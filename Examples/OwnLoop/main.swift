// Training without a Trainer: the loop that it is made of, with a loss, an optimizer and clipping of the library. Points in a
// ring are told from those in its middle.

import Glibc
import NeuralNet

let model = try Model(input: [2], seed: 7) {
    for _ in 0..<2 { Dense(64, activation: .relu) }
    Dense(2, activation: .softmax)
}
let threads = ThreadPool(threads: 1)

/// Trains on `count` points with two targets each.
func train(_ inputs: UnsafePointer<Float>, _ targets: UnsafePointer<Float>, count: Int) throws {
    let loss = CategoricalCrossentropy()
    let executor = try Executor(model, maximumBatch: 40, threads: threads, isTraining: true, losses: [loss])
    let optimizer = try OptimizerState(
        Adam(learningRate: 0.01), for: model, transforms: [GlobalNormClipping(1)], threads: threads)
    for epoch in 0..<60 {
        var sum = 0.0
        for start in stride(from: 0, to: count, by: 40) {
            executor.input().update(from: inputs + 2 * start, count: 80)
            executor.forward(count: 40, isTraining: true, seed: UInt64(epoch * count + start))
            sum += executor.loss(loss, targets: targets + 2 * start)
            executor.backward()
            try optimizer.step(executor.gradients)
        }
        if epoch % 20 == 19 { print("epoch \(epoch + 1): loss \(sum / Double(count / 40))") }
    }
}

var random = RandomGenerator(seed: 1)
var points: [Float] = [], classes: [Float] = []
for index in 0..<400 {
    let radius = index % 2 == 0 ? random.uniform(in: 0...0.5) : random.uniform(in: 0.6...1)
    let angle = random.uniform(in: 0...2 * Float.pi)
    points += [radius * cosf(angle), radius * sinf(angle)]
    classes += index % 2 == 0 ? [1, 0] : [0, 1]
}
try train(points, classes, count: 400)
let outputs = try model.predict([0, 0.2, 0.8, 0], threads: threads)
print("in the middle with probability \(outputs[0]) and \(outputs[2])")
precondition(outputs[0] > 0.9 && outputs[2] < 0.1)
