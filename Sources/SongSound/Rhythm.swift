import CKernels
import Glibc

/// A tempo with how certain it is.
public struct TempoEstimate: Sendable, Hashable {
    /// In beats a minute.
    public var tempo: Double
    /// 0 to 1: how likely people would tap so, as measured on songs whose tempo is known.
    public var confidence: Double
}

/// Curves of onsets as the search for tempo and beats wants them: what lies above its surroundings, its mean square 1.
struct OnsetStrength {
    let total: [Float]
    let low: [Float]
    let middle: [Float]
    let high: [Float]

    init(_ curves: OnsetCurves) {
        total = OnsetStrength.prepared(curves.low.indices.map { curves.low[$0] + curves.middle[$0] + curves.high[$0] })
        low = OnsetStrength.prepared(curves.low)
        middle = OnsetStrength.prepared(curves.middle)
        high = OnsetStrength.prepared(curves.high)
    }

    static func prepared(_ curve: [Float]) -> [Float] {
        let reach = Int(0.5 * OnsetCurves.framesPerSecond)
        guard curve.count > 2 else { return curve }
        func edge(_ index: Int) -> Float { curve[min(max(index, 0), curve.count - 1)] }
        var sum = (-reach...reach).reduce(Float(0)) { $0 + edge($1) }
        var above = [Float](repeating: 0, count: curve.count)
        for i in curve.indices {
            above[i] = max(curve[i] - sum / Float(2 * reach + 1), 0)
            sum += edge(i + reach + 1) - edge(i - reach)
        }
        var smooth = above
        for i in above.indices {
            let before = i > 0 ? above[i - 1] : 0, after = i + 1 < above.count ? above[i + 1] : 0
            smooth[i] = 0.25 * before + 0.5 * above[i] + 0.25 * after
        }
        let square = smooth.reduce(0) { $0 + $1 * $1 } / Float(smooth.count)
        let scale = 1 / (square.squareRoot() + 1e-9)
        return smooth.map { min($0 * scale, 5) }
    }
}

/// How alike a curve is to itself some time later, in windows that overlap.
struct Periodicity {
    static let longest = Int(6.2 * OnsetCurves.framesPerSecond)
    private static let window = Int(12 * OnsetCurves.framesPerSecond)
    private static let hop = Int(2 * OnsetCurves.framesPerSecond)
    /// By lag in frames; 1 at lag 0.
    private(set) var mean: [Float]
    /// The same for each window.
    private(set) var windows: [[Float]] = []
    static var hopFrames: Int { hop }
    static var windowFrames: Int { window }

    init(_ curve: [Float]) {
        mean = [Float](repeating: 0, count: Periodicity.longest)
        let padded = curve + [Float](repeating: 0, count: max(Periodicity.window - curve.count, 0))
        for start in stride(from: 0, through: padded.count - Periodicity.window, by: Periodicity.hop) {
            let result = Periodicity.correlation(padded[start..<start + Periodicity.window])
            windows.append(result)
            for lag in mean.indices { mean[lag] += result[lag] }
        }
        for lag in mean.indices { mean[lag] /= Float(max(windows.count, 1)) }
        mean = Periodicity.smooth(mean)
    }

    private static func correlation(_ part: ArraySlice<Float>) -> [Float] {
        let average = part.reduce(0, +) / Float(part.count)
        let centred = part.map { $0 - average }
        let padded = centred + [Float](repeating: 0, count: longest)
        var result = [Float](repeating: 0, count: longest)
        result.withUnsafeMutableBufferPointer {
            fm_correlate(padded, longest, centred, centred.count, $0.baseAddress!)
        }
        let power = result[0] / Float(centred.count)
        guard power > 1e-9 else { return [Float](repeating: 0, count: longest) }
        for lag in result.indices { result[lag] /= power * Float(centred.count - lag) }
        return result
    }

    private static func smooth(_ values: [Float]) -> [Float] {
        var result = values
        for i in values.indices.dropFirst().dropLast() {
            result[i] = 0.25 * values[i - 1] + 0.5 * values[i] + 0.25 * values[i + 1]
        }
        return result
    }

    /// Between lags, straight.
    static func value(_ values: [Float], at lag: Double) -> Float {
        let lag = min(max(lag, 0), Double(values.count - 2)), index = Int(lag)
        let part = Float(lag - Double(index))
        return values[index] * (1 - part) + values[index + 1] * part
    }
}
