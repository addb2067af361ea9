import JSON

/// The service worker, which keeps the page in the browser, with what it keeps (`service-worker.js`).
struct WorkerScript {
    static let name = "service-worker.js"
    /// The program, without its head.
    let program: [UInt8]

    /// - Parameters:
    ///   - version: changes with any of the files.
    ///   - files: their addresses, from where the script is.
    ///   - fresh: those of the files that are asked of the server while it answers.
    ///   - mark: how the page names its version; empty where it names none.
    func text(version: UInt64, files: [String], fresh: [String] = [], mark: String = "") -> [UInt8] {
        let values: [(String, JSONValue)] = [
            ("VERSION", .string(String(version, radix: 16))), ("FILES", JSONValue(files)), ("FRESH", JSONValue(fresh)),
            ("MARK", .string(mark)),
        ]
        let head = values.map { "\($0) = \($1.text())" }.joined(separator: ", ")
        return Array("const \(head);\n".utf8) + program
    }
}
