// A layer, a loss, a metric and a callback of one's own; the model is saved, and read back with the layer.

import Glibc
import NeuralNet

/// `y = x / (1 + |x| / limit)`: keeps values within plus and minus `limit`.
struct Squash: Layer {
    static let className = "Squash"
    var name: String
    var limit: Float

    init(limit: Float = 1, name: String = "") {
        self.limit = limit
        self.name = name
    }

    func outputShape(_ inputs: [Shape]) throws -> Shape {
        guard inputs.count == 1, limit > 0 else {
            throw NeuralNetError.invalidGraph("\(label): one input and a limit above 0")
        }
        return inputs[0]
    }

    func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? {
        SquashKernel(limit: limit, count: context.outputShape.reduce(1, *))
    }

    var config: [String: JSONValue] { ["limit": .double(Double(limit))] }
}

struct SquashKernel: LayerKernel {
    let limit: Float
    /// Values per sample.
    let count: Int

    /// `backward` reads the input, so it must be kept until then.
    var memory: KernelMemory {
        var memory = KernelMemory()
        memory.keepsInput = true
        return memory
    }

    func forward(_ buffers: LayerBuffers, _ pass: Pass) {
        for i in 0..<count * pass.count {
            let x = buffers.inputs[0][i]
            buffers.output[i] = x / (1 + abs(x) / limit)
        }
    }

    func backward(_ buffers: LayerBuffers, _ pass: Pass) {
        guard let gradient = buffers.inputGradients[0], let upstream = buffers.outputGradient else { return }
        for i in 0..<count * pass.count {
            let factor = 1 + abs(buffers.inputs[0][i]) / limit
            gradient[i] = upstream[i] / (factor * factor)
        }
    }
}

/// `log(cosh(p - y))`: squared for small errors, linear for large ones.
struct LogCosh: Loss {
    static let className = "LogCosh"

    func evaluate(_ batch: LossBatch) -> Double {
        batch.meanOverValues { p, y in
            let d = p - y
            return (abs(d) + log1pf(expf(-2 * abs(d))) - logf(2), tanhf(d))
        }
    }
}

/// The largest error of all samples.
struct LargestError: Metric {
    let name = "largest_error"
    let isBetterWhenLarger = false

    func stateCount(columns: Int) -> Int { 1 }

    func update(_ state: UnsafeMutablePointer<Double>, _ batch: MetricBatch) {
        for i in 0..<batch.count * batch.columns {
            state[0] = max(state[0], Double(abs(batch.outputs[i] - batch.targets[i])))
        }
    }

    func result(_ state: UnsafePointer<Double>, columns: Int) -> Double? { state[0] }
}

/// Ends training as soon as the largest error is small enough.
final class StopWhenGood: Callback {
    let limit: Double
    private(set) var epochs = 0

    init(limit: Double) { self.limit = limit }

    func onEpochEnd(_ trainer: Trainer, _ record: EpochRecord) {
        epochs = record.epoch
        if let error = record["val_largest_error"], error < limit { trainer.stopsTraining = true }
    }
}

let model = try Model(input: [2], seed: 4) {
    Dense(24)
    Squash(limit: 2)
    Dense(1)
}
var random = RandomGenerator(seed: 9)
let x = (0..<600).map { _ in random.uniform(in: -1...1) }
let data = try ArrayDataset(inputs: x, targets: (0..<300).map { x[2 * $0] * x[2 * $0 + 1] }, inputShape: [2])

var options = TrainingOptions()
options.epochs = 400
options.batchSize = 30
options.optimizer = Adam(learningRate: 0.02)
options.loss = LogCosh()
options.metrics = [[LargestError()]]
let threads = ThreadPool(threads: 1)
let trainer = try Trainer(model, options: options, data: data, validation: data, threads: threads)
let stop = StopWhenGood(limit: 0.1)
trainer.callbacks = [stop]
let end = try trainer.run()
print(
    "\(end) after \(stop.epochs) epochs, largest error \(trainer.progress.history.last?["val_largest_error"] ?? .nan)")

let path = "own-parts.h5"
try ModelFile.write(model, to: path)
var layers = LayerRegistry()
layers.add(Squash.className) { name, config in Squash(limit: Float(config["limit"]?.doubleValue ?? 1), name: name) }
let restored = try ModelFile.read(path, layers: layers).model
let before = try model.predict([0.5, 0.5], threads: threads),
    after = try restored.predict([0.5, 0.5], threads: threads)
print("0.5 times 0.5 is \(after[0])")
precondition(before == after && end == .interrupted)
unlink(path)
