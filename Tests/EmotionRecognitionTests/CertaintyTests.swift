import EmotionRecognition
import JSON
import JSONCoding
import NeuralNet
import Randomness
import Testing
import Threads

@Suite struct CertaintyTests {
    /// Noise around the threshold changes the answer once, not in every frame; what is clear shows.
    @Test(arguments: [Float(0.45), 0.97]) func doesNotFlicker(_ threshold: Float) {
        let certainty = Certainty(threshold: threshold), step = min((1 - threshold) / 8, 0.02)
        var isUncertain = false, answers: [Bool] = []
        for frame in 0..<60 {
            isUncertain = certainty.isUncertain(threshold + (frame % 2 == 0 ? step : -step), before: isUncertain)
            answers.append(isUncertain)
        }
        #expect(answers == [false] + [Bool](repeating: true, count: 59))
        #expect(!certainty.isUncertain(0.998, before: true))
    }

    /// Too few pictures tell nothing: then what is as likely wrong as right is not certain.
    @Test func tooFewPicturesMakeCautious() throws {
        let data = SyntheticFaces().dataset(training: 0, test: 40)
        let model = try Model(
            input: [48, 48, 1], layers: [GlobalAveragePool2D(), Dense(7, activation: .softmax)], seed: 1)
        let fresh = try EmotionModel(model: model, card: ModelCard(classNames: data.classNames, input: InputFormat()))
        let (calibrated, result) = try fresh.calibrated(
            on: data, indices: data.indices(of: .publicTest), threads: ThreadPool(threads: 1))
        #expect(!result.isCertaintyFitted)
        #expect(calibrated.card.certainty.threshold == 0.5)
    }

    @Test func whatIsNoNumberIsUncertain() {
        #expect(Certainty.usual.isUncertain(.nan))
        #expect(Certainty.usual.isUncertain(0.34) && !Certainty.usual.isUncertain(0.35))
    }

    /// Answers that are right as often as they say: what is certain is right in 85 % together.
    @Test func fitsTheWantedAccuracy() throws {
        var random = RandomGenerator(seed: 4)
        let answers = (0..<20_000).map { _ in
            let confidence = random.uniform(in: 0.3...1)
            return (confidence: confidence, isRight: random.uniform() < confidence)
        }
        let certainty = try #require(Certainty.fit(answers))
        // The mean of what lies above 0.7.
        #expect(abs(certainty.threshold - 0.7) < 0.03, "\(certainty.threshold)")
        let certain = answers.filter { !certainty.isUncertain($0.confidence) }
        let accuracy = Double(certain.count { $0.isRight }) / Double(certain.count)
        #expect(abs(accuracy - Certainty.wantedAccuracy) < 0.005)
    }

    /// Of a network that is right in nine of ten answers a third of the mistakes is doubted all the same.
    @Test func someMistakesAreDoubted() throws {
        var random = RandomGenerator(seed: 5)
        let answers = (0..<20_000).map { _ in
            let confidence = random.uniform(in: 0.8...1)
            return (confidence: confidence, isRight: random.uniform() < confidence)
        }
        let certainty = try #require(Certainty.fit(answers))
        let mistakes = answers.filter { !$0.isRight }
        let doubted = Double(mistakes.count { certainty.isUncertain($0.confidence) }) / Double(mistakes.count)
        #expect(abs(doubted - Certainty.doubtedMistakes) < 0.02)
    }

    @Test func neverWhatIsAsLikelyWrong() throws {
        let good = (0..<200).map { (confidence: Float($0 % 10) / 10, isRight: true) }
        #expect(try #require(Certainty.fit(good)).threshold == 0.5)
        let bad = (0..<200).map { (confidence: Float($0 % 10) / 10, isRight: false) }
        let none = try #require(Certainty.fit(bad))
        #expect(bad.allSatisfy { none.isUncertain($0.confidence) })
    }

    /// Equal confidences are certain together or not at all, whatever their order.
    @Test func equalConfidences() throws {
        let answers = (0..<200).map { (confidence: Float(0.8), isRight: $0 < 160) }
        let fitted = try #require(Certainty.fit(answers))
        #expect(fitted.isUncertain(0.8))
        #expect(Certainty.fit(answers.reversed()) == fitted)
    }

    @Test func fewAnswersTellNothing() {
        #expect(Certainty.fit((0..<99).map { _ in (confidence: 0.9, isRight: true) }) == nil)
        #expect(Certainty.fit([]) == nil)
    }

    /// The model's file, or who asks, decides; a picture and a face that is followed are uncertain alike.
    @Test(arguments: [nil, 0, 0.999] as [Float?], [nil, 0, 0.999] as [Float?])
    func oneThresholdForPicturesAndThroughTime(_ model: Float?, _ asked: Float?) throws {
        let recogniser = try LiveFixture.recogniser(certaintyThreshold: model)
        var options = FaceReader.Options()
        options.certainty = asked
        let reader = try FaceReader(recogniser, detector: nil, options: options)
        #expect(reader.certainty.threshold == asked ?? model ?? 0.35)
        let picture = try reader.read(LiveFixture.face(1, size: 96))[0]
        #expect(picture.isUncertain == (picture.confidence < reader.certainty.threshold))
        var tracker = MoodTracker()
        for index in 0..<5 {
            let face = try #require(try tracker.process(LiveFixture.frame(index), using: reader).faces.first)
            #expect(face.isUncertain == picture.isUncertain)
        }
    }

    @Test func cardsKeepIt() throws {
        var card = try LiveFixture.recogniser(certaintyThreshold: 0.625).emotionModel.card
        try withTemporaryFolder { folder in
            for threshold in [nil, 0.625] as [Float?] {
                card.certaintyThreshold = threshold
                let model = try EmotionModel(model: try LiveFixture.recogniser().emotionModel.model, card: card)
                try model.write(to: "\(folder)/model.h5")
                #expect(try EmotionModel(reading: "\(folder)/model.h5").card.certaintyThreshold == threshold)
            }
            card.certaintyThreshold = 1.5
            let json = try JSONValue(parsing: JSONValue.encode(card))
            try ModelFile.write(LiveFixture.recogniser().emotionModel.model, metadata: json, to: "\(folder)/model.h5")
            #expect(throws: RecognitionError.self) { try EmotionModel(reading: "\(folder)/model.h5") }
        }
    }
}
