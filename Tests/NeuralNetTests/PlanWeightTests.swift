import Glibc
import NeuralNet
import NeuralNetCore
import Testing

/// Weights of a few bits: how they are rounded, and how they are packed.
@Suite struct PlanWeightTests {
    /// Values as trained weights are: many small ones.
    private func values(_ count: Int, seed: UInt64) -> [Float] {
        var random = RandomGenerator(seed: seed)
        return (0..<count).map { _ in (0..<4).reduce(0) { sum, _ in sum + random.uniform(in: -1...1) } }
    }

    @Test func errorsOfAChannelAddUpToHalfAStepAtMost() {
        let taps = 9, inputs = 24, columns = 8, values = values(9 * 24 * 8, seed: 5)
        let rounded = WeightRounding(values, columns: columns, taps: taps, limit: 15)
        for column in 0..<columns {
            let factor = rounded.factors[column]
            var total: Float = 0
            for input in 0..<inputs {
                var sum: Float = 0
                for tap in 0..<taps {
                    let place = (tap * inputs + input) * columns + column
                    #expect(abs(rounded.numbers[place]) <= 15)
                    let error = Float(rounded.numbers[place]) - values[place] / factor
                    #expect(abs(error) <= 1)
                    sum += error
                }
                // Another input channel's sum may have been made up for here.
                #expect(abs(sum) <= 1.51, "column \(column), input \(input)")
                total += sum
            }
            #expect(abs(total) <= 0.51, "column \(column)")
        }
    }

    @Test func theLargestIsKept() {
        let rounded = WeightRounding([0.5, -2, 0.1, 1, 0.02, -1.5, 0, 0], columns: 2, taps: 1, limit: 15)
        #expect(rounded.factors[0] == 0.5 / 15 && rounded.factors[1] == Float(2) / 15)
        #expect(rounded.numbers[0] == 15 && rounded.numbers[1] == -15)
    }

    @Test(arguments: [31, 255]) func symbolsComeBack(_ count: Int) throws {
        var random = RandomGenerator(seed: 7)
        let symbols = (0..<20_000).map { _ in
            UInt8((0..<3).reduce(0) { sum, _ in sum + Int(random.next() % UInt64(count)) } / 3)
        }
        let packed = try #require(SymbolCoder.packed(symbols, of: count))
        var counts = [Double](repeating: 0, count: count)
        for symbol in symbols { counts[Int(symbol)] += 1 }
        let entropy = counts.filter { $0 > 0 }.reduce(0) { $0 - $1 * log2($1 / 20_000) } / 8
        #expect(Double(packed.count) < entropy * 1.01 + 2 * Double(count) + 16)
        var back: [UInt8] = []
        try packed.withUnsafeBytes { bytes in
            var reader = PlanReader(bytes)
            try SymbolCoder.unpack(symbols.count, of: count, from: &reader) { back.append(UInt8($1)) }
        }
        #expect(back == symbols)
        // What is cut off or changed is refused, or comes out otherwise.
        for place in stride(from: 0, to: packed.count, by: 97) {
            var changed = packed
            changed[place] ^= 0x20
            let (bytes, cut) = (changed, Array(packed[..<place]))
            for damaged in [bytes, cut] {
                var other: [UInt8] = []
                let isWhole: Void? = damaged.withUnsafeBytes { bytes in
                    var reader = PlanReader(bytes)
                    return try? SymbolCoder.unpack(symbols.count, of: count, from: &reader) { other.append(UInt8($1)) }
                }
                #expect(isWhole == nil || other != symbols)
            }
        }
    }

    /// A byte that stands for a million weights would make a small file a large memory.
    @Test func whatIsAllTheSameIsNotPacked() {
        #expect(SymbolCoder.packed([UInt8](repeating: 3, count: 100_000), of: 31) == nil)
    }

    /// Of a sixteenth of the numbers four times the steps; a byte holds 127.
    @Test func smallKernelsGetMoreSteps() {
        #expect(PlanWeights.int5.limit(count: 16_000, largest: 16_000) == 17)
        #expect(PlanWeights.int5.limit(count: 1000, largest: 16_000) == 68)
        #expect(PlanWeights.int6.limit(count: 288, largest: 589_824) == 127)
        #expect(PlanWeights.int8.limit(count: 288, largest: 589_824) == 127)
    }

    @Test func packedFilesSayWhatTheyAre() throws {
        let plan = try NetworkPlan(Model(input: [40], layers: [Dense(32)], seed: 3))
        #expect(plan.bytes(weights: .int8)[8] == 1 && plan.bytes(weights: .int5)[8] == 2)
        #expect(plan.bytes(weights: .int5).count < plan.bytes(weights: .int8).count)
    }
}
