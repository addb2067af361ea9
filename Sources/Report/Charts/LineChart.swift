/// Curves over a common axis, such as the loss of training and validation by epoch.
///
/// Values that aren't finite leave a gap; a value between gaps is drawn as a dot.
public struct LineChart: ReportBlock {
    /// One curve.
    public struct Series: Sendable {
        let name: String
        let points: [(x: Double, y: Double)]

        public init(_ name: String, points: [(x: Double, y: Double)]) {
            self.name = name
            self.points = points
        }

        /// Values at 1, 2, 3, ...
        public init(_ name: String, values: [Double]) {
            self.init(name, points: values.enumerated().map { (Double($0.offset + 1), $0.element) })
        }
    }

    let title: String
    let xLabel: String
    let yLabel: String
    let series: [Series]

    public init(title: String, xLabel: String = "", yLabel: String = "", series: [Series]) {
        self.title = title
        self.xLabel = xLabel
        self.yLabel = yLabel
        self.series = series
    }

    // The frame of the curves within a drawing of 520 x 300.
    private var left: Double { 52 }
    private var right: Double { 506 }
    private var top: Double { yLabel.isEmpty ? 12 : 28 }
    private var bottom: Double { xLabel.isEmpty ? 272 : 252 }

    public func html() -> String {
        let visible = series.flatMap(\.points).filter { isDrawable($0) }
        guard !visible.isEmpty else { return card(title, "<p class=\"empty\">No data.</p>") }
        let isInteger = visible.allSatisfy { $0.x == $0.x.rounded() }
        let xAxis = Axis(visible.map(\.x), ticks: 8, isInteger: isInteger, isTight: true)
        let yAxis = Axis(visible.map(\.y))
        let content = """
            <svg viewBox="0 0 520 300" role="img" aria-label="\(escaped(summary))">
            \(frame(xAxis, yAxis))
            \(series.enumerated().map { draw($0.element, $0.offset, xAxis, yAxis) }.joined(separator: "\n"))
            </svg>
            """
        return card(title, legend: legend(series.map(\.name)), content)
    }

    private func isDrawable(_ point: (x: Double, y: Double)) -> Bool { abs(point.x) < 1e200 && abs(point.y) < 1e200 }

    /// What a screen reader says: each curve's first and last value.
    private var summary: String {
        let parts = series.map { line in
            let points = line.points.filter(isDrawable)
            guard let first = points.first, let last = points.last else { return "\(line.name): no data" }
            return "\(line.name): from \(brief(first.y)) to \(brief(last.y))"
        }
        return "\(title). \(parts.joined(separator: "; "))"
    }

    private func frame(_ xAxis: Axis, _ yAxis: Axis) -> String {
        var lines: [String] = []
        for tick in yAxis.ticks {
            let y = coordinate(yPlace(tick, yAxis))
            lines.append("<line class=\"grid\" x1=\"\(left)\" x2=\"\(right)\" y1=\"\(y)\" y2=\"\(y)\"/>")
            lines.append(text(yAxis.label(tick), left - 8, yPlace(tick, yAxis) + 4, "end"))
        }
        for tick in xAxis.ticks {
            lines.append(text(xAxis.label(tick), xPlace(tick, xAxis), bottom + 19, "middle"))
        }
        lines.append("<line class=\"axis\" x1=\"\(left)\" x2=\"\(right)\" y1=\"\(bottom)\" y2=\"\(bottom)\"/>")
        if !xLabel.isEmpty { lines.append(text(xLabel, (left + right) / 2, bottom + 41, "middle")) }
        if !yLabel.isEmpty { lines.append(text(yLabel, left - 44, 12, "start")) }
        return lines.joined(separator: "\n")
    }

    private func draw(_ line: Series, _ index: Int, _ xAxis: Axis, _ yAxis: Axis) -> String {
        let color = seriesColor(index)
        var path = "", spots = ""
        let runs = line.points.split { !isDrawable($0) }
        for run in runs {
            for (offset, point) in run.enumerated() {
                let x = coordinate(xPlace(point.x, xAxis)), y = coordinate(yPlace(point.y, yAxis))
                path += "\(offset == 0 ? "M" : "L")\(x) \(y)"
                // Circles that show up under the pointer carry the numbers; thousands would slow a browser down.
                guard line.points.count <= 500 else { continue }
                let style = run.count == 1 ? "" : " class=\"spot\""
                spots +=
                    "<circle\(style) cx=\"\(x)\" cy=\"\(y)\" r=\"\(run.count == 1 ? 3.5 : 5)\" fill=\"\(color)\">"
                    + "<title>\(escaped("\(line.name), \(brief(point.x)): \(brief(point.y))"))</title></circle>"
            }
        }
        return "<path class=\"curve\" stroke=\"\(color)\" d=\"\(path)\"/>\(spots)"
    }

    private func xPlace(_ value: Double, _ axis: Axis) -> Double { left + axis.place(value) * (right - left) }
    private func yPlace(_ value: Double, _ axis: Axis) -> Double { bottom - axis.place(value) * (bottom - top) }

    private func text(_ content: String, _ x: Double, _ y: Double, _ anchor: String) -> String {
        "<text x=\"\(coordinate(x))\" y=\"\(coordinate(y))\" text-anchor=\"\(anchor)\">\(escaped(content))</text>"
    }
}
