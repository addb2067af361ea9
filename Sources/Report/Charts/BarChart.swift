/// Bars side by side for each category, such as precision, recall and F1 of each class. Values run from 0 up.
public struct BarChart: ReportBlock {
    /// One value per category; those that aren't finite are shown as missing.
    public struct Series: Sendable {
        let name: String
        let values: [Double]
        public init(_ name: String, values: [Double]) {
            self.name = name
            self.values = values
        }
    }

    let title: String
    let categories: [String]
    let series: [Series]
    let maximum: Double?
    let decimals: Int

    /// - Parameters:
    ///   - maximum: the end of the scale, 1 for shares; the largest value by default.
    ///   - decimals: of the numbers beside the bars.
    public init(title: String, categories: [String], series: [Series], maximum: Double? = nil, decimals: Int = 2) {
        self.title = title
        self.categories = categories
        self.series = series
        self.maximum = maximum
        self.decimals = decimals
    }

    public func html() -> String {
        guard !categories.isEmpty, !series.isEmpty else { return card(title, "<p class=\"empty\">No data.</p>") }
        let barHeight = 13.0, pitch = 16.0, gap = 16.0
        let longest = categories.map(\.count).max() ?? 0
        let left = min(200, max(60, Double(longest) * 7.6 + 14)), right = 700.0
        let groupHeight = Double(series.count) * pitch + gap
        let height = groupHeight * Double(categories.count) + 24
        let largest = maximum ?? series.flatMap(\.values).filter { $0.isFinite && $0 < 1e200 }.max() ?? 1
        let axis = Axis([0, largest > 0 ? largest : 1])
        let scale = { (value: Double) in left + min(max(axis.place(value), 0), 1) * (right - left) }

        var parts: [String] = []
        for tick in axis.ticks {
            let x = coordinate(scale(tick))
            parts.append("<line class=\"grid\" x1=\"\(x)\" x2=\"\(x)\" y1=\"0\" y2=\"\(coordinate(height - 24))\"/>")
            parts.append(
                "<text x=\"\(x)\" y=\"\(coordinate(height - 6))\" text-anchor=\"middle\">\(axis.label(tick))</text>")
        }
        for (row, category) in categories.enumerated() {
            let top = groupHeight * Double(row) + gap / 2
            let middle = coordinate(top + Double(series.count) * pitch / 2 + 3)
            parts.append(
                """
                <text class="name" x="\(coordinate(left - 12))" y="\(middle)" \
                text-anchor="end">\(escaped(category))</text>
                """
            )
            for (index, line) in series.enumerated() {
                let value = row < line.values.count ? line.values[row] : .nan
                let y = top + Double(index) * pitch, end = value.isFinite ? scale(value) : left
                let label = value.isFinite ? decimal(value, decimals) : "no value"
                parts.append(
                    """
                    <rect x="\(coordinate(left))" y="\(coordinate(y))" width="\(coordinate(end - left))" \
                    height="\(coordinate(barHeight))" rx="3" fill="\(seriesColor(index))">\
                    <title>\(escaped("\(category), \(line.name): \(label)"))</title></rect>\
                    <text x="\(coordinate(end + 7))" y="\(coordinate(y + barHeight - 2.5))">\(label)</text>
                    """)
            }
        }
        let svg = """
            <svg viewBox="0 0 760 \(coordinate(height))" role="img" aria-label="\(escaped(summary))">
            \(parts.joined(separator: "\n"))
            </svg>
            """
        return card(title, legend: legend(series.map(\.name)), svg)
    }

    /// What a screen reader says: all values, since the bars are few.
    private var summary: String {
        let rows = categories.enumerated().map { row, category in
            let values = series.map { "\($0.name) \(row < $0.values.count ? decimal($0.values[row], decimals) : "–")" }
            return "\(category): \(values.joined(separator: ", "))"
        }
        return "\(title). \(rows.joined(separator: "; "))"
    }
}
