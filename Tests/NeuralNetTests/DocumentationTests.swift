import Foundation
import Testing

/// What the articles show is code of the examples, which are built and run.
@Suite struct DocumentationTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func files(_ folder: String, _ ending: String) -> [URL] {
        let found = FileManager.default.enumerator(
            at: root.appendingPathComponent(folder), includingPropertiesForKeys: nil)
        return (found?.allObjects as? [URL] ?? []).filter {
            $0.pathExtension == ending && !$0.path.contains("/.build/")
        }
    }

    @Test func articlesShowCodeThatIsCompiled() throws {
        let articles = Self.files("Sources/NeuralNet/NeuralNet.docc", "md")
        #expect(articles.count >= 6)
        let examples = try Self.files("Examples", "swift").map { try String(contentsOf: $0, encoding: .utf8) }
        var blocks = 0
        for article in articles {
            let parts = try String(contentsOf: article, encoding: .utf8).components(separatedBy: "```")
            // Every other part is code.
            for code in stride(from: 1, to: parts.count, by: 2).map({ parts[$0] }) where code.hasPrefix("swift\n") {
                blocks += 1
                let text = String(code.dropFirst("swift\n".count))
                #expect(examples.contains { $0.contains(text) }, "\(article.lastPathComponent): \(text.prefix(80))")
            }
        }
        #expect(blocks >= 10)
    }
}
