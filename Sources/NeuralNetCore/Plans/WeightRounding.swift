/// Numbers of a kernel as whole ones from `-limit` to `limit`, with a factor per output channel.
///
/// Each is rounded to the nearest first. Then some are rounded the other way, those that lay nearly between, so that what
/// rounding adds to the taps of an input channel, and to all of an output channel, is at most half a step: what flows
/// through a network is mostly positive and much the same at neighbouring places, so it is the sum of errors that shows.
///
/// Source: C. Guo and others, "SQuant: On-the-Fly Data-Free Quantization via Diagonal Hessian Approximation", 2022.
package struct WeightRounding {
    package private(set) var numbers: [Int8]
    /// One per column.
    package private(set) var factors: [Float]

    /// - Parameters:
    ///   - values: `[taps, inputs, columns]`, finite.
    ///   - limit: at most 127.
    package init(_ values: [Float], columns: Int, taps: Int, limit: Int) {
        numbers = [Int8](repeating: 0, count: values.count)
        factors = [Float](repeating: 0, count: columns)
        let rows = values.count / columns
        var column = Column(rows: rows, taps: rows % taps == 0 ? taps : 1, limit: Float(limit))
        for place in 0..<columns {
            let largest = stride(from: place, to: values.count, by: columns).reduce(0) { max($0, abs(values[$1])) }
            // Denormal factors are too coarse, and such weights do nothing.
            guard largest >= Float(limit) * Float.leastNormalMagnitude else { continue }
            factors[place] = largest / Float(limit)
            for row in 0..<rows { column.exact[row] = values[row * columns + place] / factors[place] }
            column.round()
            for row in 0..<rows { numbers[row * columns + place] = Int8(column.whole[row]) }
        }
    }
}

/// The numbers of one output channel, in steps.
private struct Column {
    let taps: Int
    let limit: Float
    var exact: [Float]
    var whole: [Float]

    init(rows: Int, taps: Int, limit: Float) {
        self.taps = taps
        self.limit = limit
        exact = [Float](repeating: 0, count: rows)
        whole = exact
    }

    mutating func round() {
        for row in exact.indices { whole[row] = max(-limit, min(limit, exact[row].rounded())) }
        let inputs = exact.count / taps
        var sums = [Float](repeating: 0, count: inputs)
        for input in 0..<inputs {
            let rows = (0..<taps).map { $0 * inputs + input }
            sums[input] = rows.reduce(0) { $0 + whole[$1] - exact[$1] }
            flip(rows.map { ($0, whole[$0] - exact[$0]) }, &sums[input])
        }
        // Of each input channel the tap that costs least.
        var total = sums.reduce(0, +)
        let direction: Float = total > 0 ? 1 : -1
        let candidates = (0..<inputs).map { input in
            (0..<taps).map { $0 * inputs + input }.reduce((row: input, error: -Float.infinity)) { best, row in
                let error = direction * (whole[row] - exact[row])
                return error > best.error ? (row, error) : best
            }
        }
        flip(candidates.map { ($0.row, direction * $0.error) }, &total)
    }

    /// Rounds so many the other way that the sum of errors is at most half a step, those that lie nearest to it.
    private mutating func flip(_ candidates: [(row: Int, error: Float)], _ sum: inout Float) {
        let wanted = Int(abs(sum).rounded())
        if wanted == 0 { return }
        let direction: Float = sum > 0 ? 1 : -1
        let fitting = candidates.filter {
            $0.error * direction > 0 && abs(whole[$0.row] - direction) <= limit
        }.sorted { $0.error * direction > $1.error * direction }
        for candidate in fitting.prefix(wanted) {
            whole[candidate.row] -= direction
            sum -= direction
        }
    }
}
