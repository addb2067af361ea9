import Glibc
import NeuralNet

/// Where the tests find and put files.
enum KerasFixtures {
    private static let folder = #filePath.split(separator: "/").dropLast().map { "/" + $0 }.joined()

    /// A file made by Scripts/make-keras-files.py.
    static func path(_ name: String) -> String { "\(folder)/Fixtures/Keras/\(name)" }

    /// Real files, not part of the project: the folder named by FERMUSIC_SHARED_DATA, or beside the package.
    static func shared(_ name: String) -> String {
        let base = getenv("FERMUSIC_SHARED_DATA").map { String(cString: $0) } ?? "\(folder)/../../../shared/data"
        return "\(base)/\(name)"
    }

    static func exists(_ path: String) -> Bool { access(path, R_OK) == 0 }

    /// Runs `body` with a folder of its own, removed afterwards.
    static func inTemporaryFolder<T>(_ body: (String) throws -> T) throws -> T {
        var template = Array("/tmp/fermusic-test-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { mkdtemp($0.baseAddress!) != nil }
        guard made else { throw NeuralNetError.file(path: "/tmp", place: nil, reason: "cannot make a folder") }
        let path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        defer {
            for name in names(in: path) { unlink("\(path)/\(name)") }
            rmdir(path)
        }
        return try body(path)
    }

    /// What is in a folder, sorted.
    static func names(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var result: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { result.append(name) }
        }
        return result.sorted()
    }

    static func bytes(_ path: String) -> [UInt8] {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var result = [UInt8](repeating: 0, count: Int(lseek(descriptor, 0, SEEK_END)))
        _ = pread(descriptor, &result, result.count, 0)
        return result
    }

    static func write(_ bytes: some Sequence<UInt8>, to path: String) {
        let array = Array(bytes)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
        defer { close(descriptor) }
        _ = Glibc.write(descriptor, array, array.count)
    }

    /// The message of what `body` throws; "nothing thrown" if it does not.
    static func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "nothing thrown"
        } catch {
            return "\(error)"
        }
    }

    /// A model's prediction for samples one after another.
    static func predict(_ model: Model, _ input: [Float]) throws -> [Float] {
        let count = input.count / model.inputShapes[0].reduce(1, *)
        let executor = try Executor(model, maximumBatch: count, threads: ThreadPool(threads: 1))
        executor.input().update(from: input, count: input.count)
        executor.forward(count: count)
        return Array(UnsafeBufferPointer(start: executor.output(), count: count * model.outputShapes[0].reduce(1, *)))
    }

    static func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
        a.count == b.count ? zip(a, b).map { abs($0 - $1) }.max() ?? 0 : .infinity
    }
}
