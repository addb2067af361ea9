import EmotionRecognition
import FaceVision
import NeuralNet
import Testing

@Suite struct RobustnessTests {
    private func ramp(_ size: Int) -> [UInt8] {
        (0..<size * size).map { UInt8(40 + ($0 % size) * 3 + ($0 / size)) }
    }

    private func spoilt(_ corruption: Corruption, _ level: Float, size: Int = 48, index: Int = 0) -> [UInt8] {
        var pixels = ramp(size)
        try! corruption.apply(level, to: &pixels, size: size, index: index)
        return pixels
    }

    @Test func lightByHand() {
        let pixels = ramp(48)
        #expect(spoilt(.dark, 0.5)[100] == UInt8((Float(pixels[100]) / 2).rounded()))
        #expect(spoilt(.bright, 3).max() == 255)
    }

    @Test func coverByHand() {
        let pixels = ramp(48), mask = spoilt(.mask, 0.25)
        #expect(mask[..<(36 * 48)] == pixels[..<(36 * 48)] && mask[(36 * 48)...].allSatisfy { $0 == 200 })
        let glasses = spoilt(.sunglasses, 0.1)
        let covered = (0..<48).filter { row in glasses[row * 48..<row * 48 + 48].allSatisfy { $0 == 20 } }
        #expect(covered.count >= 4 && covered.allSatisfy { (14..<25).contains($0) })
        // The left half of one picture, the right half of the next; what is left stays.
        let left = spoilt(.cut, 0.5), right = spoilt(.cut, 0.5, index: 1)
        #expect(left[..<24].allSatisfy { $0 == pixels[24] } && left[24..<48] == pixels[24..<48])
        #expect(right[..<24] == pixels[..<24] && right[24..<48].allSatisfy { $0 == pixels[23] })
    }

    /// A ramp is a ramp when blurred, made small and turned back, away from the border.
    @Test func smoothPicturesStay() throws {
        let pixels = ramp(48)
        for spoilt in [spoilt(.blur, 2), spoilt(.small, 24)] {
            for row in 12..<36 {
                for column in 12..<36 {
                    #expect(abs(Int(spoilt[row * 48 + column]) - Int(pixels[row * 48 + column])) <= 1)
                }
            }
        }
        var turned = spoilt(.tilt, 30)
        try Corruption.tilt.apply(30, to: &turned, size: 48, index: 1)
        #expect(abs(Int(turned[24 * 48 + 24]) - Int(pixels[24 * 48 + 24])) <= 2)
        #expect(abs(Int(turned[20 * 48 + 30]) - Int(pixels[20 * 48 + 30])) <= 2)
    }

    @Test func noiseIsTheSameEachTime() {
        #expect(spoilt(.noise, 16) == spoilt(.noise, 16))
        #expect(spoilt(.noise, 16) != spoilt(.noise, 16, index: 1))
        let pixels = ramp(48), noise = spoilt(.noise, 16)
        let squares = zip(pixels, noise).reduce(0.0) { $0 + Double((Int($1.0) - Int($1.1)) * (Int($1.0) - Int($1.1))) }
        #expect(abs((squares / 2304).squareRoot() - 16) < 1.5)
    }

    @Test(arguments: Corruption.allCases, [1, 2, 7, 16, 48, 96])
    func anySize(_ corruption: Corruption, _ size: Int) throws {
        for level in corruption.levels {
            var pixels = (0..<size * size).map { UInt8($0 % 251) }
            try corruption.apply(level, to: &pixels, size: size)
            #expect(pixels.count == size * size && !corruption.text(level).isEmpty)
        }
    }

    @Test func measuresEveryLevel() throws {
        let model = try Model(input: [16, 16, 1], seed: 3) {
            GlobalAveragePool2D()
            Dense(7, activation: .softmax)
        }
        let data = SyntheticFaces().dataset(training: 0, test: 21, size: 16)
        let threads = ThreadPool(threads: 2)
        let emotionModel = try EmotionModel(
            model: model, card: ModelCard(classNames: data.classNames, input: InputFormat(width: 16, height: 16)))
        var steps: [Int] = []
        let result = try RobustnessEvaluation(
            of: emotionModel, on: data, indices: Array(0..<21), threads: threads
        ) { steps.append($0) }
        #expect(result.points.count == RobustnessEvaluation.steps && steps == Array(1...RobustnessEvaluation.steps))
        #expect(result.json.arrayValue?.count == RobustnessEvaluation.steps)
        // The same as spoiling by hand and asking.
        let point = result.points[5]
        let spoilt = try data.corrupted(point.corruption, point.level, at: Array(0..<21))
        let metrics = try Evaluation(of: emotionModel, on: spoilt, indices: Array(0..<21), threads: threads).metrics
        #expect(point.accuracy == metrics.accuracy && point.balancedAccuracy == metrics.balancedAccuracy)
    }
}
