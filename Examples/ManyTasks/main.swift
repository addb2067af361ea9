// One model, many tasks: each has an executor of its own, all share the weights. Results are those of one task.

import NeuralNet

let model = try Model(input: [12, 12, 1], seed: 1) {
    Conv2D(16, kernelSize: 3, activation: .relu)
    MaxPool2D(2)
    Flatten()
    Dense(10, activation: .softmax)
}

/// Sixteen samples of one task, one by one.
@Sendable func work(_ task: Int) throws -> [Float] {
    // Work is shared out by tasks here, so each computes with one thread.
    let executor = try Executor(model, maximumBatch: 1, threads: ThreadPool(threads: 1))
    var random = RandomGenerator(seed: UInt64(task))
    var results: [Float] = []
    for _ in 0..<16 {
        for i in 0..<144 { executor.input()[i] = random.uniform() }
        executor.forward(count: 1)
        results += UnsafeBufferPointer(start: executor.output(), count: 10)
    }
    return results
}

let alone = try (0..<8).map(work)
let together = try await withThrowingTaskGroup(of: (Int, [Float]).self) { group in
    for task in 0..<8 { group.addTask { (task, try work(task)) } }
    var results = [[Float]](repeating: [], count: 8)
    for try await (task, values) in group { results[task] = values }
    return results
}
print("8 tasks, 128 predictions, equal to those of one task: \(alone == together)")
precondition(alone == together)
