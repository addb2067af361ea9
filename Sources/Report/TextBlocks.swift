/// A heading between parts of the report.
public struct Heading: ReportBlock {
    let text: String
    public init(_ text: String) { self.text = text }
    public func html() -> String { "<h2>\(escaped(text))</h2>" }
}

/// A paragraph of plain text.
public struct Paragraph: ReportBlock {
    let text: String
    let isWarning: Bool

    /// - Parameter isWarning: sets it off from the rest, for what a reader must not miss.
    public init(_ text: String, isWarning: Bool = false) {
        self.text = text
        self.isWarning = isWarning
    }

    public func html() -> String { "<p\(isWarning ? " class=\"warning\"" : "")>\(escaped(text))</p>" }
}

/// The few numbers a reader looks for first, set large side by side.
public struct Highlights: ReportBlock {
    let items: [(name: String, value: String)]
    public init(_ items: [(name: String, value: String)]) { self.items = items }

    public func html() -> String {
        let tiles = items.map { "<div><dt>\(escaped($0.name))</dt><dd>\(escaped($0.value))</dd></div>" }
        return "<dl class=\"highlights\">\(tiles.joined())</dl>"
    }
}

/// Names and values in two columns.
public struct Facts: ReportBlock {
    let items: [(name: String, value: String)]
    public init(_ items: [(name: String, value: String)]) { self.items = items }

    public func html() -> String {
        let rows = items.map {
            "<tr><th scope=\"row\">\(escaped($0.name))</th><td>\(escaped($0.value))</td></tr>"
        }
        return "<table class=\"facts\"><tbody>\(rows.joined(separator: "\n"))</tbody></table>"
    }
}

/// A table of data; numbers lean right.
public struct DataTable: ReportBlock {
    /// A column's heading and the side its cells lean on.
    public struct Column: Sendable {
        let title: String
        let isNumber: Bool
        /// A column of words.
        public static func text(_ title: String) -> Column { Column(title: title, isNumber: false) }
        /// A column of numbers.
        public static func number(_ title: String) -> Column { Column(title: title, isNumber: true) }
    }

    let caption: String
    let columns: [Column]
    let rows: [[String]]

    /// Missing cells stay empty; cells beyond the last column are dropped.
    public init(caption: String = "", columns: [Column], rows: [[String]]) {
        self.caption = caption
        self.columns = columns
        self.rows = rows
    }

    public func html() -> String {
        let head = columns.map { "<th scope=\"col\"\(side($0))>\(escaped($0.title))</th>" }.joined()
        let body = rows.map { row in
            let cells = columns.indices.map {
                "<td\(side(columns[$0]))>\($0 < row.count ? escaped(row[$0]) : "")</td>"
            }
            return "<tr>\(cells.joined())</tr>"
        }
        return """
            <div class="scroll"><table class="data">\(captionHTML(caption))
            <thead><tr>\(head)</tr></thead>
            <tbody>\(body.joined(separator: "\n"))</tbody></table></div>
            """
    }

    private func side(_ column: Column) -> String { column.isNumber ? " class=\"number\"" : "" }
}

/// Blocks side by side where there is room for it.
public struct Row: ReportBlock {
    let blocks: [any ReportBlock]
    public init(_ blocks: [any ReportBlock]) { self.blocks = blocks }
    public func html() -> String { "<div class=\"row\">\(blocks.map { $0.html() }.joined(separator: "\n"))</div>" }
}

/// A table's caption, or nothing.
func captionHTML(_ caption: String) -> String { caption.isEmpty ? "" : "<caption>\(escaped(caption))</caption>" }
