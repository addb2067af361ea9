import EmotionRecognition
import Files
import JSON
import NeuralNet
import Terminal
import Threads
import Timing

/// Measures on request: one JSON object per line in, one out. All programs of a comparison speak this, so that they can
/// take turns within one run.
///
/// Request: `measure` (`train`, `infer`, `sgemm`), `network` (a name, Keras's model JSON, or a model's file), `batch`,
/// `seconds`. Answer: `rate` in images (GFLOP) per second, and for inference `median` and `p99` in seconds per batch.
/// `output` checks before anything is timed: `model`, a file, and `input`, a file of floats as they lie in memory; the
/// answer has the `output`.
struct BenchWorker {
    let precision: Precision
    let threads: ThreadPool

    func run(_ console: Console) throws -> ExitCode {
        var trainings: [String: NetworkBenchmark.Training] = [:]
        var inferences: [String: NetworkBenchmark.Inference] = [:]
        while let line = readLine() {
            let request = try JSONValue(parsing: line)
            let network = request["network"]?.stringValue ?? "cnn"
            let batch = request["batch"]?.intValue ?? 64, seconds = request["seconds"]?.doubleValue ?? 1
            let key = "\(network) \(batch)"
            var answer: JSONValue
            switch request["measure"]?.stringValue {
            case "train":
                if trainings[key] == nil {
                    trainings = [:]
                    let model = try makeModel(network)
                    trainings[key] = try NetworkBenchmark.Training(
                        model, batchSize: batch, precision: precision.fastest, threads: threads)
                    _ = try trainings[key]!.imagesPerSecond(seconds: min(seconds, 0.5))
                }
                answer = ["rate": .double(try trainings[key]!.imagesPerSecond(seconds: seconds))]
            case "infer":
                if inferences[key] == nil {
                    inferences = [:]
                    let model = try makeModel(network)
                    inferences[key] = try NetworkBenchmark.Inference(
                        model, batchSize: batch, precision: precision.fastest, threads: threads)
                    _ = inferences[key]!.latencies(seconds: min(seconds, 0.2))
                }
                let times = inferences[key]!.latencies(seconds: seconds)
                answer = [
                    "rate": .double(Double(batch) / times.median), "median": .double(times.median),
                    "p99": .double(times.quantile(0.99)), "runs": .int(times.count),
                ]
            case "sgemm": answer = ["rate": .double(MatrixPeak.gigaflops(threads: threads, seconds: seconds))]
            case "shape":
                let shape = try NetworkFile.read(request["model"]?.stringValue ?? "").model.inputShapes[0]
                answer = ["shape": .array(shape.map(JSONValue.int))]
            case "output": answer = ["output": .array(try output(request).map { .double(Double($0)) })]
            default: answer = ["error": "unknown measure"]
            }
            try console.output.line(answer.text())
        }
        return .done
    }

    private func output(_ request: JSONValue) throws -> [Float] {
        let model = try NetworkFile.read(request["model"]?.stringValue ?? "").model
        let bytes = try FileBytes.read(request["input"]?.stringValue ?? "", limit: 1 << 28)
        let values = bytes.withUnsafeBytes { raw in
            (0..<raw.count / 4).map { raw.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
        }
        let size = model.inputShapes[0].reduce(1, *), count = values.count / size
        guard model.inputs.count == 1, count > 0, values.count == count * size else {
            throw NeuralNetError.invalidSetting("the input's \(values.count) numbers are no samples of \(size)")
        }
        let executor = try Executor(model, maximumBatch: count, threads: threads, precision: precision.fastest)
        executor.input().update(from: values, count: values.count)
        executor.forward(count: count)
        return Array(
            UnsafeBufferPointer(start: executor.output(), count: count * model.outputShapes[0].reduce(1, *)))
    }

    private func makeModel(_ network: String) throws -> Model {
        if network.hasSuffix(".h5") { return try NetworkFile.read(network).model }
        guard let choice = NetworkChoice(argument: network) else {
            throw UsageError.notAllowed(
                "network", value: network, allowed: Architecture.allCases.map(\.rawValue), suggestion: nil)
        }
        return try choice.makeModel(NetworkOptions(), seed: 1)
    }
}
