// Two inputs and two outputs: from a picture of a bar and a number, the length of the bar times the number, and whether the
// bar stands or lies. Each output has a loss and a weight; data is made when it is needed.

import NeuralNet

let picture = Input([8, 8, 1], name: "picture"), number = Input([1], name: "number")
let features = Flatten()(Conv2D(8, kernelSize: 3, activation: .relu)(picture))
let joined = Dense(32, activation: .relu)(Concatenate()(features, number))
let model = try Model(
    inputs: [picture, number],
    outputs: [Dense(1, name: "product")(joined), Dense(1, activation: .sigmoid, name: "stands")(joined)], seed: 1)

/// Sample `index` is the same each time: it is all that its random numbers depend on.
func bars(_ count: Int, seed: UInt64) throws -> GeneratedData {
    try GeneratedData(count: count, inputShapes: [[8, 8, 1], [1]], targetCounts: [1, 1]) { index, _, input, target in
        var random = RandomGenerator(seed: seed, streams: UInt64(index))
        let length = 2 + random.integer(below: 6), place = random.integer(below: 8), factor = random.uniform(in: 0...1)
        let stands = random.integer(below: 2) == 1
        for i in 0..<64 { input[i] = 0 }
        for i in 0..<length { input[stands ? i * 8 + place : place * 8 + i] = 1 }
        // The second input lies behind the first, and so do targets.
        input[64] = factor
        target[0] = Float(length) * factor / 8
        target[1] = stands ? 1 : 0
    }
}

var options = TrainingOptions()
options.epochs = 40
options.batchSize = 50
options.optimizer = Adam(learningRate: 0.005)
options.losses = [MeanSquaredError(), BinaryCrossentropy()]
options.lossWeights = [10, 1]
options.metrics = [[MeanAbsoluteErrorMetric()], [BinaryAccuracy()]]
let trainer = try Trainer(
    model, options: options, data: bars(1000, seed: 1), validation: bars(200, seed: 2), threads: ThreadPool())
_ = try trainer.run()
let last = trainer.progress.history.last!
print("error of the product \(last["val_product_mae"]!), stands or lies rightly told \(last["val_stands_accuracy"]!)")
precondition(last["val_product_mae"]! < 0.05 && last["val_stands_accuracy"]! > 0.97)
