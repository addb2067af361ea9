import EmotionRecognition
import FaceVision
import NeuralNet
import Testing

/// What should be taken with care, and models that answer with no numbers.
@Suite struct ImperfectFaceTests {
    private func picture(_ tone: (Int, Int) -> Int) -> Image {
        Image(width: 48, height: 48, pixels: (0..<48 * 48).map { UInt8(clamping: tone($0 / 48, $0 % 48)) })
    }

    /// Squares of six pixels.
    private func squares(dark: Int, light: Int) -> Image {
        picture { ($0 / 6 + $1 / 6) % 2 == 0 ? dark : light }
    }

    @Test func sharpBrightLargeFacesHaveNoWarning() {
        #expect(FaceWarning.warnings(crop: squares(dark: 60, light: 180), width: 48).isEmpty)
    }

    @Test func smallFaces() {
        let crop = squares(dark: 60, light: 180)
        #expect(FaceWarning.warnings(crop: crop, width: 36).isEmpty)
        #expect(FaceWarning.warnings(crop: crop, width: 35.9) == [.small])
    }

    @Test func darkFaces() {
        #expect(FaceWarning.warnings(crop: squares(dark: 0, light: 82), width: 48).isEmpty)
        #expect(FaceWarning.warnings(crop: squares(dark: 0, light: 78), width: 48) == [.dark])
    }

    /// Whatever the contrast.
    @Test func blurredFaces() {
        for contrast in [1, 2] {
            let soft = picture { row, column in 128 + (row + column - 48) * contrast }
            #expect(FaceWarning.warnings(crop: soft, width: 48) == [.blurred])
            #expect(FaceWarning.warnings(crop: squares(dark: 100, light: 100 + 20 * contrast), width: 48).isEmpty)
        }
        #expect(FaceWarning.warnings(crop: picture { _, _ in 128 }, width: 48) == [.blurred])
    }

    private func model(bias: Float, temperature: Float? = nil) throws -> EmotionModel {
        let model = try Model(input: [8, 8, 1], layers: [Flatten(), Dense(3, activation: .softmax)], seed: 5)
        let place = try #require(model.weights.entries.firstIndex { $0.specification.count == 3 })
        try model.weights.set(place, [bias, bias, bias])
        var card = ModelCard(classNames: ["a", "b", "c"], input: InputFormat(width: 8, height: 8))
        card.temperature = temperature
        return try EmotionModel(model: model, card: card)
    }

    @Test func weightsThatAreNoNumbersAreRefused() throws {
        try withTemporaryFolder { folder in
            for bias in [Float.nan, .infinity, -.infinity] {
                let path = "\(folder)/model.h5"
                try model(bias: bias).write(to: path)
                do {
                    _ = try EmotionModel(reading: path)
                    Issue.record("\(bias) was accepted")
                } catch {
                    #expect("\(error)".contains("a weight is not a number, or infinite"), "\(error)")
                }
            }
        }
    }

    @Test func outputsThatAreNoNumbersAreUncertain() throws {
        for temperature in [Float?.none, 1.5] {
            let broken = try model(bias: .nan, temperature: temperature)
            let recogniser = try EmotionRecogniser(broken, threads: ThreadPool(threads: 1))
            let result = recogniser.recognise([LiveFixture.face(1)])[0]
            #expect(!result.isValid && result.probabilities == [1 / 3, 1 / 3, 1 / 3])
            var options = FaceReader.Options()
            options.certainty = 0.1
            let face = try FaceReader(recogniser, detector: nil, options: options).read(LiveFixture.face(1))[0]
            #expect(face.isUncertain)
            let reader = try FaceReader(recogniser, detector: nil, options: options)
            var tracker = MoodTracker()
            for index in 0..<3 {
                let followed = try tracker.process(LiveFixture.frame(index), using: reader).faces
                #expect(followed.allSatisfy(\.isUncertain) && followed.count == 1)
            }
        }
        let sound = try EmotionRecogniser(model(bias: 0), threads: ThreadPool(threads: 1))
        #expect(sound.recognise([LiveFixture.face(1)])[0].isValid)
    }
}
