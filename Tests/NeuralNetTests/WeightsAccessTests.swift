import NeuralNet
import Synchronization
import Testing
import Threads

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

    /// The outputs for ones.
    private func outputs(_ executor: Executor) -> [Float] {
        for i in 0..<64 { executor.input()[i] = 1 }
        executor.forward(count: 1)
        return (0..<32).map { executor.output()[$0] }
    }

    @Test func aPassSeesWeightsOfOneTime() throws {
        let model = try model(), score = Score()
        fill(model, with: 1)
        let readers = try (0..<2).map { _ in
            Held(executor: try Executor(model, maximumBatch: 1, threads: ThreadPool(threads: 1)))
        }
        let threads = readers.map { reader in
            WorkerThread {
                for _ in 0..<300 {
                    let values = outputs(reader.executor)
                    if Set(values).count != 1 || ![4096, 4 * 4096].contains(values[0]) {
                        score.torn.wrappingAdd(1, ordering: .relaxed)
                    }
                }
                score.rest.wrappingSubtract(1, ordering: .releasing)
            }
        }
        var value: Float = 1
        while score.rest.load(ordering: .acquiring) > 0 {
            value = 3 - value
            fill(model, with: value)
        }
        for thread in threads { thread.join() }
        #expect(score.torn.load(ordering: .relaxed) == 0)
    }

    private final class Score: Sendable {
        /// Readers at work.
        let rest = Atomic(2)
        let torn = Atomic(0)
    }

    /// One thread at a time has it.
    private struct Held: @unchecked Sendable {
        let executor: Executor
    }

    @Test func changesAreAnnounced() throws {
        let model = try model()
        let executor = try Executor(model, maximumBatch: 1, threads: ThreadPool(threads: 1))
        let before = model.weights.version
        fill(model, with: 1)
        #expect(model.weights.version != before)
        #expect(outputs(executor)[0] == 4096)
        try model.weights.set(1, [Float](repeating: 2, count: 64 * 32))
        #expect(outputs(executor)[0] == 2 * 4096)
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
