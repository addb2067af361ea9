import EmotionRecognition
import FaceVision
import NeuralNet
import Testing

@Suite struct EvaluationTests {
    private func model(seed: UInt64, size: Int = 16, channels: Int = 1, names: [String]) throws -> EmotionModel {
        let model = try Model(input: [size, size, channels], seed: seed) {
            Conv2D(16, kernelSize: 3, activation: .relu)
            GlobalAveragePool2D()
            Dense(names.count, activation: .softmax)
        }
        var input = InputFormat(width: size, height: size, channels: channels)
        if channels == 3 { input.repeatsGrey = true }
        return try EmotionModel(model: model, card: ModelCard(classNames: names, input: input))
    }

    private func dataset(size: Int = 16) -> FaceDataset {
        var dataset = FaceDataset(size: size, classNames: ["a", "b", "c"])
        var random = RandomGenerator(seed: 5)
        for i in 0..<60 {
            let pixels = (0..<size * size).map { _ in UInt8(random.integer(below: 80 + 80 * (i % 3))) }
            pixels.withUnsafeBufferPointer { try! dataset.append($0, label: i % 3, split: .publicTest, name: "\(i)") }
        }
        return dataset
    }

    private let threads = ThreadPool(threads: 2)

    @Test func ensembleAveragesByName() throws {
        let data = dataset(), all = Array(0..<60)
        let a = try Predictions(of: model(seed: 1, names: ["a", "b", "c"]), on: data, indices: all, threads: threads)
        let b = try Predictions(of: model(seed: 2, names: ["c", "a", "b"]), on: data, indices: all, threads: threads)
        let both = try Predictions(ensemble: [a, b])
        for picture in all {
            let rowA = Array(a.row(picture)), rowB = Array(b.row(picture)), row = Array(both.row(picture))
            let expected = [(rowA[0] + rowB[1]) / 2, (rowA[1] + rowB[2]) / 2, (rowA[2] + rowB[0]) / 2]
            for (x, y) in zip(row, expected) { #expect(abs(x - y) < 1e-6) }
        }
        #expect(both.labels == a.labels && both.singleLook == both.probabilities)
        let other = try Predictions(
            of: model(seed: 2, names: ["a", "b", "c", "d"]), on: data, indices: all, threads: threads)
        #expect(throws: RecognitionError.self) { try Predictions(ensemble: [a, other]) }
    }

    @Test func comparisonCountsEachPictureOnce() throws {
        let data = dataset(), all = Array(0..<60)
        let a = try Predictions(of: model(seed: 1, names: ["a", "b", "c"]), on: data, indices: all, threads: threads)
        let b = try Predictions(of: model(seed: 3, names: ["b", "c", "a"]), on: data, indices: all, threads: threads)
        let comparison = try Comparison(a, b)
        let first = try Evaluation(a), second = try Evaluation(b)
        #expect(comparison.bothRight + comparison.test.onlyFirst == first.metrics.correct)
        #expect(comparison.bothRight + comparison.test.onlySecond == second.metrics.correct)
        #expect(comparison.bothRight + comparison.bothWrong + comparison.test.discordant == 60)
        #expect(abs(comparison.difference - (first.metrics.accuracy - second.metrics.accuracy)) < 1e-12)
        #expect(comparison.differenceInterval.contains(comparison.difference))
        for item in comparison.disagreements {
            #expect(item.first == a.predicted(item.index) && item.truth == item.index % 3)
            #expect(item.first != item.second)
        }
        let same = try Comparison(a, a)
        #expect(same.test.probability == 1 && same.agreement == 1 && same.difference == 0)
    }

    @Test func verdictNamesTheBetterOne() throws {
        // Untrained models always say the same; some classes occur more often than others.
        let data = dataset(), all = (0..<60).filter { $0 % 3 == 0 || $0 % 6 == 1 }
        let predictions = try (1...8).map {
            try Predictions(of: model(seed: $0, names: ["a", "b", "c"]), on: data, indices: all, threads: threads)
        }
        func rights(_ p: Predictions) -> Int { (try? Evaluation(p).metrics.correct) ?? 0 }
        let best = try #require(predictions.max { rights($0) < rights($1) })
        let worst = try #require(predictions.min { rights($0) < rights($1) })
        try #require(rights(best) > rights(worst))
        for text in [
            ComparisonReport.verdict(try Comparison(best, worst), "x", "y"),
            ComparisonReport.verdict(try Comparison(worst, best), "y", "x"),
        ] {
            #expect(text.hasPrefix("x gets ") && text.contains(" points more right than y "), "\(text)")
            #expect(!text.contains("gets -"))
        }
        let same = ComparisonReport.verdict(try Comparison(best, best), "x", "y")
        #expect(same.hasPrefix("x and y get equally many right (95 % interval 0.0 to 0.0)"), "\(same)")
    }

    /// A network with three channels sees the grey picture in each, in data sets and in single pictures.
    @Test func greyInThreeChannels() throws {
        let data = dataset(), colour = try model(seed: 4, channels: 3, names: ["a", "b", "c"])
        let seen = try Predictions(of: colour, on: data, indices: [7], threads: threads)
        let recogniser = try EmotionRecogniser(colour, batchSize: 1, threads: threads)
        let image = Image(width: 16, height: 16, pixels: Array(data.image(7)))
        for (x, y) in zip(recogniser.recognise([image])[0].probabilities, seen.row(0)) { #expect(abs(x - y) < 1e-6) }
    }

    /// A network that sees all of the picture sees no corners.
    @Test func cornersThatAreTheCentreAreLookedAtOnce() throws {
        let data = dataset(), whole = try model(seed: 4, names: ["a", "b", "c"])
        func predictions(_ tta: TestTimeAugmentation) throws -> Predictions {
            try Predictions(of: whole, on: data, indices: [3, 8], augmentation: tta, threads: threads)
        }
        let corners = try predictions(.tenCrop)
        #expect(try corners.probabilities == predictions(.flip).probabilities)
        #expect(try corners.singleLook == predictions(.none).probabilities)
        #expect(corners.augmentation == .flip)
    }

    @Test func equalisationIsPartOfTheModel() throws {
        let data = dataset()
        let plain = try model(seed: 4, names: ["a", "b", "c"])
        var card = plain.card
        card.input.equalisation = .histogram
        let equalising = try EmotionModel(model: plain.model, card: card)
        let before = try Predictions(of: plain, on: data, indices: [8], threads: threads)
        let after = try Predictions(of: equalising, on: data, indices: [8], threads: threads)
        #expect(before.probabilities != after.probabilities)
        let image = Image(width: 16, height: 16, pixels: Array(data.image(8)))
        let recogniser = try EmotionRecogniser(equalising, batchSize: 1, threads: threads)
        for (x, y) in zip(recogniser.recognise([image])[0].probabilities, after.row(0)) { #expect(abs(x - y) < 1e-6) }
        // It stays in the file.
        try withTemporaryFolder { folder in
            try equalising.write(to: folder + "/m.h5")
            #expect(try EmotionModel(reading: folder + "/m.h5").card.input.equalisation == .histogram)
        }
    }

    @Test func equalisationByHand() {
        // Values 10, 10, 20, 40: 0 for the darkest, then 1/2 and 2/2 of the rest.
        let image = Image(width: 2, height: 2, pixels: [20, 10, 40, 10])
        #expect(image.equalised.pixels == [128, 0, 255, 0])
        let flat = Image(width: 2, height: 2, pixels: [9, 9, 9, 9])
        #expect(flat.equalised == flat)
    }

    @Test func explanationCoversTheFace() throws {
        let colour = try model(seed: 4, size: 24, names: ["a", "b", "c"])
        let explainer = try FaceExplainer(colour, detector: nil, threads: threads)
        var random = RandomGenerator(seed: 1)
        let photo = Image(width: 60, height: 48, pixels: (0..<60 * 48).map { _ in UInt8(random.integer(below: 256)) })
        let faces = try explainer.explain(photo, label: 2)
        #expect(faces.count == 1 && faces[0].label == 2 && faces[0].square == nil)
        #expect(faces[0].heat.height == 22 && faces[0].heat.values.allSatisfy { $0 >= 0 })
        let picture = HeatOverlay.draw(photo, faces, input: colour.card.input)
        #expect(picture.width == 240 && picture.height == 192 && picture.channels == 3)
    }

    @Test func turnedSquaresFindTheirPlaces() {
        let square = FaceSquare(centreX: 10, centreY: 20, side: 8, angle: 0)
        #expect(square.place(x: 6, y: 16) == (0, 0) && square.place(x: 14, y: 24) == (1, 1))
        let turned = FaceSquare(centreX: 0, centreY: 0, side: 2, angle: .pi / 2)
        // Its right side points down.
        let place = turned.place(x: 0, y: 1)
        #expect(abs(place.x - 1) < 1e-12 && abs(place.y - 0.5) < 1e-12)
    }
}
