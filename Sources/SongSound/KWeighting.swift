import CKernels
import Glibc

/// How ears weigh frequencies, as ITU-R BS.1770 has it: a shelf and a high pass, for two channels.
struct KWeighting {
    private let shelf: Biquad
    private let highPass: Biquad
    /// Several samples at once: what `fm_weighted_power` wants.
    private let steps: [Double]
    /// Of the shelf and the high pass, left; then right.
    private var states = [Double](repeating: 0, count: 8)

    init(rate: Double) {
        shelf = Biquad.shelf(rate: rate)
        highPass = Biquad.highPass(rate: rate)
        // The filter is linear: what one sample or one state does alone says all.
        let step = Int(FM_WEIGHTING_STEP), shelf = shelf, highPass = highPass
        var steps: [Double] = []
        for column in 0..<step + 4 {
            var state = State((0..<4).map { $0 == column - step ? 1 : 0 })
            for sample in 0..<step { steps.append(KWeighting.next(sample == column ? 1 : 0, shelf, highPass, &state)) }
            steps += state.values
        }
        self.steps = steps
    }

    /// The sum of the squares of both channels, weighted.
    mutating func power(_ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>, _ count: Int) -> Double {
        var sum = fm_weighted_power(left, right, count, steps, &states)
        let rest = (count - count % Int(FM_WEIGHTING_STEP))..<count
        guard !rest.isEmpty else { return sum }
        for (channel, samples) in [left, right].enumerated() {
            let own = channel * 4..<channel * 4 + 4
            var state = State(Array(states[own]))
            for index in rest {
                let value = KWeighting.next(Double(samples[index]), shelf, highPass, &state)
                sum += value * value
            }
            states.replaceSubrange(own, with: state.values)
        }
        return sum
    }

    /// Numbers too small to be normal are slow.
    mutating func settle() {
        for index in states.indices where abs(states[index]) < 1e-40 { states[index] = 0 }
    }

    private static func next(
        _ x: Double, _ shelf: Biquad, _ highPass: Biquad, _ state: inout State
    ) -> Double {
        highPass.next(shelf.next(x, &state.shelf.0, &state.shelf.1), &state.highPass.0, &state.highPass.1)
    }

    private struct State {
        var shelf: (Double, Double)
        var highPass: (Double, Double)

        init(_ values: [Double]) { (shelf, highPass) = ((values[0], values[1]), (values[2], values[3])) }
        var values: [Double] { [shelf.0, shelf.1, highPass.0, highPass.1] }
    }
}

/// A filter of second order.
private struct Biquad {
    private var b0, b1, b2, a1, a2: Double

    @inline(__always) func next(_ x: Double, _ z1: inout Double, _ z2: inout Double) -> Double {
        let y = b0 * x + z1
        z1 = b1 * x - a1 * y + z2
        z2 = b2 * x - a2 * y
        return y
    }

    /// The first stage of BS.1770 at any rate.
    static func shelf(rate: Double) -> Biquad {
        let k = tan(Double.pi * min(1681.974450955533 / rate, 0.49)), q = 0.7071752369554196
        let high = pow(10, 3.999843853973347 / 20), middle = pow(high, 0.4996667741545416)
        let a0 = 1 + k / q + k * k
        return Biquad(
            b0: (high + middle * k / q + k * k) / a0, b1: 2 * (k * k - high) / a0,
            b2: (high - middle * k / q + k * k) / a0, a1: 2 * (k * k - 1) / a0, a2: (1 - k / q + k * k) / a0)
    }

    /// Its second stage.
    static func highPass(rate: Double) -> Biquad {
        let k = tan(Double.pi * min(38.13547087602444 / rate, 0.49)), q = 0.5003270373238773
        let a0 = 1 + k / q + k * k
        return Biquad(b0: 1, b1: -2, b2: 1, a1: 2 * (k * k - 1) / a0, a2: (1 - k / q + k * k) / a0)
    }
}
