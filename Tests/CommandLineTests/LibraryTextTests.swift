import Foundation
import Testing

/// Libraries say what is wrong; options and commands belong to the program that has them.
@Suite struct LibraryTextTests {
    @Test func noLibrarySpeaksOfOptionsOrCommands() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Sources")
        let files = try #require(FileManager.default.enumerator(atPath: root.path))
        var found: [String] = []
        for case let name as String in files where name.hasSuffix(".swift") {
            if name.hasPrefix("fermusic/") || name.hasPrefix("Terminal/") { continue }
            let text = try String(contentsOf: root.appendingPathComponent(name), encoding: .utf8)
            for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                if line.drop(while: { $0 == " " }).hasPrefix("//") { continue }
                // Variables of style sheets, and what systemd and Python are told.
                if ["var(--", "systemd-run", "python3 -m"].contains(where: line.contains) { continue }
                let speaks = line.contains(/"[^"]*--[a-z]/) || line.contains(/"[^"]*'fermusic [a-z]/)
                if speaks { found.append("\(name):\(index + 1)") }
            }
        }
        #expect(found.isEmpty, "\(found)")
    }

    /// What a library leaves out, the program says.
    @Test func theProgramSaysWhatHelps() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("remedies-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let table = folder.appendingPathComponent("a.csv").path
        try "emotion,pixels,Usage\n7,1 2 3 4,Training\n".write(toFile: table, atomically: true, encoding: .utf8)
        let classes = try Fermusic.run(["dataset", "info", table])
        #expect(
            classes.status == 1 && classes.errors.contains("; give --classes rafdb or affectnet"), "\(classes.errors)")
        let taken = try Fermusic.run(["serve", "--model", table])
        #expect(taken.status == 1, "\(taken.errors)")
    }
}
