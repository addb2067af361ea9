import ChildProcess
import Foundation
import Testing

/// `fermusic catalogue copy` from file to file; DatabaseTests and EngineTests copy to servers.
struct CatalogueCopyTests {
    /// One line, and nothing half-written, where there is no room.
    @Test func leavesNothingBehindWhenItFails() throws {
        let folder = try Fermusic.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let from = folder.appendingPathComponent("from.db").path, to = folder.appendingPathComponent("to.db").path
        #expect(try Fermusic.run(["catalogue", "stats", "--catalogue", from]).status == 0)
        let failed = try Fermusic.run(["catalogue", "copy", from, to], shell: "ulimit -f 2000")
        #expect(failed.status == 1 && failed.output.isEmpty)
        #expect(Fermusic.message(failed).contains("to.db: "))
        let lines = failed.errors.split(separator: "\n").filter { !$0.hasPrefix("copying") }
        #expect(lines.count == 1, "\(failed.errors)")
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix("to.db") }
        #expect(left.isEmpty)
        let nowhere = try Fermusic.run(["catalogue", "copy", from, ":memory:"])
        #expect(nowhere.status == 2 && Fermusic.message(nowhere).contains("a place that lasts"))
        // With room it goes.
        #expect(try Fermusic.run(["catalogue", "copy", from, to]).status == 0)
        let songs = try [from, to].map { catalogue in
            let file = catalogue + ".csv"
            #expect(try Fermusic.run(["catalogue", "export", file, "--catalogue", catalogue]).status == 0)
            return try Data(contentsOf: URL(fileURLWithPath: file))
        }
        #expect(songs[0] == songs[1] && songs[0].count > 500_000)
    }
}
