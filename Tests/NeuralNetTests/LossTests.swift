import Foundation
import NeuralNet
import Testing

/// Losses and metrics against Keras: `Scripts/make-loss-fixtures.py`.
@Suite struct LossTests {
    static let fixture: JSONValue = {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Fixtures/losses.json")
        return try! JSONValue(parsing: String(contentsOf: path, encoding: .utf8))
    }()

    private static func item(_ list: String, _ name: String) -> JSONValue? {
        fixture[list]?.arrayValue?.first { $0["name"]?.stringValue == name }
    }

    private static func floats(_ value: JSONValue?) -> [Float] {
        (value?.arrayValue ?? []).map { Float($0.doubleValue ?? .nan) }
    }

    private static func pointers<R>(
        _ a: [Float], _ b: [Float], _ c: [Float] = [],
        _ body: (UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>?) -> R
    ) -> R {
        a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                c.withUnsafeBufferPointer { c in body(a.baseAddress!, b.baseAddress!, c.isEmpty ? nil : c.baseAddress!)
                }
            }
        }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var loss: any Loss
        var testDescription: String { name }
    }

    static let losses = [
        Case(name: "categorical", loss: CategoricalCrossentropy()),
        Case(name: "categorical soft", loss: CategoricalCrossentropy()),
        Case(name: "categorical smooth", loss: CategoricalCrossentropy(labelSmoothing: 0.2)),
        Case(name: "categorical logits", loss: CategoricalCrossentropy(labelSmoothing: 0.1, fromLogits: true)),
        Case(name: "sparse", loss: SparseCategoricalCrossentropy()),
        Case(name: "sparse logits", loss: SparseCategoricalCrossentropy(fromLogits: true)),
        Case(name: "sparse places", loss: SparseCategoricalCrossentropy()),
        Case(name: "binary", loss: BinaryCrossentropy()),
        Case(name: "binary smooth", loss: BinaryCrossentropy(labelSmoothing: 0.2)),
        Case(name: "binary logits", loss: BinaryCrossentropy(fromLogits: true)),
        Case(name: "mse", loss: MeanSquaredError()), Case(name: "mae", loss: MeanAbsoluteError()),
        Case(name: "huber", loss: Huber(delta: 0.7)), Case(name: "kl", loss: KLDivergence()),
        Case(name: "focal", loss: CategoricalFocalCrossentropy(alpha: 0.3, gamma: 1.5)),
        Case(name: "focal smooth", loss: CategoricalFocalCrossentropy(labelSmoothing: 0.1)),
        Case(name: "binary focal", loss: BinaryFocalCrossentropy(gamma: 1.5)),
        Case(name: "binary focal balanced", loss: BinaryFocalCrossentropy(alpha: 0.3, appliesClassBalancing: true)),
        Case(
            name: "focal logits", loss: CategoricalFocalCrossentropy(gamma: 1.5, labelSmoothing: 0.1, fromLogits: true)),
        Case(name: "focal factors", loss: CategoricalFocalCrossentropy(classAlphas: [0.1, 0.2, 0.3, 0.4])),
        Case(
            name: "focal factors logits",
            loss: CategoricalFocalCrossentropy(fromLogits: true, classAlphas: [0.1, 0.2, 0.3, 0.4])),
        Case(name: "binary focal smooth", loss: BinaryFocalCrossentropy(labelSmoothing: 0.2)),
        Case(name: "binary focal logits", loss: BinaryFocalCrossentropy(gamma: 1.5, fromLogits: true)),
        Case(
            name: "binary focal balanced logits",
            loss: BinaryFocalCrossentropy(
                alpha: 0.3, appliesClassBalancing: true, labelSmoothing: 0.1, fromLogits: true)),
    ]

    @Test func allAreTried() { #expect(LossTests.fixture["losses"]?.arrayValue?.count == LossTests.losses.count) }

    @Test(arguments: losses) func asKeras(_ test: Case) throws {
        let item = try #require(LossTests.item("losses", test.name))
        let outputs = LossTests.floats(item["outputs"]), targets = LossTests.floats(item["targets"])
        let weights = LossTests.floats(item["weights"])
        let shape = (item["shape"]?.arrayValue ?? []).compactMap(\.intValue), columns = shape.reduce(1, *)
        let count = outputs.count / columns
        var gradient = [Float](repeating: .nan, count: outputs.count)
        let sum = LossTests.pointers(outputs, targets, weights) { values, targets, weights in
            gradient.withUnsafeMutableBufferPointer { gradient in
                test.loss.evaluate(
                    LossBatch(
                        values: values, targets: targets, weights: weights, count: count, columns: columns,
                        classes: shape.last!, targetColumns: test.loss.targetCount(forOutput: shape),
                        scale: 1 / Float(count), gradient: gradient.baseAddress))
            }
        }
        let value = try #require(item["value"]?.doubleValue)
        #expect(abs(sum / Double(count) - value) < 1e-5 * max(1, abs(value)))
        expectClose(
            gradient, LossTests.floats(item["gradient"]), shape: [count] + shape, tolerance: 2e-5, test.name)
    }

    /// What a loss computes from the input of the last activation is what it computes from the output.
    @Test(arguments: ["categorical smooth", "sparse", "binary smooth"])
    func absorbedActivationIsTheSame(_ name: String) throws {
        let loss = LossTests.losses.first { $0.name == name }!.loss
        let activation = try #require(loss.absorbedActivation)
        let targets: [Float] =
            loss.targetCount(forOutput: [3]) == 1 ? [2] : name.hasPrefix("binary") ? [0, 1, 1] : [0, 0, 1]
        func gradient(_ losses: [any Loss]) throws -> (Double, [Float]) {
            let model = try Model(input: [4], seed: 3) { Dense(3, activation: activation) }
            let executor = try Executor(
                model, maximumBatch: 1, threads: ThreadPool(threads: 1), isTraining: true, losses: losses)
            #expect(executor.lossInput().isBeforeActivation == !losses.isEmpty)
            executor.input().update(from: [0.5, -1, 2, 0.3], count: 4)
            executor.forward(count: 1, isTraining: true)
            let value = executor.loss(loss, targets: targets)
            executor.backward()
            return (value, Array(executor.gradients))
        }
        let (value, gradients) = try gradient([]), (absorbed, others) = try gradient([loss])
        #expect(abs(value - absorbed) < 1e-5)
        expectClose(others, gradients, shape: [gradients.count], tolerance: 1e-4, name)
    }

    @Test func labelsThatAreNoClassEndTheRun() throws {
        let model = try Model(input: [1]) { Dense(3, activation: .softmax) }
        var options = TrainingOptions()
        options.epochs = 1
        options.loss = .sparseCategoricalCrossentropy
        let data = try ArrayDataset(inputs: [1, 2], targets: [0, 3], inputShape: [1])
        let trainer = try Trainer(model, options: options, data: data, threads: ThreadPool(threads: 1))
        #expect(throws: NeuralNetError.notFinite(quantity: "the loss", step: 1)) { try trainer.run() }
    }

    struct MetricCase: Sendable, CustomTestStringConvertible {
        var name: String
        var metric: any Metric
        var testDescription: String { name }
    }

    static let metrics = [
        MetricCase(name: "accuracy", metric: CategoricalAccuracy()),
        MetricCase(name: "sparse accuracy", metric: CategoricalAccuracy()),
        MetricCase(name: "top 2", metric: TopKCategoricalAccuracy(k: 2)),
        MetricCase(name: "binary accuracy", metric: BinaryAccuracy()), MetricCase(name: "auc", metric: AUC()),
        MetricCase(name: "auc of 5", metric: AUC(thresholds: 5)),
        MetricCase(name: "auc of 2", metric: AUC(thresholds: 2)),
        MetricCase(name: "mae", metric: MeanAbsoluteErrorMetric()),
        MetricCase(name: "mse", metric: MeanSquaredErrorMetric()), MetricCase(name: "r2", metric: R2Score()),
    ]

    @Test(arguments: metrics) func metricsAsKeras(_ test: MetricCase) throws {
        let item = try #require(LossTests.item("metrics", test.name))
        let outputs = LossTests.floats(item["outputs"]), targets = LossTests.floats(item["targets"])
        let columns = 4, count = outputs.count / columns
        var sums = [Double](repeating: 0, count: test.metric.stateCount(columns: columns))
        #expect(test.metric.result(sums, columns: columns) == nil)
        // In two parts.
        for range in [0..<2, 2..<count] {
            let wide = targets.count / count
            LossTests.pointers(outputs, targets) { o, t, _ in
                test.metric.update(
                    &sums,
                    MetricBatch(
                        outputs: o + range.lowerBound * columns, targets: t + range.lowerBound * wide,
                        count: range.count, columns: columns, targetColumns: wide))
            }
        }
        let value = try #require(item["value"]?.doubleValue)
        #expect(abs((test.metric.result(sums, columns: columns) ?? .nan) - value) < 1e-5)
    }

    @Test func noResultIsNil() {
        var sums = [Double](repeating: 0, count: 400)
        LossTests.pointers([0.3, 0.6], [1, 1]) { o, t, _ in
            AUC().update(&sums, MetricBatch(outputs: o, targets: t, count: 2, columns: 1))
        }
        #expect(AUC().result(sums, columns: 1) == nil)
        var same = [Double](repeating: 0, count: 4)
        LossTests.pointers([1, 2], [3, 3]) { o, t, _ in
            R2Score().update(&same, MetricBatch(outputs: o, targets: t, count: 2, columns: 1))
        }
        #expect(R2Score().result(same, columns: 1) == nil)
    }
}
