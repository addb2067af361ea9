import EmotionRecognition
import FaceVision
import NeuralNet
import Testing
import Threads

/// Values that callers computed from data or cards: each is refused with an error, none ends the program.
@Suite struct WrongValuesTests {
    private let threads = ThreadPool(threads: 1)

    private func faces(_ count: Int = 6) -> FaceDataset {
        smallDataset((0..<count).map { ([UInt8](repeating: UInt8($0), count: 16), $0 % 7, .publicTest) })
    }

    private func network(_ size: Int = 4, channels: Int = 1, classes: Int = 7, seed: UInt64 = 1) throws -> Model {
        try Model(input: [size, size, channels], seed: seed) {
            Flatten()
            Dense(classes, activation: .softmax)
        }
    }

    private func card(_ size: Int = 4) -> ModelCard {
        ModelCard(
            classNames: FaceDataset.standardClassNames, input: InputFormat(width: size, height: size))
    }

    private func predictions(_ indices: [Int], seed: UInt64 = 1) throws -> Predictions {
        try Predictions(
            of: EmotionModel(model: network(seed: seed), card: card()), on: faces(), indices: indices,
            threads: threads)
    }

    private func problem(_ model: Model, _ card: ModelCard) -> String {
        do {
            _ = try EmotionModel(model: model, card: card)
            return "none"
        } catch {
            return "\(error)".replacing("the network does not fit its card: ", with: "")
        }
    }

    @Test func cardsOfOtherNetworks() throws {
        #expect(problem(try network(), card()) == "none")
        #expect(problem(try network(classes: 3), card()) == "7 labels for 3 outputs")
        #expect(
            problem(try network(5), card()) == "an input of [5, 5, 1] for pictures of [4, 4, 1], with 1 or 3 channels")
        #expect(
            problem(try network(channels: 3), card())
                == "an input of [4, 4, 3] for pictures of [4, 4, 1], with 1 or 3 channels")
        let vector = try Model(input: [16]) { Dense(7, activation: .softmax) }
        #expect(
            problem(vector, card()) == "an input of [16] for pictures of [4, 4, 1], with 1 or 3 channels")
        let map = try Model(input: [4, 4, 1]) { Conv2D(7, kernelSize: 1) }
        #expect(
            problem(map, card())
                == "inputs [[4, 4, 1]] and outputs [[4, 4, 7]] are not one picture and its classes")
    }

    @Test func numbersOfCards() throws {
        let model = try network()
        func problem(_ change: (inout ModelCard) -> Void) -> String {
            var card = card()
            change(&card)
            return self.problem(model, card)
        }
        #expect(problem { $0.temperature = 0 } == "a temperature of 0.0")
        #expect(problem { $0.temperature = .nan } == "a temperature of nan")
        #expect(problem { $0.certaintyThreshold = 2 } == "a certainty of 2.0")
        #expect(problem { $0.input.pictureSize = 3 } == "pictures of 3 pixels for a network that sees 4x4")
        #expect(problem { $0.input.white = 0 } == "black and white pixels that become 0.0 and 0.0")
        #expect(
            problem { $0.input.light = LightRange(mean: 0...2, deviation: 0...0.1) } == "a light that no picture has")
    }

    @Test func predictionsOfOtherPictures() throws {
        let a = try predictions([0, 1, 2]), b = try predictions([0, 1, 3], seed: 2)
        let few = try predictions([0, 1], seed: 2)
        #expect(try Comparison(a, predictions([0, 1, 2], seed: 2)).count == 3)
        for other in [b, few] {
            let expected = RecognitionError.incompatibleData(
                expected: "predictions of the same 3 pictures", received: "\(other.count) others")
            #expect(throws: expected) { try Comparison(a, other) }
            #expect(throws: RecognitionError.self) { try Predictions(ensemble: [a, other]) }
        }
        #expect(throws: RecognitionError.self) { try Predictions(ensemble: []) }
    }

    @Test func temperatures() throws {
        for (probabilities, labels) in [
            ([], []), ([], [0]), ([0.5, 0.5], [2]), ([0.5, 0.5], [-1]), ([0.5, 0.5, 1], [0, 1]),
        ] as [([Float], [Int])] {
            #expect(throws: RecognitionError.self) {
                try TemperatureScaling.fit(probabilities: probabilities, labels: labels)
            }
            #expect(throws: RecognitionError.self) {
                try TemperatureScaling.expectedCalibrationError(probabilities: probabilities, labels: labels)
            }
        }
        let error = try TemperatureScaling.expectedCalibrationError(
            probabilities: [0.75, 0.25], labels: [0], bins: 0)
        #expect(abs(error - 0.25) < 1e-6)
    }

    @Test func picturesThatDoNotFit() throws {
        var dataset = faces(2)
        for (count, label) in [(15, 0), (16, 7), (16, -1)] {
            [UInt8](repeating: 0, count: count).withUnsafeBufferPointer { picture in
                _ = #expect(throws: RecognitionError.self) {
                    try dataset.append(picture, label: label, split: .training, name: "x")
                }
            }
        }
        #expect(dataset.count == 2)
        // A label is a byte.
        var many = FaceDataset(size: 4, classNames: (0..<300).map { "\($0)" })
        try [UInt8](repeating: 0, count: 16).withUnsafeBufferPointer { picture in
            try many.append(picture, label: 255, split: .training, name: "x")
            _ = #expect(throws: RecognitionError.self) {
                try many.append(picture, label: 256, split: .training, name: "x")
            }
        }
        #expect(SyntheticFaces().dataset(training: 2, test: 1, emotions: []).count == 0)
    }

    @Test func placesAndSizesOfTrainingData() throws {
        let dataset = faces()
        for indices in [[6], [-1], [0, 1 << 40]] {
            #expect(throws: RecognitionError.self) { try FaceTrainingData(dataset, indices: indices) }
            #expect(throws: RecognitionError.self) { try predictions(indices) }
        }
        for size in [0, -4, 5] {
            #expect(throws: RecognitionError.self) { try FaceTrainingData(dataset, indices: [0], cropSize: size) }
        }
        var augmentation = Augmentation()
        augmentation.erasingAspect = -1...1
        #expect(throws: RecipeProblem.self) {
            try FaceTrainingData(dataset, indices: [0], augmentation: augmentation)
        }
        // What lies beyond the picture is its border.
        var data = try FaceTrainingData(dataset, indices: [3], scale: 1, cropSize: 2)
        for view in [FaceView(x: 9, y: -9), FaceView(x: .nan, y: .infinity)] {
            data.view = view
            var input = [Float](repeating: -1, count: 4), target = [Float](repeating: -1, count: 7)
            try data.write(sample: 0, epoch: nil, input: &input, target: &target)
            #expect(input == [3, 3, 3, 3] && target[3] == 1)
        }
    }

    @Test func sharesBeyondAll() {
        let dataset = faces(), all = Array(0..<6)
        #expect(dataset.stratifiedSplit(all, fraction: -1, seed: 1).part.isEmpty)
        #expect(dataset.stratifiedSplit(all, fraction: 7, seed: 1).part == all)
        #expect(dataset.stratifiedSplit(all, fraction: .nan, seed: 1).part.isEmpty)
        #expect(Augmentation.standard.scaled(by: -3) == Augmentation.standard.scaled(by: 0))
        #expect(Augmentation.standard.scaled(by: 2) == .standard)
    }

    @Test(arguments: Corruption.allCases) func levelsOfCorruption(_ corruption: Corruption) {
        for level in [-1000, 1e20, .nan, .infinity] as [Float] {
            var pixels = [UInt8](repeating: 100, count: 64)
            #expect(throws: RecognitionError.self) { try corruption.apply(level, to: &pixels, size: 8) }
            #expect(pixels == [UInt8](repeating: 100, count: 64))
            #expect(!corruption.text(level).isEmpty)
        }
        var pixels = [UInt8](repeating: 100, count: 63)
        #expect(throws: RecognitionError.self) { try corruption.apply(corruption.levels[0], to: &pixels, size: 8) }
    }

    @Test func timesAndClasses() {
        var summary = MoodSummary(classNames: ["neutral"])
        for time in [0, 1e300, .infinity, .nan] as [Double] {
            summary.add(
                FrameResult(source: "a", index: 0, time: time, faces: [], group: nil, events: [], timing: FrameTiming())
            )
            #expect(summary.svg(title: "x").hasPrefix("<svg"))
        }
        #expect(NeutralBaseline([[0.5]], classNames: ["neutral", "sad"]) == nil)
    }

    @Test func roundsOfTiming() throws {
        #expect(throws: NeuralNetError.self) { try LookTiming.measure([], threads: threads, rounds: 0) }
    }

    @Test func coloursOfLight() {
        let image = Image(width: 2, height: 2, channels: 3, pixels: [UInt8](repeating: 40, count: 12))
        let light = LightRange(mean: 0.5...0.5, deviation: 0.01...0.5)
        #expect(light.adapted(image) == light.adapted(image.grayscale))
        #expect(light.adapted(image).channels == 1)
    }
}
