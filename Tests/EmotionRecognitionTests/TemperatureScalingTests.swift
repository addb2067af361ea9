import EmotionRecognition
import Glibc
import Randomness
import Testing

@Suite struct TemperatureScalingTests {
    /// Labels drawn from known probabilities; the network is made over- or underconfident.
    private func sample(_ factor: Float) -> (probabilities: [Float], labels: [Int]) {
        var random = RandomGenerator(seed: 9)
        var probabilities: [Float] = [], labels: [Int] = []
        for _ in 0..<20_000 {
            let logits = (0..<4).map { _ in random.uniform(in: -2...2) }
            let sum = logits.reduce(Float(0)) { $0 + exp($1) }
            var draw = random.uniform() * sum, label = 0
            while label < 3, draw >= exp(logits[label]) {
                draw -= exp(logits[label])
                label += 1
            }
            labels.append(label)
            let stretched = logits.map { exp($0 * factor) }
            let total = stretched.reduce(0, +)
            probabilities += stretched.map { $0 / total }
        }
        return (probabilities, labels)
    }

    @Test(arguments: [Float(0.5), 1, 2, 3]) func findsTheStretch(_ factor: Float) throws {
        let (probabilities, labels) = sample(factor)
        let temperature = try TemperatureScaling.fit(probabilities: probabilities, labels: labels)
        #expect(abs(temperature / factor - 1) < 0.05, "\(temperature) for \(factor)")
        let before = try TemperatureScaling.expectedCalibrationError(probabilities: probabilities, labels: labels)
        let scaled = stride(from: 0, to: probabilities.count, by: 4).flatMap {
            TemperatureScaling.apply(temperature, to: Array(probabilities[$0..<$0 + 4]))
        }
        let after = try TemperatureScaling.expectedCalibrationError(probabilities: scaled, labels: labels)
        #expect(after < 0.015)
        if factor != 1 { #expect(before > 0.05) }
    }

    @Test func answersStayTheSame() {
        let probabilities: [Float] = [0.2, 0.5, 0.3]
        #expect(zip(TemperatureScaling.apply(1, to: probabilities), probabilities).allSatisfy { abs($0 - $1) < 1e-6 })
        let cool = TemperatureScaling.apply(0.5, to: probabilities)
        #expect(abs(cool[1] - 0.25 / 0.38) < 1e-5)
        let warm = TemperatureScaling.apply(20, to: [0, 1, 0])
        #expect(warm[1] > warm[0] && warm.allSatisfy { $0.isFinite })
    }
}
