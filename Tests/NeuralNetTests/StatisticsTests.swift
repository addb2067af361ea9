import NeuralNet
import Testing
import Timing

@Suite struct StatisticsTests {
    @Test func calibrationByHand() {
        var calibration = Calibration(bins: 10)
        for (confidence, isCorrect) in [(Float(0.95), true), (0.95, false), (0.55, true), (1.0, true)] {
            calibration.add(confidence: confidence, isCorrect: isCorrect)
        }
        // The last bin: mean confidence 2.9 / 3, accuracy 2 / 3; the other: 0.55 against 1.
        let expected = 0.75 * (2.9 / 3 - 2.0 / 3) + 0.25 * 0.45
        #expect(abs(calibration.expectedError - expected) < 1e-6)
        #expect(Calibration().expectedError == 0)
        for confidence in [Float.nan, .infinity, -.infinity, 1e30] {
            calibration.add(confidence: confidence, isCorrect: false)
        }
        #expect(calibration.expectedError.isFinite)
    }

    @Test func middleAndTail() {
        #expect([3.0, 1, 2].median == 2 && [4.0, 1, 3, 2].median == 2.5)
        let values = (0..<200).map(Double.init)
        #expect(values.quantile(0.99) == 198 && values.quantile(0) == 0 && values.quantile(1) == 199)
    }

    /// Two-sided binomial probabilities, from whole numbers: twice the sum of n over k up to the smaller, over 2^n.
    @Test(arguments: [
        (0, 0, 1.0), (5, 5, 1.0), (1, 9, 0.021484375), (0, 5, 0.0625), (12, 25, 0.04703102743951604),
        (380, 450, 0.016567564322037355),
    ])
    func exactMcNemar(_ first: Int, _ second: Int, _ expected: Double) {
        let test = McNemarTest(onlyFirst: first, onlySecond: second)
        #expect(test.isExact)
        #expect(abs(test.probability - expected) < 1e-6)
        #expect(McNemarTest(onlyFirst: second, onlySecond: first).probability == test.probability)
    }

    @Test func manyPairsAgreeWithTheExactSum() {
        let exact = McNemarTest(onlyFirst: 470, onlySecond: 530)
        let near = McNemarTest(onlyFirst: 471, onlySecond: 531)
        #expect(exact.isExact && !near.isExact)
        #expect(abs(exact.probability - near.probability) < 2e-3)
        // Edwards: (|471 - 531| - 1)^2 / 1002
        #expect(abs(near.statistic - 59.0 * 59 / 1002) < 1e-12)
    }
}
