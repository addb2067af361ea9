// A network finds a curve: noisy points of sin(x) in, the mean squared error as the loss, R2 as what is measured, and the
// best of the epochs at the end.

import Glibc
import NeuralNet

func points(_ count: Int, noise: Float, seed: UInt64) throws -> ArrayDataset {
    var random = RandomGenerator(seed: seed)
    let x = (0..<count).map { _ in random.uniform(in: -3...3) }
    return try ArrayDataset(
        inputs: x, targets: x.map { sinf($0) + random.uniform(in: -noise...noise) }, inputShape: [1])
}

let model = try Model(input: [1], seed: 3) {
    Dense(32, activation: .tanh)
    Dense(32, activation: .tanh)
    Dense(1)
}
print(model.summary())

var options = TrainingOptions()
options.epochs = 120
options.batchSize = 32
options.optimizer = Adam(learningRate: 0.01)
options.schedule = .cosine()
options.loss = .meanSquaredError
options.metrics = [[MeanAbsoluteErrorMetric(), R2Score()]]
options.restoresBestWeights = true

let threads = ThreadPool(threads: 1)
let test = try points(200, noise: 0, seed: 2)
let trainer = try Trainer(
    model, options: options, data: points(400, noise: 0.1, seed: 1), validation: test, threads: threads)
_ = try trainer.run()

let best = trainer.progress.history[trainer.progress.bestEpoch - 1]
print("epoch \(best.epoch): mean absolute error \(best["val_mae"] ?? .nan), R2 \(best["val_r2"] ?? .nan)")
print("sin(1) is \(try model.predict([1], threads: threads)[0])")
precondition(best["val_r2"] ?? 0 > 0.99)
