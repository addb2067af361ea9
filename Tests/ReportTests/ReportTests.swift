import Glibc
import Report
import Testing

@Suite struct ReportTests {
    private let hostile = "<script>alert(\"1\")</script> & 'x' \u{1B}\u{0}"

    @Test func everythingIsEscaped() {
        var report = HTMLReport(title: hostile, subtitle: hostile, footer: hostile)
        report.add(Heading(hostile))
        report.add(Paragraph(hostile, isWarning: true))
        report.add(Highlights([(hostile, hostile)]))
        report.add(Facts([(hostile, hostile)]))
        report.add(
            DataTable(caption: hostile, columns: [.text(hostile), .number(hostile)], rows: [[hostile, hostile]]))
        report.add(
            Row([
                LineChart(
                    title: hostile, xLabel: hostile, yLabel: hostile,
                    series: [.init(hostile, values: [1, 2]), .init(hostile, values: [])])
            ]))
        report.add(
            BarChart(
                title: hostile, categories: [hostile],
                series: [.init(hostile, values: [1]), .init(hostile, values: [.nan])]))
        report.add(ConfusionMatrix(title: hostile, classes: [hostile], counts: [[1]]))
        report.add(ImageGrid([.init(png: [1], caption: hostile, detail: hostile)]))
        let html = report.html()
        #expect(!html.contains("<script") && !html.contains("\u{1B}") && !html.contains("\u{0}"))
        #expect(!html.contains("alert(\"1"))
        #expect(html.contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39; \u{FFFD}\u{FFFD}"))
    }

    @Test func pageIsSelfContained() {
        var report = HTMLReport(title: "t")
        report.add(ImageGrid([.init(png: [0x89, 0x50], caption: "c")]))
        let html = report.html()
        #expect(html.hasPrefix("<!DOCTYPE html>"))
        for forbidden in ["<script", "<link", "http:", "https:", "url(", "@import"] {
            #expect(!html.contains(forbidden))
        }
        #expect(html.contains("prefers-color-scheme: dark"))
    }

    @Test(
        arguments: [
            ([], ""), ([102], "Zg=="), ([102, 111], "Zm8="), ([102, 111, 111], "Zm9v"),
            ([0, 255, 254, 62], "AP/+Pg=="),
        ] as [([UInt8], String)])
    func base64(_ bytes: [UInt8], _ text: String) {
        #expect(ImageGrid([.init(png: bytes, caption: "c")]).html().contains("base64,\(text)\""))
    }

    @Test(
        arguments: [
            [], [.nan], [1], [1, .nan, 3], [.infinity, -.infinity], [5, 5, 5], [0, 0], [1e308, -1e308],
            [1e-300, 2e-300],
            [.nan, 2, .nan], [-3, 1e12], [0.1 + 0.2, 0.3], [.leastNonzeroMagnitude], [1e15, 1e15 + 1],
        ] as [[Double]])
    func chartsTakeAnything(_ values: [Double]) {
        let line = LineChart(title: "t", series: [.init("a", values: values), .init("b", values: [])]).html()
        let points = LineChart(title: "t", series: [.init("a", points: values.map { ($0, $0) })]).html()
        let bars = BarChart(
            title: "t", categories: values.indices.map { "c\($0)" } + ["more"], series: [.init("a", values: values)]
        ).html()
        for html in [line, points, bars] {
            for attribute in html.split(separator: "\"") where attribute.hasSuffix("=") == false {
                #expect(!attribute.hasPrefix("nan") && !attribute.hasPrefix("inf") && !attribute.contains(" nan"))
            }
        }
        if values.filter({ abs($0) < 1e200 }).isEmpty { #expect(line.contains("No data")) }
    }

    @Test func gapsAndDots() {
        let html = LineChart(title: "t", series: [.init("a", values: [1, 2, .nan, 3])]).html()
        #expect(html.split(separator: "M").count == 3)
        #expect(html.contains("<title>a, 2: 2</title>"))
    }

    @Test func ticksAreRound() {
        let html = LineChart(title: "t", series: [.init("a", values: [0.13, 0.97])]).html()
        for label in [">0.0<", ">0.2<", ">0.4<", ">0.6<", ">0.8<", ">1.0<"] {
            #expect(html.contains(label), "\(label)")
        }
        let epochs = LineChart(title: "t", series: [.init("a", values: [1, 2, 3])]).html()
        #expect(epochs.contains(">2</text>") && !epochs.contains(">1.5</text>\n<text"))
    }

    @Test func matrix() {
        let html = ConfusionMatrix(title: "t", classes: ["a", "b", "c"], counts: [[9, 1, 0], [1500, 500]]).html()
        #expect(html.contains("90.0&nbsp;%<small>9</small>"))
        #expect(html.contains("75.0&nbsp;%<small>1,500</small>"))
        #expect(html.contains("title=\"1 of 10 a taken for b\""))
        #expect(html.contains("–<small>0</small>"))
        #expect(ConfusionMatrix(title: "t", classes: [], counts: []).html().contains("No data"))
    }

    @Test func writing() throws {
        let folder = "/tmp/report-test-\(getpid())"
        let path = "\(folder)/deep/er/index.html"
        var report = HTMLReport(title: "first")
        try report.write(to: path)
        report = HTMLReport(title: "second")
        try report.write(to: path)
        #expect(contents(path) == report.html())
        #expect(names(in: "\(folder)/deep/er") == ["index.html"])
        for entry in [path, "\(folder)/deep/er", "\(folder)/deep", folder] { remove(entry) }
    }

    @Test(arguments: [
        ("/proc/none/report.html", "No such file or directory"), ("/dev/null/report.html", "Not a directory"),
        ("/tmp", "Is a directory"),
    ])
    func cannotWrite(_ path: String, _ reason: String) {
        #expect(throws: ReportError.cannotWrite(path: path, reason: reason)) {
            try HTMLReport(title: "t").write(to: path)
        }
        #expect(names(in: "/tmp").allSatisfy { !$0.hasPrefix("tmp.") || !$0.hasSuffix(".part") })
    }

    private func contents(_ path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        while case let byte = getc(file), byte != EOF { bytes.append(UInt8(truncatingIfNeeded: byte)) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }
}
