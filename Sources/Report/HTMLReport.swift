import Files

/// A report in one HTML file that opens anywhere, offline: no scripts, no links to other files, light and dark.
///
///     var report = HTMLReport(title: "Evaluation", subtitle: "PublicTest, 3,589 images")
///     report.add(Facts([("Accuracy", "66.0 %"), ("Macro-F1", "0.63")]))
///     report.add(Heading("Training"))
///     report.add(Row([lossChart, accuracyChart]))
///     try report.write(to: "report/index.html")
///
/// All text is escaped by the blocks; callers pass plain text.
public struct HTMLReport: Sendable {
    public let title: String
    public let subtitle: String
    /// A last line, small: program, version, date.
    public let footer: String
    public private(set) var blocks: [any ReportBlock] = []

    public init(title: String, subtitle: String = "", footer: String = "") {
        self.title = title
        self.subtitle = subtitle
        self.footer = footer
    }

    /// Appends a block.
    public mutating func add(_ block: any ReportBlock) { blocks.append(block) }

    /// The whole page.
    public func html() -> String {
        let subtitleLine = subtitle.isEmpty ? "" : "<p class=\"subtitle\">\(escaped(subtitle))</p>\n"
        let footerLine = footer.isEmpty ? "" : "<footer>\(escaped(footer))</footer>\n"
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(escaped(title))</title>
            <style>
            \(styleSheet)
            </style>
            </head>
            <body>
            <main>
            <header><h1>\(escaped(title))</h1>
            \(subtitleLine)</header>
            \(blocks.map { $0.html() }.joined(separator: "\n"))
            \(footerLine)</main>
            </body>
            </html>

            """
    }

    /// Writes the page so that a reader sees the old file or the new one, never half of it. Missing folders are made.
    public func write(to path: String) throws(ReportError) {
        do {
            try FileBytes.write(Array(html().utf8), to: path, makesFolders: true)
        } catch {
            throw .cannotWrite(path: path, reason: (error as? FileFailure)?.reason ?? "\(error)")
        }
    }
}

/// A part of a report.
public protocol ReportBlock: Sendable {
    /// The block as HTML, everything in it escaped.
    func html() -> String
}

/// Why a report could not be written.
public enum ReportError: Error, Equatable, Sendable, CustomStringConvertible {
    /// `reason` is the system's own word for it.
    case cannotWrite(path: String, reason: String)

    public var description: String {
        switch self {
        case .cannotWrite(let path, let reason): "cannot write the report \(path): \(reason)"
        }
    }
}
