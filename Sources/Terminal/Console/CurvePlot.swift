/// Curves as text, of braille characters: each holds two columns of four dots.
///
/// The first series is dotted, the second drawn through, so that they can be told apart without colours.
public struct CurvePlot: Sendable {
    /// A curve: one value per step, nil where there is none.
    public struct Series: Sendable {
        public let name: String
        public let values: [Double?]

        public init(_ name: String, _ values: [Double?]) {
            self.name = name
            self.values = values
        }
    }

    private let title: String
    private let series: [Series]
    /// Steps of the whole axis; the curves grow towards its end.
    private let steps: Int
    private let decimals: Int

    public init(title: String, series: [Series], steps: Int, decimals: Int) {
        self.title = title
        self.series = series
        self.steps = max(steps, 2)
        self.decimals = decimals
    }

    private static let labelWidth = 7

    /// `height` lines of exactly `width` columns: title, curves with the scale on their left, steps.
    public func lines(width: Int, height: Int) -> [String] {
        let columns = max(1, width - Self.labelWidth), rows = max(1, height - 2)
        let values = series.flatMap { $0.values.compactMap { $0 } }.filter(\.isFinite)
        var result = [fitted("\(String(repeating: " ", count: Self.labelWidth))\(title): \(legend)", width)]
        let low = values.min() ?? 0, high = values.max() ?? 1
        // A flat curve runs through the middle.
        let bottom = high > low ? low : low - 0.5, top = high > low ? high : high + 0.5
        let dots = dots(columns: columns, rows: rows, bottom: bottom, top: top)
        for row in 0..<rows {
            var label = ""
            if row == 0 { label = fixed(top, decimals) }
            if row == rows - 1, rows > 1 { label = fixed(bottom, decimals) }
            if values.isEmpty { label = "" }
            let gap = String(repeating: " ", count: max(0, Self.labelWidth - 2 - label.count))
            let curve = String(
                String.UnicodeScalarView(
                    dots[row * columns..<(row + 1) * columns].map {
                        Unicode.Scalar(UInt32(0x2800) + UInt32($0)) ?? " "
                    }))
            result.append(fitted("\(gap)\(label) ┤\(curve)", width))
        }
        let end = "\(steps)"
        let ruler = String(repeating: " ", count: max(1, columns - 1 - end.count))
        result.append(fitted(String(repeating: " ", count: Self.labelWidth) + "1" + ruler + end, width))
        return result
    }

    private var legend: String {
        zip(series, ["⠂⠂", "⠒⠒"]).map { "\($1) \($0.name)" }.joined(separator: "  ")
    }

    /// The dots of each character, as braille numbers them.
    private func dots(columns: Int, rows: Int, bottom: Double, top: Double) -> [UInt8] {
        let masks: [[UInt8]] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]]
        var dots = [UInt8](repeating: 0, count: columns * rows)
        let width = columns * 2, height = rows * 4
        for (number, line) in series.enumerated() {
            var last: (x: Int, y: Int)?
            for (step, value) in line.values.enumerated() {
                guard let value, value.isFinite, step < steps else {
                    last = nil
                    continue
                }
                let x = step * (width - 1) / (steps - 1)
                let y = Int(((top - value) / (top - bottom) * Double(height - 1)).rounded())
                // From the last point on, so that steep curves have no holes.
                let start = last ?? (x, y)
                let length = max(abs(x - start.x), abs(y - start.y), 1)
                for part in 0...length {
                    let px = start.x + (x - start.x) * part / length, py = start.y + (y - start.y) * part / length
                    if number == 0, px % 3 != 0 { continue }
                    guard (0..<width).contains(px), (0..<height).contains(py) else { continue }
                    dots[py / 4 * columns + px / 2] |= masks[px % 2][py % 4]
                }
                last = (x, y)
            }
        }
        return dots
    }

    private func fitted(_ text: String, _ width: Int) -> String {
        text.count > width
            ? String(text.prefix(width)) : text + String(repeating: " ", count: width - text.count)
    }
}
