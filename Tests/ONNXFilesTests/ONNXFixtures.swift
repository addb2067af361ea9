import Files
import Glibc
import NeuralNet
import ONNXFiles
import Testing

/// Files made by Scripts/make-onnx-files.py, and what the tests do with models.
enum ONNXFixtures {
    static let folder = "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/") + "/Fixtures"

    static func path(_ name: String) -> String { "\(folder)/\(name)" }

    static func bytes(_ name: String) throws -> [UInt8] { try FileBytes.read(path(name), limit: 1 << 20) }

    static func floats(_ name: String) throws -> [Float] {
        let bytes = try bytes(name)
        return stride(from: 0, to: bytes.count, by: 4).map { start in
            Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) })
        }
    }

    /// What the model's only output is for samples one after another.
    static func prediction(_ model: Model, _ x: [Float]) throws -> [Float] {
        let count = x.count / model.inputShapes[0].reduce(1, *)
        let executor = try Executor(model, maximumBatch: count, threads: ThreadPool(threads: 1))
        executor.input().update(from: x, count: x.count)
        executor.forward(count: count)
        let outputs = count * model.outputShapes[0].reduce(1, *)
        return Array(UnsafeBufferPointer(start: executor.output(), count: outputs))
    }

    /// The largest, relative to the largest number if that is above 1.
    static func difference(_ a: [Float], _ b: [Float]) -> Float {
        guard a.count == b.count else { return .infinity }
        return zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) } / b.reduce(1) { max($0, abs($1)) }
    }

    /// Runs `body` with a folder of its own, removed afterwards.
    static func inTemporaryFolder<T>(_ body: (String) throws -> T) throws -> T {
        let path = "/tmp/fermusic-onnx-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
        try #require(mkdir(path, 0o700) == 0)
        defer {
            if let directory = opendir(path) {
                while let entry = readdir(directory) {
                    let name = withUnsafePointer(to: &entry.pointee.d_name) {
                        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                    }
                    unlink("\(path)/\(name)")
                }
                closedir(directory)
            }
            rmdir(path)
        }
        return try body(path)
    }
}

/// A small file put together field by field.
struct ONNXBuilder {
    private var graph = WireWriter()
    var operatorSet = 13

    mutating func input(_ name: String, _ sizes: [Int?], type: Int = 1) { info(11, name, sizes, type) }
    mutating func output(_ name: String) { info(12, name, [], 1) }

    private mutating func info(_ field: Int, _ name: String, _ sizes: [Int?], _ type: Int) {
        graph.message(field) {
            $0.text(1, name)
            $0.message(2) {
                $0.message(1) { tensor in
                    tensor.int(1, type)
                    tensor.message(2) { shape in
                        for size in sizes {
                            shape.message(1) { if let size { $0.int(1, size) } else { $0.text(2, "n") } }
                        }
                    }
                }
            }
        }
    }

    mutating func floats(_ name: String, _ shape: [Int], _ values: [Float]) {
        tensor(name, shape, type: 1) { writer in
            for value in values { writer.float(4, value) }  // one by one: not packed
        }
    }

    mutating func ints(_ name: String, _ values: [Int]) {
        tensor(name, [values.count], type: 7) { writer in for value in values { writer.int(7, value) } }
    }

    mutating func tensor(_ name: String, _ shape: [Int], type: Int, _ body: (inout WireWriter) -> Void) {
        graph.message(5) {
            for size in shape { $0.int(1, size) }
            $0.int(2, type)
            $0.text(8, name)
            body(&$0)
        }
    }

    mutating func node(
        _ type: String, _ inputs: [String], _ output: String, ints: [String: [Int]] = [:], int: [String: Int] = [:],
        text: [String: String] = [:], domain: String = ""
    ) {
        graph.message(1) { node in
            for input in inputs { node.text(1, input) }
            node.text(2, output)
            node.text(3, "the-\(type)")
            node.text(4, type)
            node.text(7, domain)
            for (name, values) in ints {
                node.message(5) {
                    $0.text(1, name)
                    for value in values { $0.int(8, value) }
                    $0.int(20, 7)
                }
            }
            for (name, value) in int {
                node.message(5) {
                    $0.text(1, name)
                    $0.int(3, value)
                    $0.int(20, 2)
                }
            }
            for (name, value) in text {
                node.message(5) {
                    $0.text(1, name)
                    $0.text(4, value)
                    $0.int(20, 3)
                }
            }
        }
    }

    var bytes: [UInt8] {
        var file = WireWriter()
        file.int(1, 8)
        file.text(2, "test")
        file.raw(7, graph.bytes)
        file.message(8) { $0.int(2, operatorSet) }
        return file.bytes
    }

    func model() throws -> Model { try ONNXFile.read(bytes, path: "x").model }

    /// The line that the file is refused with; empty if it is read.
    var refusal: String {
        do {
            _ = try model()
            return ""
        } catch {
            return "\(error)"
        }
    }
}
