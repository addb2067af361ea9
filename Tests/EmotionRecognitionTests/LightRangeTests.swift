import EmotionRecognition
import FaceVision
import JSON
import JSONCoding
import NeuralNet
import Testing

@Suite struct LightRangeTests {
    private let range = LightRange(mean: 0.4...0.6, deviation: 0.1...0.3)

    private func moments(_ image: Image) -> (mean: Double, deviation: Double) {
        let values = image.pixels.map(Double.init), mean = values.reduce(0, +) / Double(values.count)
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        return (mean / 255, squares.squareRoot() / 255)
    }

    private func picture(mean: Float, spread: Float) -> Image {
        Image(
            width: 48, height: 48,
            pixels: (0..<2304).map { UInt8(min(max(mean + spread * Float($0 % 48 - 24) / 24, 0), 255)) })
    }

    @Test func usualPicturesStay() {
        let image = picture(mean: 128, spread: 60)
        #expect(range.adapted(image) == image)
    }

    @Test(arguments: [(12, 6), (240, 10), (128, 4), (30, 25)] as [(Float, Float)])
    func othersComeToItsBorder(_ mean: Float, _ spread: Float) {
        let image = picture(mean: mean, spread: spread), adapted = moments(range.adapted(image))
        #expect(adapted.mean > 0.39 && adapted.mean < 0.61 && adapted.deviation > 0.09 && adapted.deviation < 0.31)
    }

    @Test func pictureOfOneValue() {
        let black = Image(width: 4, height: 4, pixels: [UInt8](repeating: 0, count: 16))
        #expect(range.adapted(black).pixels == [UInt8](repeating: 102, count: 16))
    }

    @Test func isMeasuredOnTrainingPictures() throws {
        let data = SyntheticFaces().dataset(training: 140, test: 0, size: 24)
        let own = try #require(LightRange(of: data, indices: Array(0..<140)))
        let means = (0..<140).map { moments(Image(width: 24, height: 24, pixels: Array(data.image($0)))).mean }.sorted()
        #expect(
            abs(Double(own.mean.lowerBound) - means[7]) < 1e-5 && abs(Double(own.mean.upperBound) - means[132]) < 1e-5)
        #expect(LightRange(of: data, indices: [1, 2, 3]) == nil)
    }

    @Test func isPartOfTheModel() throws {
        let model = try Model(input: [24, 24, 1], seed: 3) {
            Conv2D(8, kernelSize: 3, activation: .relu)
            GlobalAveragePool2D()
            Dense(7, activation: .softmax)
        }
        let data = SyntheticFaces().dataset(training: 140, test: 21, size: 24), threads = ThreadPool(threads: 1)
        let plain = try EmotionModel(
            model: model, card: ModelCard(classNames: data.classNames, input: InputFormat(width: 24, height: 24)))
        // Data that a model was not trained on says nothing of its light.
        let (foreign, _) = try plain.calibrated(on: data, indices: Array(140..<161), threads: threads)
        #expect(foreign.card.input.light == nil)
        let calibrated = plain.inLight(of: data)
        let light = try #require(calibrated.card.input.light)
        // What is measured is what is answered, also in the dark.
        let dark = try data.corrupted(.dark, 0.1, at: Array(140..<161))
        let measured = try Predictions(of: calibrated, on: dark, indices: [4], threads: threads)
        let recogniser = try EmotionRecogniser(calibrated, batchSize: 1, threads: threads)
        let answer = recogniser.recognise([Image(width: 24, height: 24, pixels: Array(dark.image(4)))])[0]
        for (x, y) in zip(answer.probabilities, measured.row(0)) { #expect(abs(x - y) < 1e-6) }
        try withTemporaryFolder { folder in
            try calibrated.write(to: folder + "/m.h5")
            #expect(try EmotionModel(reading: folder + "/m.h5").card.input.light == light)
            var card = calibrated.card
            card.input.light = LightRange(mean: 0...4, deviation: 0.1...0.2)
            let json = try JSONValue(parsing: JSONValue.encode(card))
            try ModelFile.write(model, metadata: json, to: folder + "/bad.h5")
            #expect(throws: RecognitionError.self) { try EmotionModel(reading: folder + "/bad.h5") }
        }
    }
}
