import ChildProcess
import Foundation

/// Runs the program that was built beside the tests.
struct Fermusic {
    struct Result {
        var status: Int32
        var output: String
        var errors: String
    }

    /// The executable: SwiftPM builds products and tests into one folder.
    static let executable: URL = {
        let tests = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        return tests.deletingLastPathComponent().appendingPathComponent("fermusic")
    }()

    /// A folder of its own for each test, removed by the test.
    static func temporaryFolder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("fermusic-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    static func start(
        _ arguments: [String], shell: String? = nil
    ) throws -> (process: ChildProcess, output: FileHandle, errors: FileHandle, folder: URL) {
        let process = ChildProcess()
        if let shell {
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = ["-c", "\(shell); exec \"$0\" \"$@\"", executable.path] + arguments
        } else {
            process.executableURL = executable
            process.arguments = arguments
        }
        // Files instead of pipes: nothing can fill up while nobody reads.
        let folder = try temporaryFolder()
        for name in ["output", "errors"] {
            _ = FileManager.default.createFile(atPath: folder.appendingPathComponent(name).path, contents: nil)
        }
        process.standardOutput = try FileHandle(forWritingTo: folder.appendingPathComponent("output"))
        process.standardError = try FileHandle(forWritingTo: folder.appendingPathComponent("errors"))
        try process.run()
        return (
            process, try FileHandle(forReadingFrom: folder.appendingPathComponent("output")),
            try FileHandle(forReadingFrom: folder.appendingPathComponent("errors")), folder
        )
    }

    /// Runs to the end. `shell` is put before it in a shell: `ulimit -f 10`, say.
    static func run(_ arguments: [String], shell: String? = nil) throws -> Result {
        let running = try start(arguments, shell: shell)
        defer { try? FileManager.default.removeItem(at: running.folder) }
        running.process.waitUntilExit()
        return Result(
            status: running.process.terminationReason == .uncaughtSignal
                ? -running.process.terminationStatus : running.process.terminationStatus,
            output: String(decoding: running.output.readDataToEndOfFile(), as: UTF8.self),
            errors: String(decoding: running.errors.readDataToEndOfFile(), as: UTF8.self))
    }

    /// The last line of what went to standard error that is not progress.
    static func message(_ result: Result) -> String {
        result.errors.split(separator: "\n").map(String.init).last { $0.hasPrefix("fermusic: ") } ?? ""
    }
}
