import NeuralNet
import Testing

@Suite struct DropoutTests {
    private static func mask(_ rate: Float, count: Int = 20_000, batch: Int = 3, seed: UInt64 = 5, threads: Int = 2)
        throws
        -> [Float]
    {
        let runner = try Runner(Model(input: [count]) { Dropout(rate) }, batch: batch, threads: threads)
        return runner.forward([[Float](repeating: 1, count: count * batch)], count: batch, seed: seed)[0]
    }

    @Test(arguments: [Float(0.1), 0.25, 0.5, 0.9])
    func dropsTheRateAndKeepsTheMean(_ rate: Float) throws {
        let mask = try Self.mask(rate)
        #expect(mask.allSatisfy { $0 == 0 || abs($0 * (1 - rate) - 1) < 1e-6 })
        let dropped = Float(mask.count { $0 == 0 }) / Float(mask.count)
        let deviation = (rate * (1 - rate) / Float(mask.count)).squareRoot()
        #expect(abs(dropped - rate) < 4 * deviation)
        // Neighbours fall independently of each other.
        let pairs = Float(zip(mask, mask.dropFirst()).count { $0 == 0 && $1 == 0 }) / Float(mask.count)
        #expect(abs(pairs - rate * rate) < 0.01)
    }

    @Test func sameSeedSameMaskWhateverTheThreads() throws {
        let mask = try Self.mask(0.3)
        #expect(try Self.mask(0.3) == mask)
        #expect(try Self.mask(0.3, threads: 1) == mask)
        #expect(try Self.mask(0.3, threads: 3) == mask)
        #expect(try Self.mask(0.3, seed: 6) != mask)
    }

    /// Two layers of one model, and the samples of a batch, drop different elements.
    @Test func masksDiffer() throws {
        let x = Input([1000])
        let runner = try Runner(Model(inputs: [x], outputs: [Dropout(0.5)(x), Dropout(0.5)(x)]), batch: 2)
        let masks = runner.forward([[Float](repeating: 1, count: 2000)], count: 2)
        #expect(masks[0] != masks[1])
        #expect(masks[0].prefix(1000) != masks[0].suffix(1000))
    }

    @Test func gradientUsesTheMask() throws {
        try checkLayer(
            Dropout(0.4), input: [4, 15], output: [4, 15], options: ModelCheck(differsInTraining: true, step: 0.25))
        try checkLayer(
            Dense(40, activation: .tanh), Dropout(0.5), Dense(5), Dropout(0.2), input: [12], output: [5],
            options: ModelCheck(differsInTraining: true))
    }

    @Test func doesNothingAtRateZero() throws {
        try checkLayer(Dropout(0), input: [5], output: [5], options: ModelCheck(step: 0.25, kernels: []))
    }

    /// `dropoutScale` weakens the rate; 0 turns it off.
    @Test func scale() throws {
        let model = try Model(input: [50_000]) { Dropout(0.5) }
        let executor = try Executor(model, maximumBatch: 1, threads: ThreadPool(threads: 1), isTraining: true)
        for (scale, expected) in [(Float(1), Float(0.5)), (0.5, 0.25), (0, 0)] {
            executor.input().update(repeating: 1, count: 50_000)
            executor.forward(count: 1, isTraining: true, seed: 1, dropoutScale: scale)
            let dropped = (0..<50_000).count { executor.output()[$0] == 0 }
            #expect(abs(Float(dropped) / 50_000 - expected) < 0.01)
        }
    }

    /// Whole samples fall, and the others make up for them; the gradient takes the same way.
    @Test func stochasticDepth() throws {
        let model = try Model(input: [3]) { StochasticDepth(0.4) }
        let ones = [Float](repeating: 1, count: 3000)
        let results = try Runner(model, batch: 1000).run([ones], upstream: [ones], count: 1000)
        let kept = stride(from: 0, to: 3000, by: 3).map { results.outputs[0][$0] }
        #expect(kept.allSatisfy { $0 == 0 || abs($0 - 1 / 0.6) < 1e-6 })
        #expect(abs(kept.count { $0 == 0 } - 400) < 60)
        #expect((0..<3000).allSatisfy { results.outputs[0][$0] == kept[$0 / 3] })
        #expect(results.inputGradients[0] == results.outputs[0])
    }

    @Test(arguments: [([nil, 1, 1, nil], [0, 1, 2]), ([nil, 1, 1, 1], [0, 0, 0]), ([nil, 1, nil, 1], [0, 0, 0])])
    func sharedNoise(_ shape: [Int?], _ places: [Int]) throws {
        let model = try Model(input: [4, 1, 3]) { Dropout(0.5, noiseShape: shape) }
        let ones = [Float](repeating: 1, count: 12 * 100)
        let masks = try [1, 3].map { threads in
            let runner = try Runner(model, batch: 100, threads: threads)
            let results = runner.run([ones], upstream: [ones], count: 100)
            #expect(results.inputGradients == results.outputs)
            #expect(runner.forward([ones], count: 100, isTraining: false)[0] == ones)
            return results.outputs[0]
        }
        #expect(masks[0] == masks[1])
        #expect(Set(masks[0]) == [0, 2])
        for i in 0..<1200 {
            let first = i / 12 * 12 + places[i % 3]
            #expect(masks[0][i] == masks[0][first])
        }
    }

    /// Attention and sequences that drop: the gradient is that of what was computed.
    @Test func insideLayers() throws {
        for layer in [
            MultiHeadAttention(heads: 2, keyDimension: 3, dropout: 0.5) as any Layer, LSTM(3, dropout: 0.5),
        ] {
            let x = Input([4, 5])
            let model = try Model(inputs: [x], outputs: [layer is LSTM ? layer(x) : layer(x, x)], seed: 3)
            try checkModel(
                model, outputs: [layer is LSTM ? [3] : [4, 5]], options: ModelCheck(differsInTraining: true))
        }
    }
}
