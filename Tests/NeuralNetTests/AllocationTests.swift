import AllocationCounter
import NeuralNet
import Threads
import Testing

/// Running a model must not allocate.
@Suite struct AllocationTests {
    /// The network of the documentation, for 48x48 grey images and seven classes.
    static func documentedNetwork() throws -> Model {
        try Model(input: [48, 48, 1]) {
            Conv2D(32, kernelSize: 3, activation: .relu)
            Conv2D(64, kernelSize: 3, activation: .relu)
            MaxPool2D(2)
            Dropout(0.25)
            Conv2D(128, kernelSize: 3, activation: .relu)
            MaxPool2D(2)
            Conv2D(128, kernelSize: 3, activation: .relu)
            MaxPool2D(2)
            Dropout(0.25)
            Flatten()
            Dense(1024, activation: .relu)
            Dropout(0.5)
            Dense(7, activation: .softmax)
        }
    }

    /// There is one counter for all tests, which run at the same time.
    private static let counter = Guarded<Void>(())

    /// Allocations on the pool's threads, the caller's included, while `body` runs.
    private static func allocations(_ pool: ThreadPool, _ body: () -> Void) -> Int {
        counter.withLock { _ in
            pool.run { _ in allocation_counter_watch(1) }
            allocation_counter_reset()
            body()
            let count = allocation_counter_value()
            pool.run { _ in allocation_counter_watch(0) }
            return count
        }
    }

    @Test func counterCounts() {
        let pool = ThreadPool(threads: 2)
        let count = Self.allocations(pool) {
            pool.run { thread in withExtendedLifetime([Int](repeating: thread, count: 100 + thread)) {} }
        }
        #expect(count >= 2)
    }

    private static func expectNone(
        _ model: Model, batch: Int, threads: Int, fromLogits: Bool = false, precision: Precision = .float
    ) throws {
        let pool = ThreadPool(threads: threads)
        let executor = try Executor(
            model, maximumBatch: batch, threads: pool, isTraining: true,
            losses: fromLogits ? [CategoricalCrossentropy()] : [], computesInputGradients: !fromLogits,
            precision: precision)
        let inputSizes = model.inputShapes.map { batch * $0.reduce(1, *) }
        let outputSizes = model.outputShapes.map { batch * $0.reduce(1, *) }
        func step(_ seed: UInt64) {
            for i in inputSizes.indices { executor.input(i).update(repeating: 0.5, count: inputSizes[i]) }
            executor.forward(count: seed % 2 == 0 ? batch : batch - 1, isTraining: true, seed: seed)
            for i in outputSizes.indices { executor.outputGradient(i).update(repeating: 0.1, count: outputSizes[i]) }
            executor.backward(accumulate: seed % 3 == 0)
            model.weights.didChange()
        }
        for seed in 0..<2 { step(UInt64(seed)) }
        let count = allocations(pool) { for seed in 2..<8 { step(UInt64(seed)) } }
        #expect(count == 0, "\(threads) threads")
    }

    @Test(arguments: [1, 2])
    func documentedNetwork(_ threads: Int) throws {
        let model = try Self.documentedNetwork()
        #expect(model.parameterCount == 2_345_607)
        try Self.expectNone(model, batch: 4, threads: threads, fromLogits: true)
        try Self.expectNone(model, batch: 4, threads: threads, fromLogits: true, precision: .bfloat16)
    }

    @Test(arguments: [1, 2])
    func everyLayer(_ threads: Int) throws {
        let x = Input([12, 12, 3])
        let layers: [any Layer] = [
            Rescaling([1, 2, 3], offset: [0, 0, 1]), ZeroPadding2D(1),
            Conv2D(5, kernelSize: 3, strides: 2, padding: .same),
            BatchNormalization(), PReLU(sharedAxes: [1, 2]), PReLU(sharedAxes: [2]),
            DepthwiseConv2D(kernelSize: 3, padding: .same, activation: .swish),
            SeparableConv2D(8, kernelSize: 3, padding: .same, activation: .relu), MaxPool2D(2, strides: 1),
            AveragePool2D(2, strides: 1), Reshape([-1, 8]), Dropout(0.3),
            Dense(6, activation: .gelu(approximate: false)),
            Flatten(), ActivationLayer(.elu(alpha: 1)),
        ]
        let y = layers.reduce(x) { $1($0) }
        let z = Concatenate()(Add()(y, y), GlobalAveragePool2D()(x), Multiply()(y, y), GlobalMaxPool2D()(x))
        let model = try Model(inputs: [x], outputs: [Dense(3, activation: .softmax)(z), Dense(1)(y)])
        try Self.expectNone(model, batch: 3, threads: threads)
    }

    /// Layers and models that are called several times, some of them not trained.
    @Test(arguments: [1, 2])
    func composed(_ threads: Int) throws {
        let base = try Model(input: [8, 8, 3], name: "base") {
            Conv2D(16, kernelSize: 3, padding: .same, activation: .relu, name: "conv")
            BatchNormalization(name: "norm")
            Conv2D(5, kernelSize: 3, name: "second")
        }
        let a = Input([8, 8, 3]), b = Input([8, 8, 3]), tower = SharedLayer(Dense(4, name: "tower"))
        let features = try (base(a) + base(b)).map { tower(GlobalAveragePool2D()($0)) }
        let model = try Model(inputs: [a, b], outputs: [Dense(3, activation: .softmax)(Add()(features))])
        try Self.expectNone(model, batch: 3, threads: threads)
        try Self.expectNone(model.trainable { $0.layer.name != "base/norm" }, batch: 3, threads: threads)
    }

    @Test(arguments: LayerTableTests.cases)
    func tableOfLayers(_ item: LayerTableTests.Case) throws {
        let inputs = item.inputs.map { Input($0) }
        try Self.expectNone(try Model(inputs: inputs, outputs: [item.layer(inputs)]), batch: 2, threads: 2)
    }

    /// Sizes as networks have them: the matrix product takes other ways for other sizes.
    @Test(arguments: [1, 2])
    func largerLayers(_ threads: Int) throws {
        let layers: [([Shape], any Layer)] = [
            ([[20, 33]], LSTM(40, returnsSequences: true)), ([[20, 64]], Bidirectional(GRU(24))),
            ([[37, 48], [41, 48]], MultiHeadAttention(heads: 4, keyDimension: 12)),
            ([[9, 9, 40]], Conv2DTranspose(5, kernelSize: 3, strides: 2)),
            ([[12, 12, 40]], Conv2D(24, kernelSize: 3, groups: 4)), ([[60, 40], [50, 40]], Dot(axes: 2)),
            ([[40, 60], [40, 50]], Dot(axes: 1)), ([[30, 70]], Conv1D(9, kernelSize: 5)),
        ]
        for (shapes, layer) in layers {
            let inputs = shapes.map { Input($0) }
            try Self.expectNone(Model(inputs: inputs, outputs: [layer(inputs)]), batch: 3, threads: threads)
        }
    }

    @Test(arguments: [1, 2])
    func prediction(_ threads: Int) throws {
        let model = try Self.documentedNetwork()
        let pool = ThreadPool(threads: threads)
        let executor = try Executor(model, maximumBatch: 3, threads: pool)
        executor.forward(count: 3)
        let count = Self.allocations(pool) { for count in 1...3 { executor.forward(count: count) } }
        #expect(count == 0)
    }
}
