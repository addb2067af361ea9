import NeuralNet
import Synchronization
import Testing

/// Weights that change while others compute with them.
struct WeightsAccessTests {
    /// A network whose outputs are all equal if, and only if, all its weights are of one time.
    private func model() throws -> Model {
        try Model(input: [64]) {
            Dense(64, usesBias: false)
            Dense(32, usesBias: false)
        }
    }

    private func fill(_ model: Model, with value: Float) {
        model.weights.withUnsafeMutableValues { values in
            for i in 0..<model.weights.count { values[i] = value }
        }
    }

    @Test func aPassSeesWeightsOfOneTime() throws {
        let model = try model(), isDone = Atomic(false), torn = Atomic(0)
        fill(model, with: 1)
        let threads = ThreadPool(threads: 3)
        try withExtendedLifetime(model) {
            let executors = try (0..<2).map { _ in
                try Executor(model, maximumBatch: 1, threads: ThreadPool(threads: 1))
            }
            for executor in executors { for i in 0..<64 { executor.input()[i] = 1 } }
            let handles = executors.map { Held($0) }
            threads.run { thread in
                if thread == 0 {
                    for round in 0..<300 { fill(model, with: round % 2 == 0 ? 2 : 1) }
                    isDone.store(true, ordering: .releasing)
                    return
                }
                let executor = handles[thread - 1].executor
                repeat {
                    executor.forward(count: 1)
                    let first = executor.output()[0]
                    if first != 64 * 64, first != 4 * 64 * 64 { torn.wrappingAdd(1, ordering: .relaxed) }
                    for i in 0..<32 where executor.output()[i] != first { torn.wrappingAdd(1, ordering: .relaxed) }
                } while !isDone.load(ordering: .acquiring)
            }
        }
        #expect(torn.load(ordering: .relaxed) == 0)
    }

    /// One thread at a time has it.
    private struct Held: @unchecked Sendable {
        let executor: Executor
        init(_ executor: Executor) { self.executor = executor }
    }

    @Test func changesAreAnnounced() throws {
        let model = try model()
        let executor = try Executor(model, maximumBatch: 1, threads: ThreadPool(threads: 1))
        for i in 0..<64 { executor.input()[i] = 1 }
        let before = model.weights.version
        fill(model, with: 1)
        #expect(model.weights.version != before)
        executor.forward(count: 1)
        #expect(executor.output()[0] == 64 * 64)
        model.weights.set(1, [Float](repeating: 2, count: 64 * 32))
        executor.forward(count: 1)
        #expect(executor.output()[0] == 2 * 64 * 64)
        #expect(model.weights.withUnsafeValues { $0[model.weights.entries[1].offset] } == 2)
    }

    @Test func aModelCanBeUsedWhileItIsTrained() throws {
        let model = try Model(input: [8], seed: 3) {
            Dense(16, activation: .relu)
            BatchNormalization()
            Dense(2, activation: .softmax)
        }
        let inputs = (0..<256 * 8).map { Float($0 % 13) / 13 - 0.5 }
        let data = try ArrayDataset(
            inputs: inputs, labels: (0..<256).map { $0 % 2 }, inputShape: [8], classes: 2)
        func train(_ model: Model) throws {
            var options = TrainingOptions()
            options.epochs = 20
            options.batchSize = 16
            _ = try Trainer(model, options: options, data: data, threads: ThreadPool(threads: 1)).run()
        }
        let alone = model.copy()
        try train(alone)
        let isDone = Atomic(false), failed = Atomic(false)
        ThreadPool(threads: 2).run { thread in
            do {
                if thread == 0 {
                    defer { isDone.store(true, ordering: .releasing) }
                    try train(model)
                    return
                }
                repeat {
                    let answers = try model.predict(inputs, threads: ThreadPool(threads: 1))
                    if !answers.allSatisfy(\.isFinite) { failed.store(true, ordering: .relaxed) }
                } while !isDone.load(ordering: .acquiring)
            } catch {
                failed.store(true, ordering: .relaxed)
            }
        }
        let hasFailed = failed.load(ordering: .relaxed)
        #expect(!hasFailed)
        for index in model.weights.entries.indices {
            #expect(model.weights.array(index) == alone.weights.array(index))
        }
    }
}
