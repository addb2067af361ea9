// Embeddings: a network learns to tell six kinds of curves apart. The output of its last hidden layer then says how alike two
// curves are, also of kinds that it never saw: the nearest neighbour of a curve is one of its own kind.

import Glibc
import NeuralNet

/// Noisy curves of 32 points; kind k has a rhythm and a shape of its own.
func curves(_ kinds: [Int], each count: Int, seed: UInt64) throws -> ArrayDataset {
    var random = RandomGenerator(seed: seed)
    var inputs: [Float] = [], labels: [Int] = []
    for (label, kind) in kinds.enumerated() {
        for _ in 0..<count {
            let start = random.uniform(in: 0...1), height = random.uniform(in: 0.6...1.4)
            for i in 0..<32 {
                let t = (Float(i) / 32 * Float(1 + kind / 2) + start).truncatingRemainder(dividingBy: 1)
                let value = kind % 2 == 0 ? sinf(2 * .pi * t) : 2 * t - 1
                inputs.append(height * value + random.uniform(in: -0.2...0.2))
            }
            labels.append(label)
        }
    }
    return try ArrayDataset(inputs: inputs, labels: labels, inputShape: [32], classes: kinds.count)
}

let model = try Model(input: [32], seed: 5) {
    Reshape([32, 1, 1])
    Conv2D(24, kernelSize: (7, 1), activation: .relu)
    Conv2D(24, kernelSize: (7, 1), activation: .relu)
    GlobalMaxPool2D()
    Dense(16, activation: .tanh, name: "embedding")
    Dense(6, activation: .softmax)
}
let threads = ThreadPool()
var options = TrainingOptions()
options.epochs = 25
options.batchSize = 40
options.optimizer = Adam(learningRate: 0.005)
_ = try Trainer(model, options: options, data: curves(Array(0...5), each: 100, seed: 1), threads: threads).run()

// The network up to the embedding, for kinds that it was not trained on.
let embedder = try model.cut(at: "embedding")
let others = try curves([6, 7, 8, 9], each: 25, seed: 2)
let points = try embedder.predict(others.inputs, threads: threads)

func distance(_ a: Int, _ b: Int) -> Float {
    (0..<16).reduce(0) { $0 + powf(points[16 * a + $1] - points[16 * b + $1], 2) }
}
var right = 0
for i in 0..<others.count {
    let nearest = (0..<others.count).filter { $0 != i }.min { distance(i, $0) < distance(i, $1) }!
    if others.labels[nearest] == others.labels[i] { right += 1 }
}
print("\(right) of \(others.count) curves of four new kinds are nearest to one of their own")
precondition(right > others.count / 2)
