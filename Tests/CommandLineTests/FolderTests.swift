import Foundation
import Testing

/// Folders of a module use each other one way: which types a file names says which folders it needs.
@Suite struct FolderTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Swift text without comments and without literals as far as they hold no expressions.
    private func code(_ text: String) -> String {
        text.replacing(/\/\/[^\n]*/, with: "").replacing(/(?s)""".*?"""/, with: "")
            .replacing(/"(?:[^"\\\n]|\\[^(])*"/, with: "")
    }

    /// The code of each folder; files outside of folders are in one without a name.
    private func folders(_ module: String) throws -> [String: [String]] {
        let module = Self.root.appendingPathComponent("Sources/\(module)")
        let files = try #require(FileManager.default.enumerator(atPath: module.path))
        var result: [String: [String]] = [:]
        for case let name as String in files where name.hasSuffix(".swift") {
            let text = try String(contentsOf: module.appendingPathComponent(name), encoding: .utf8)
            let folder = name.contains("/") ? String(name.prefix { $0 != "/" }) : ""
            result[folder, default: []].append(code(text))
        }
        return result
    }

    @Test(arguments: ["EmotionRecognition", "MusicMatching", "WebApp"])
    func useEachOtherOneWay(_ module: String) throws {
        let folders = try folders(module)
        let declaration = /(?m)^(?:(?:public|package|final|indirect) )*(?:struct|class|enum|protocol|actor) (\w+)/
        var homes: [String: Set<String>] = [:]
        for (folder, files) in folders {
            for match in files.flatMap({ $0.matches(of: declaration) }) {
                homes[String(match.1), default: []].insert(folder)
            }
        }
        var uses: [String: Set<String>] = [:]
        for (folder, files) in folders {
            for word in Set(files.flatMap { $0.matches(of: /\b[A-Z]\w+/).map { String($0.0) } }) {
                if let home = homes[word], home.count == 1, let other = home.first, other != folder {
                    uses[folder, default: []].insert(other)
                }
            }
        }
        // Taking away what uses nothing that is left ends with nothing, or with a cycle.
        var left = Set(folders.keys)
        while let free = left.first(where: { uses[$0, default: []].isDisjoint(with: left) }) { left.remove(free) }
        let found = left.sorted().map { "\($0) uses \(uses[$0, default: []].intersection(left).sorted())" }
        #expect(left.isEmpty, "\(found.joined(separator: ", "))")
    }

    /// The version stands in one place, and the change log tells of it.
    @Test func changeLogTellsOfTheVersion() throws {
        let version = try Fermusic.run(["--version"]).output.trimmingCharacters(in: .whitespacesAndNewlines)
        let log = try String(contentsOf: Self.root.appendingPathComponent("CHANGELOG.md"), encoding: .utf8)
        let first = log.split(separator: "\n").first { $0.hasPrefix("## ") }
        #expect(version.hasPrefix("fermusic ") && first == "## \(version.dropFirst(9))")
    }
}
