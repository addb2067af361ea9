/// How often each true class was taken for which: a table of counts with a heat map of the shares in each row.
public struct ConfusionMatrix: ReportBlock {
    let title: String
    let classes: [String]
    let counts: [[Int]]

    /// - Parameter counts: `counts[true][predicted]`; missing entries count as 0.
    public init(title: String, classes: [String], counts: [[Int]]) {
        self.title = title
        self.classes = classes
        self.counts = counts
    }

    public func html() -> String {
        guard !classes.isEmpty else { return card(title, "<p class=\"empty\">No data.</p>") }
        let head = classes.map { "<th scope=\"col\">\(escaped($0))</th>" }.joined()
        let rows = classes.indices.map { row in
            let total = classes.indices.reduce(0) { $0 + count(row, $1) }
            let cells = classes.indices.map { cell(row, $0, total) }.joined()
            return "<tr><th scope=\"row\">\(escaped(classes[row]))</th>\(cells)<th>\(grouped(total))</th></tr>"
        }
        let content = """
            <div class="scroll"><table class="matrix">
            <thead><tr><td></td><th colspan="\(classes.count)" scope="colgroup">predicted</th><td></td></tr>
            <tr><th scope="row">true</th>\(head)<th scope="col">images</th></tr></thead>
            <tbody>\(rows.joined(separator: "\n"))</tbody></table></div>
            """
        return card(title, content)
    }

    private func count(_ row: Int, _ column: Int) -> Int {
        row < counts.count && column < counts[row].count ? max(0, counts[row][column]) : 0
    }

    private func cell(_ row: Int, _ column: Int, _ total: Int) -> String {
        let count = count(row, column)
        let share = total > 0 ? Double(count) / Double(total) : 0
        var names: [String] = []
        if row == column { names.append("right") }
        // White text is readable only on the darkest cells of the light page.
        if share > 0.72 { names.append("strong") }
        let style = names.isEmpty ? "" : " class=\"\(names.joined(separator: " "))\""
        let hint = escaped("\(grouped(count)) of \(grouped(total)) \(classes[row]) taken for \(classes[column])")
        return """
            <td\(style) style="background:rgba(var(--accent),\(decimal(0.04 + 0.92 * share, 2)))" title="\(hint)">\
            \(total > 0 ? decimal(share * 100, 1) + "&nbsp;%" : "–")<small>\(grouped(count))</small></td>
            """
    }
}
