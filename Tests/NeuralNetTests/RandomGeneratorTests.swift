import NeuralNet
import Testing

@Suite struct RandomGeneratorTests {
    private static func values(_ generator: RandomGenerator, _ count: Int = 8) -> [UInt64] {
        var generator = generator
        return (0..<count).map { _ in generator.next() }
    }

    @Test func sequencesDependOnSeedAndStreamsOnly() {
        #expect(Self.values(RandomGenerator(seed: 1)) == Self.values(RandomGenerator(seed: 1)))
        let all = [
            RandomGenerator(seed: 1), RandomGenerator(seed: 2), RandomGenerator(seed: 1, streams: 0),
            RandomGenerator(seed: 1, streams: 1), RandomGenerator(seed: 1, streams: 0, 1),
            RandomGenerator(seed: 1, streams: 1, 0), RandomGenerator(seed: 0), RandomGenerator(seed: .max),
        ].map { Self.values($0) }
        #expect(Set(all).count == all.count)
    }

    /// These values must never change: saved training runs continue with them.
    @Test func knownValues() {
        #expect(
            Self.values(RandomGenerator(seed: 42), 3) == [
                15_021_278_609_987_233_951, 5_881_210_131_331_364_753, 18_149_643_915_985_481_100,
            ])
    }

    @Test func uniform() {
        var random = RandomGenerator(seed: 3)
        let values = (0..<100_000).map { _ in random.uniform() }
        #expect(values.allSatisfy { $0 >= 0 && $0 < 1 })
        #expect(abs(values.reduce(0, +) / 100_000 - 0.5) < 0.005)
        let scaled = (0..<1000).map { _ in random.uniform(in: -3 ... -1) }
        #expect(scaled.allSatisfy { $0 >= -3 && $0 <= -1 })
        #expect(abs(scaled.reduce(0, +) / 1000 + 2) < 0.1)
    }

    @Test func integers() {
        var random = RandomGenerator(seed: 4)
        var counts = [Int](repeating: 0, count: 7)
        for _ in 0..<70_000 { counts[random.integer(below: 7)] += 1 }
        #expect(counts.allSatisfy { abs($0 - 10_000) < 500 })
        #expect((0..<20).allSatisfy { _ in random.integer(below: 1) == 0 })
    }

    /// Means, deviations and limits of the initial weights are those of the papers and of Keras's documentation.
    @Test(
        arguments: [
            (.zeros, 0, 0, 0), (.ones, 1, 0, 1), (.constant(-2.5), -2.5, 0, 2.5),
            (.glorotUniform, 0, (2.0 / 500).squareRoot(), (6.0 / 500).squareRoot()),
            (.glorotNormal, 0, (2.0 / 500).squareRoot(), 2 * (2.0 / 500).squareRoot() / 0.8796),
            (.heUniform, 0, (2.0 / 300).squareRoot(), (6.0 / 300).squareRoot()),
            (.heNormal, 0, (2.0 / 300).squareRoot(), 2 * (2.0 / 300).squareRoot() / 0.8796),
            (.lecunUniform, 0, (1.0 / 300).squareRoot(), (3.0 / 300).squareRoot()),
            (.lecunNormal, 0, (1.0 / 300).squareRoot(), 2 * (1.0 / 300).squareRoot() / 0.8796),
            (.randomUniform, 0, 0.05 / 3.0.squareRoot(), 0.05), (.uniform(1, 3), 2, 1 / 3.0.squareRoot(), 3),
            (.randomNormal, 0, 0.05, nil), (.normal(mean: 1, deviation: 0.5), 1, 0.5, nil),
            (.truncatedNormal, 0, 0.05 * 0.8796, 0.1),
            (.truncated(mean: 1, deviation: 0.5), 1, 0.5 * 0.8796, 2),
            (.orthogonal, 0, (1.0 / 300).squareRoot(), nil),
            (.orthogonal(gain: 3), 0, 3 * (1.0 / 300).squareRoot(), nil),
            (
                .varianceScaling(scale: 2, mode: .fanOut, distribution: .truncated), 0, (2.0 / 200).squareRoot(),
                2 * (2.0 / 200).squareRoot() / 0.8796
            ),
            (
                .varianceScaling(scale: 0.5, mode: .fanOut, distribution: .uniform), 0, (0.5 / 200).squareRoot(),
                (1.5 / 200).squareRoot()
            ),
            (.varianceScaling(scale: 1, mode: .fanAverage, distribution: .normal), 0, (2.0 / 500).squareRoot(), nil),
        ] as [(Initializer, Double, Double, Double?)])
    func initializers(_ initializer: Initializer, mean: Double, deviation: Double, limit: Double?) throws {
        let model = try Model(input: [300], seed: 5) { Dense(200, kernelInitializer: initializer) }
        let w = model.weights.array(0).map(Double.init)
        let found = w.reduce(0, +) / Double(w.count)
        let spread = (w.reduce(0) { $0 + ($1 - found) * ($1 - found) } / Double(w.count)).squareRoot()
        let largest = w.map(abs).max()!
        #expect(abs(spread - deviation) <= 0.01 * deviation + 1e-6)
        if let limit { #expect(largest <= limit * 1.0001 && largest >= limit * 0.99) }
        #expect(abs(found - mean) < 0.002 + 0.02 * deviation)
    }

    @Test(arguments: [[6, 4], [4, 6], [5, 5]] as [Shape])
    func orthogonal(_ shape: Shape) throws {
        let model = try Model(input: [shape[0]], seed: 5) { Dense(shape[1], kernelInitializer: .orthogonal) }
        let w = model.weights.array(0), rows = shape[0], columns = shape[1]
        for i in 0..<min(rows, columns) {
            for j in 0..<min(rows, columns) {
                let dot = (0..<max(rows, columns)).reduce(Float(0)) { sum, k in
                    rows <= columns
                        ? sum + w[i * columns + k] * w[j * columns + k] : sum + w[k * columns + i] * w[k * columns + j]
                }
                #expect(abs(dot - (i == j ? 1 : 0)) < 1e-5)
            }
        }
    }
}
