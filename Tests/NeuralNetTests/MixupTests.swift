import NeuralNet
import Testing

@Suite struct MixupTests {
    /// Sample i is all i, its class i mod 3.
    private struct Numbers: TrainingData {
        let count = 30
        let inputShape: Shape = [4]
        let targetCount = 3
        func label(of index: Int) -> Int? { index % 3 }
        func write(
            sample index: Int, epoch: Int?, input: UnsafeMutablePointer<Float>, target: UnsafeMutablePointer<Float>
        ) {
            input.update(repeating: Float(index), count: 4)
            for i in 0..<3 { target[i] = i == index % 3 ? 1 : 0 }
        }
    }

    private func sample(_ data: some TrainingData, _ index: Int, _ epoch: Int?) -> (input: [Float], target: [Float]) {
        var input = [Float](repeating: .nan, count: 4), target = [Float](repeating: .nan, count: 3)
        try! data.write(sample: index, epoch: epoch, input: &input, target: &target)
        return (input, target)
    }

    @Test func mixesInputsAndTargetsAlike() throws {
        let data = try MixupData(Numbers(), alpha: 0.4, seed: 2)
        var mixed = 0
        for epoch in 0..<20 {
            for index in 0..<30 {
                let (input, target) = sample(data, index, epoch)
                #expect(abs(target.reduce(0, +) - 1) < 1e-6 && Set(input).count == 1)
                let again = sample(data, index, epoch)
                #expect(again.input == input && again.target == target)
                // The share of the sample's own class bounds how far the input can have moved.
                let moved = abs(input[0] - Float(index))
                #expect(moved <= 29)
                if moved > 1e-3 { mixed += 1 }
                if target[index % 3] < 0.999 { #expect(moved > 0) }
            }
        }
        #expect(mixed > 300)
    }

    @Test func leavesAloneWhatIsNotTraining() throws {
        let data = try MixupData(Numbers(), alpha: 1, seed: 2, endEpoch: 5)
        for index in 0..<30 {
            for epoch in [nil, 5, 9] {
                let (input, target) = sample(data, index, epoch)
                #expect(input[0] == Float(index) && target[index % 3] == 1)
            }
        }
    }

    /// Beta(a, a) has mean 1/2 and variance 1 / (4 (2a + 1)).
    @Test(arguments: [Float(0.1), 0.4, 1]) func sharesFollowTheBetaDistribution(_ alpha: Float) throws {
        // With two samples, 0 and 1, the input is the share of the second one or, mixed with itself, whole.
        struct Two: TrainingData {
            let count = 2
            let inputShape: Shape = [1]
            let targetCount = 2
            func label(of index: Int) -> Int? { index }
            func write(
                sample index: Int, epoch: Int?, input: UnsafeMutablePointer<Float>,
                target: UnsafeMutablePointer<Float>
            ) {
                input[0] = Float(index)
                target[0] = Float(1 - index)
                target[1] = Float(index)
            }
        }
        let data = try MixupData(Two(), alpha: alpha, seed: 7)
        var sum = 0.0, squares = 0.0
        let draws = 40_000
        for epoch in 0..<draws {
            var input: [Float] = [0], target: [Float] = [0, 0]
            try! data.write(sample: 1, epoch: epoch, input: &input, target: &target)
            #expect(input[0] == target[1] && input[0] >= 0 && input[0] <= 1)
            sum += Double(input[0])
            squares += Double(input[0] * input[0])
        }
        // Half of the draws are mixed with themselves and stay 1.
        let mean = 2 * (sum / Double(draws) - 0.5), square = 2 * (squares / Double(draws) - 0.5)
        #expect(abs(mean - 0.5) < 0.02)
        #expect(abs(square - mean * mean - 1 / (4 * (2 * Double(alpha) + 1))) < 0.02)
    }

    @Test func classSamplingCountsAndRepeats() throws {
        // 40 of one class, 10 of another, in an odd order.
        let labels = (0..<50).map { $0 % 5 == 3 ? 1 : 0 }
        let data = try ArrayDataset(
            inputs: (0..<50).map { Float($0) }, labels: labels, inputShape: [1], classes: 2)
        func seen(_ sampling: ClassSampling) throws -> [[Int]] {
            var options = TrainingOptions()
            options.epochs = 2
            options.batchSize = 10
            options.sampling = sampling
            options.optimizer = SGD(learningRate: 0)
            final class Log: @unchecked Sendable {
                // Safe to share: the loader is the only thread that writes, and it has ended when it is read.
                var epochs: [[Int]] = [[], []]
            }
            struct Logged: TrainingData {
                let base: ArrayDataset
                let log: Log
                var count: Int { base.count }
                var inputShape: Shape { base.inputShape }
                var targetCount: Int { base.targetCount }
                func label(of index: Int) -> Int? { base.label(of: index) }
                func write(
                    sample index: Int, epoch: Int?, input: UnsafeMutablePointer<Float>,
                    target: UnsafeMutablePointer<Float>
                ) {
                    if let epoch { log.epochs[epoch].append(index) }
                    base.write(sample: index, epoch: epoch, input: input, target: target)
                }
            }
            let log = Log()
            try {
                let model = try Model(input: [1]) { Dense(2, activation: .softmax) }
                let trainer = try Trainer(
                    model, options: options, data: Logged(base: data, log: log), threads: ThreadPool(threads: 1))
                _ = try trainer.run()
            }()
            return log.epochs
        }
        for epoch in try seen(.natural) { #expect(epoch.sorted() == Array(0..<50)) }
        let balanced = try seen(.balanced)
        for epoch in balanced {
            #expect(epoch.count == 50 && epoch.count { labels[$0] == 1 } == 25)
            // The rare ones come two or three times each, the common ones at most once.
            let times = Dictionary(grouping: epoch) { $0 }.mapValues(\.count)
            #expect(times.allSatisfy { labels[$0.key] == 1 ? (2...3).contains($0.value) : $0.value == 1 })
        }
        #expect(balanced[0] != balanced[1])
        #expect(try seen(.balanced) == balanced)
        // Shares as sqrt(40) to sqrt(10): 2 to 1.
        for epoch in try seen(.squareRoot) { #expect(epoch.count { labels[$0] == 1 } == 17) }
    }
}
