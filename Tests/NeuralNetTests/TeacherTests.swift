import Foundation
import NeuralNet
import Testing

@Suite struct TeacherTests {
    private let classes = 3

    private func network(_ size: Int, channels: Int = 1, classes: Int = 3, seed: UInt64) throws -> Model {
        try Model(input: [size, size, channels], seed: seed) {
            Flatten()
            Dense(classes, activation: .softmax)
        }
    }

    private func options(rate: Float, epochs: Int = 1) -> TrainingOptions {
        var options = TrainingOptions()
        options.epochs = epochs
        options.batchSize = 4
        options.optimizer = Adam(learningRate: rate)
        return options
    }

    private func dataset(_ count: Int, size: Int, channels: Int = 1, label: (Int) -> Int) throws -> ArrayDataset {
        var random = RandomGenerator(seed: 5)
        let inputs = (0..<count * size * size * channels).map { _ in random.uniform(in: -1...1) }
        return try ArrayDataset(
            inputs: inputs, labels: (0..<count).map(label), inputShape: [size, size, channels], classes: classes)
    }

    private func outputs(_ model: Model, _ data: ArrayDataset) throws -> [Float] {
        try Evaluator(model, batchSize: 4, threads: ThreadPool(threads: 1)).predict(data)
    }

    /// The middle of each picture, as plain loops have it.
    private func centre(_ data: ArrayDataset, _ size: Int) throws -> ArrayDataset {
        let whole = data.inputShape[0], channels = data.inputShape[2], first = (whole - size) / 2
        var inputs: [Float] = []
        for sample in 0..<data.count {
            for y in first..<first + size {
                for x in first..<first + size {
                    let at = ((sample * whole + y) * whole + x) * channels
                    inputs += data.inputs[at..<at + channels]
                }
            }
        }
        return try ArrayDataset(
            inputs: inputs, labels: data.labels, inputShape: [size, size, channels], classes: classes)
    }

    /// With a learning rate of 0 the loss of an epoch is that of the first weights, against the mixed targets.
    @Test(arguments: [(6, 1, Float(0.7)), (4, 1, 0.7), (3, 2, 1), (6, 2, 0)])
    func targetsAreMixedWithTheTeachersOpinion(_ size: Int, _ channels: Int, _ share: Float) throws {
        let data = try dataset(10, size: 6, channels: channels) { $0 % 3 }
        let teacher = try network(size, channels: channels, seed: 7)
        let learner = try network(6, channels: channels, seed: 8)
        let opinions = try outputs(teacher, centre(data, size)), guesses = try outputs(learner, data)
        var expected = 0.0
        for i in 0..<data.count * classes {
            let target = (1 - share) * (data.labels[i / classes] == i % classes ? 1 : 0) + share * opinions[i]
            expected -= Double(target) * log(Double(guesses[i])) / Double(data.count)
        }
        let trainer = try Trainer(
            learner, options: options(rate: 0), data: data, teacher: try Teacher(teacher, share: share),
            threads: ThreadPool(threads: 2))
        #expect(try trainer.run() == .finished)
        let record = try #require(trainer.progress.history.first)
        #expect(abs(record.loss - expected) < 1e-5)
        let right = (0..<data.count).count { sample in
            let row = guesses[sample * classes..<(sample + 1) * classes]
            return row.max() == row[row.startIndex + data.labels[sample]]
        }
        #expect(record.accuracy == Double(right) / Double(data.count))
    }

    /// Three teachers of different sizes count in equal parts.
    @Test func severalTeachersAreAveraged() throws {
        let data = try dataset(10, size: 6, channels: 1) { $0 % 3 }
        let teachers = try [(6, 7), (4, 9), (3, 11)].map { try network($0.0, channels: 1, seed: UInt64($0.1)) }
        let learner = try network(6, channels: 1, seed: 8)
        let opinions = try zip(teachers, [6, 4, 3]).map { try outputs($0, centre(data, $1)) }
        let guesses = try outputs(learner, data)
        var expected = 0.0
        for i in 0..<data.count * classes {
            let mean = opinions.reduce(0) { $0 + $1[i] } / 3
            let target = 0.4 * (data.labels[i / classes] == i % classes ? 1 : 0) + 0.6 * mean
            expected -= Double(target) * log(Double(guesses[i])) / Double(data.count)
        }
        let trainer = try Trainer(
            learner, options: options(rate: 0), data: data, teacher: try Teacher(teachers, share: 0.6),
            threads: ThreadPool(threads: 2))
        #expect(try trainer.run() == .finished)
        #expect(abs(try #require(trainer.progress.history.first).loss - expected) < 1e-5)
    }

    /// Labels that say nothing, and a teacher who knows.
    @Test func learnsWhatTheLabelsDoNotSay() throws {
        let data = try dataset(300, size: 4) { _ in 0 }
        let teacher = try network(4, seed: 7), learner = try network(4, seed: 8)
        func agreement() throws -> Double {
            let a = try outputs(teacher, data), b = try outputs(learner, data)
            func best(_ values: [Float], _ row: Int) -> Int? {
                let part = values[row * classes..<(row + 1) * classes]
                return part.max().flatMap { part.firstIndex(of: $0) }
            }
            return Double((0..<data.count).count { best(a, $0) == best(b, $0) }) / Double(data.count)
        }
        let before = try agreement()
        let trainer = try Trainer(
            learner, options: options(rate: 0.05, epochs: 20), data: data, teacher: try Teacher(teacher, share: 1),
            threads: ThreadPool(threads: 1))
        _ = try trainer.run()
        #expect(before < 0.7)
        #expect(try agreement() > 0.95)
    }

    @Test func teachersThatDoNotFitAreRefused() throws {
        let data = try dataset(4, size: 4) { _ in 0 }
        for wrong in [
            try network(6, seed: 1), try network(4, channels: 3, seed: 1), try network(4, classes: 4, seed: 1),
        ] {
            #expect(throws: NeuralNetError.self) {
                try Trainer(
                    network(4, seed: 2), options: options(rate: 0), data: data, teacher: try Teacher(wrong),
                    threads: ThreadPool(threads: 1))
            }
        }
    }
}
