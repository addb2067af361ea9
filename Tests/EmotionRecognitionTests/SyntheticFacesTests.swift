import EmotionRecognition
import Emotions
import NeuralNet
import Testing

@Suite struct SyntheticFacesTests {
    @Test func equalSeedsGiveEqualFaces() {
        let a = SyntheticFaces(seed: 5).dataset(training: 70, test: 21)
        let b = SyntheticFaces(seed: 5).dataset(training: 70, test: 21)
        #expect(a.pixels == b.pixels)
        #expect(a.fingerprint == b.fingerprint)
        #expect(a.fingerprint != SyntheticFaces(seed: 6).dataset(training: 70, test: 21).fingerprint)
        // A smaller set is the beginning of a larger one, split by split.
        let small = SyntheticFaces(seed: 5).dataset(training: 14, test: 7)
        #expect(small.pixels == Array(a.pixels[..<(14 * 2304)] + a.pixels[(70 * 2304)..<(77 * 2304)]))
    }

    @Test func classesAreBalanced() {
        let faces = SyntheticFaces(seed: 1).dataset(training: 700, test: 71)
        #expect(faces.classNames == FaceDataset.standardClassNames)
        #expect(faces.indices(of: .training).count == 700)
        #expect(faces.indices(of: .publicTest).count == 71)
        #expect(faces.indices(of: .privateTest).isEmpty)
        for label in 0..<7 as Range<UInt8> {
            #expect(faces.indices(of: .training).count { faces.labels[$0] == label } == 100)
            #expect((10...11).contains(faces.indices(of: .publicTest).count { faces.labels[$0] == label }))
        }
    }

    /// Contempt is drawn where it is asked for, and changes nothing elsewhere.
    @Test func eightEmotionsCanBeDrawn() {
        let seven = SyntheticFaces(seed: 1).dataset(training: 14, test: 0)
        let eight = SyntheticFaces(seed: 1).dataset(training: 16, test: 0, emotions: EmotionSelection.eight.emotions)
        #expect(eight.classNames == FaceDataset.standardClassNames + ["contempt"])
        #expect(eight.labels == (0..<16).map { UInt8($0 % 8) })
        #expect(eight.pixels.prefix(7 * 2304) == seven.pixels.prefix(7 * 2304))
        var random = RandomGenerator(seed: 3), other = random
        #expect(
            SyntheticFaces().draw(.contempt, random: &random) != SyntheticFaces().draw(.neutral, random: &other))
    }

    @Test func noFaceIsBlankOrRepeated() {
        let audit = DatasetAudit(SyntheticFaces(seed: 1).dataset(training: 1400, test: 350))
        #expect(audit.exactDuplicates.isEmpty)
        #expect(audit.blank.isEmpty)
    }

    @Test(arguments: [16, 48, 64, 100]) func anySize(size: Int) {
        var random = RandomGenerator(seed: 1)
        let image = SyntheticFaces(seed: 1).draw(.happy, size: size, random: &random)
        #expect((image.width, image.height, image.channels) == (size, size, 1))
        #expect(Set(image.pixels).count > 20)
    }

    /// Accuracy on the test part after training.
    func accuracy(_ model: Model, _ faces: FaceDataset, epochs: Int) throws -> Double {
        var options = TrainingOptions()
        (options.epochs, options.batchSize) = (epochs, 32)
        options.optimizer = Adam(learningRate: 0.002)
        let test = try FaceTrainingData(faces, indices: faces.indices(of: .publicTest))
        let trainer = try Trainer(
            model, options: options, data: try FaceTrainingData(faces, indices: faces.indices(of: .training)),
            validation: test, threads: ThreadPool())
        _ = try trainer.run()
        return try #require(trainer.progress.history.last?.validationAccuracy)
    }

    @Test func aLinearModelFailsAndASmallNetworkSucceeds() throws {
        let faces = SyntheticFaces(seed: 1).dataset(training: 2800, test: 700)
        let linear = try Model(input: [48, 48, 1], seed: 1) {
            Flatten()
            Dense(7, activation: .softmax)
        }
        #expect(try accuracy(linear, faces, epochs: 8) < 0.6)
        let network = try Model(input: [48, 48, 1], seed: 1) {
            Conv2D(16, kernelSize: 3, activation: .relu)
            MaxPool2D(2)
            Conv2D(32, kernelSize: 3, activation: .relu)
            MaxPool2D(2)
            Conv2D(64, kernelSize: 3, activation: .relu)
            MaxPool2D(2)
            Flatten()
            Dense(64, activation: .relu)
            Dense(7, activation: .softmax)
        }
        #expect(try accuracy(network, faces, epochs: 8) > 0.85)
    }
}
