// Fine-tuning against training from scratch: a network learns the drawn digits 0 to 4 from many examples. With a new last
// layer and its early layers frozen it then learns 5 to 9 from four examples each, and so does a new network.

import NeuralNet

/// The segments of a digital clock that are lit: top, upper left and right, middle, lower left and right, bottom.
let segments: [[Int]] = [
    [0, 1, 2, 4, 5, 6], [2, 5], [0, 2, 3, 4, 6], [0, 2, 3, 5, 6], [1, 2, 3, 5],
    [0, 1, 3, 5, 6], [0, 1, 3, 4, 5, 6], [0, 2, 5], [0, 1, 2, 3, 4, 5, 6], [0, 1, 2, 3, 5, 6],
]
let ends: [(Float, Float, Float, Float)] = [
    (0, 0, 1, 0), (0, 0, 0, 1), (1, 0, 1, 1), (0, 1, 1, 1), (0, 1, 0, 2), (1, 1, 1, 2), (0, 2, 1, 2),
]

/// Draws digits on 16 x 16 pixels, each a little moved, slanted, larger or smaller, and with noise.
func digits(_ classes: [Int], each count: Int, seed: UInt64) throws -> ArrayDataset {
    var random = RandomGenerator(seed: seed)
    var inputs: [Float] = [], labels: [Int] = []
    for (label, digit) in classes.enumerated() {
        for _ in 0..<count {
            let size = random.uniform(in: 4...6), slant = random.uniform(in: -0.4...0.4)
            let left = random.uniform(in: 3...6), top = random.uniform(in: 1...3)
            var picture = (0..<256).map { _ in random.uniform(in: 0...0.3) }
            for segment in segments[digit] {
                let (x1, y1, x2, y2) = ends[segment]
                for step in 0...20 {
                    let t = Float(step) / 20, x = x1 + t * (x2 - x1), y = y1 + t * (y2 - y1)
                    let column = Int(left + size * (x + slant * (1 - y))), row = Int(top + size * y)
                    if (0..<16).contains(column), (0..<16).contains(row) { picture[row * 16 + column] = 1 }
                }
            }
            inputs += picture
            labels.append(label)
        }
    }
    return try ArrayDataset(inputs: inputs, labels: labels, inputShape: [16, 16, 1], classes: classes.count)
}

func network(seed: UInt64) throws -> Model {
    try Model(input: [16, 16, 1], seed: seed) {
        Conv2D(16, kernelSize: 3, padding: .same, activation: .relu, name: "conv1")
        MaxPool2D(2)
        Conv2D(32, kernelSize: 3, padding: .same, activation: .relu, name: "conv2")
        MaxPool2D(2)
        Flatten()
        Dense(48, activation: .relu, name: "features")
        Dense(5, activation: .softmax, name: "digits")
    }
}

let threads = ThreadPool()

/// Trains and returns the accuracy on digits that were not seen.
func train(_ model: Model, _ data: ArrayDataset, _ test: ArrayDataset, epochs: Int) throws -> Double {
    var options = TrainingOptions()
    options.epochs = epochs
    options.batchSize = 30
    options.optimizer = Adam(learningRate: 0.003)
    _ = try Trainer(model, options: options, data: data, threads: threads).run()
    return try model.evaluate(test, loss: .categoricalCrossentropy(), threads: threads).metrics["accuracy"] ?? 0
}

let base = try network(seed: 1)
let low = try train(base, digits(Array(0...4), each: 200, seed: 1), digits(Array(0...4), each: 40, seed: 2), epochs: 12)
print("digits 0 to 4, 200 of each: \(low)")

let few = try digits(Array(5...9), each: 4, seed: 3), test = try digits(Array(5...9), each: 100, seed: 4)
let tuned = try base.withNewHead(classes: 5, seed: 2).freezing(["conv*"])
let fineTuned = try train(tuned, few, test, epochs: 40)
let scratch = try train(try network(seed: 2), few, test, epochs: 40)
print("digits 5 to 9, 4 of each: fine-tuned \(fineTuned), from scratch \(scratch)")
precondition(low > 0.9 && fineTuned > scratch, "the head start is lost")
