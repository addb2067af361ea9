/// A table in plain text with aligned columns.
///
///     var table = TextTable([.left("class"), .right("recall")])
///     table.add("happy", percent(0.87))
///     try console.output.write(table.render())
public struct TextTable: Sendable {
    /// A column's heading and the side its texts lean on.
    public struct Column: Sendable {
        public let title: String
        public let leansRight: Bool

        /// A column of words.
        public static func left(_ title: String) -> Column { Column(title: title, leansRight: false) }
        /// A column of numbers.
        public static func right(_ title: String) -> Column { Column(title: title, leansRight: true) }
    }

    private let columns: [Column]
    private var rows: [[String]] = []

    public init(_ columns: [Column]) { self.columns = columns }

    /// Adds a row; missing cells stay empty. Control characters in cells are escaped.
    /// - Precondition: not more cells than columns.
    public mutating func add(_ cells: [String]) {
        precondition(cells.count <= columns.count, "\(cells.count) cells for \(columns.count) columns")
        rows.append(cells.map(printable) + Array(repeating: "", count: columns.count - cells.count))
    }

    public mutating func add(_ cells: String...) { add(cells) }

    /// The lines of the table, each ended; headings are left out when all are empty.
    public func render() -> String {
        let titles = columns.map { printable($0.title) }
        let hasTitles = titles.contains { !$0.isEmpty }
        let lines = (hasTitles ? [titles] : []) + rows
        let widths = columns.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        func text(_ cells: [String]) -> String {
            var line = ""
            for (index, cell) in cells.enumerated() {
                let gap = String(repeating: " ", count: widths[index] - cell.count)
                line += (index == 0 ? "" : "  ") + (columns[index].leansRight ? gap + cell : cell + gap)
            }
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }
        var result = lines.map(text)
        if hasTitles { result.insert(text(widths.map { String(repeating: "-", count: $0) }), at: 1) }
        return result.joined()
    }
}
