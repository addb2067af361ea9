import EmotionRecognition
import Files
import JSON
import NeuralNet
import Terminal
import TextCoding
import Threads
import Timing

/// `fermusic bench`
enum BenchCommand {
    static let size = Option<Int>("size", default: 48, help: "Width and height of its pictures.", range: 16...512)
    static let batch = Option<Int>("batch", default: 64, help: "Pictures per batch.", range: 1...4096)
    static let seconds = Option<Double>(
        "seconds", default: 2, help: "Time for each measurement.", range: 0.05...600)
    static let worker = Flag(
        "worker", help: "Measure what is asked for on standard input, line by line: for Benchmarks/compare.py.")
    static let products = Flag(
        "products", help: "Measure the matrix product beside OpenBLAS's (libopenblas0) instead, on one thread.")
    static let tune = Flag(
        "tune",
        help: "Find the fastest way of each convolution of the network here, and keep it for FERMUSIC_TUNED=1.")

    static let command = Command(
        "bench", summary: "Measure how fast networks train and predict on this machine.",
        discussion: """
            Random pictures, the same computation as train and predict. Convolutions are also given as the GFLOP/s that \
            a direct convolution would need to be as fast; the fast algorithms need fewer operations, so they can pass \
            the peak of the matrix product. How each convolution is computed follows from few limits and a count of \
            operations; --tune tries all ways on this machine, and programs started with FERMUSIC_TUNED=1 heed what it \
            found (results then differ in the last digits).
            """,
        examples: [
            Example("fermusic bench", "the documented network on all processors"),
            Example("fermusic bench --arch cnn --batch 64 --threads 2 --json", "for programs"),
        ],
        parameters: [
            TrainOptions.architecture, size, batch, seconds, SharedOptions.precision, SharedOptions.int8,
            SharedOptions.threads, SharedOptions.json, products, tune, worker,
        ],
        run: run)

    private static func run(_ a: Arguments, _ console: Console) throws -> ExitCode {
        if a[products] {
            let useless: [any Parameter] = [
                TrainOptions.architecture, size, batch, SharedOptions.precision, SharedOptions.int8,
                SharedOptions.threads, worker, tune,
            ]
            for other in useless where a.wasGiven(other) {
                throw UsageError.conflict("--products", other.description.displayName)
            }
            return try ProductBench.run(a, console)
        }
        if a[tune] {
            let useless: [any Parameter] = [SharedOptions.precision, SharedOptions.int8, worker]
            for other in useless where a.wasGiven(other) {
                throw UsageError.conflict("--tune", other.description.displayName)
            }
            return try TuningBench.run(a, console)
        }
        let threads = SharedOptions.threadPool(a)
        if a[worker] {
            return try BenchWorker(precision: try SharedOptions.precision(a), threads: threads).run(console)
        }
        let choice = a[TrainOptions.architecture], name = choice.argumentText
        let model = try choice.makeModel(NetworkOptions(size: a[size]), seed: 1)
        let result = try Measurement(
            model, batch: a[batch], precision: try SharedOptions.precision(a), threads: threads, seconds: a[seconds])
        if a[SharedOptions.json] {
            try console.output.line(result.json(network: name).text())
        } else {
            try show(result, network: name, console)
        }
        return .done
    }

    /// All that one call measures.
    private struct Measurement {
        let shape: Shape
        let parameters: Int
        let batch: Int
        let threads: Int
        let precision: Precision
        var peak = 0.0
        var training = 0.0
        var trainingOneThread = 0.0
        var inference = 0.0
        var latencies: [Double] = []
        var memory = 0
        var trainingCosts: [StepCost] = []
        var inferenceCosts: [StepCost] = []

        init(_ model: Model, batch: Int, precision: Precision, threads: ThreadPool, seconds: Double) throws {
            shape = model.inputShapes[0]
            parameters = model.parameterCount
            self.batch = batch
            self.threads = threads.count
            self.precision = precision
            let trained = precision == .int8 ? Precision.float : precision.fastest
            let train = try NetworkBenchmark.Training(
                model, batchSize: batch, precision: trained, threads: threads)
            let single =
                threads.count == 1
                ? nil
                : try NetworkBenchmark.Training(
                    model.copy(), batchSize: batch, precision: trained, threads: ThreadPool(threads: 1))
            let one = try NetworkBenchmark.Inference(
                model, batchSize: 1, precision: precision.fastest, threads: threads)
            let many = try NetworkBenchmark.Inference(
                model, batchSize: batch, precision: precision.fastest, threads: threads)
            memory = train.memory
            _ = try train.imagesPerSecond(seconds: seconds / 4)
            _ = try single?.imagesPerSecond(seconds: seconds / 4)
            // Turn by turn, so that a slow moment of the machine falls on all of them.
            var peaks: [Double] = [], trainings: [Double] = [], singles: [Double] = [], inferences: [Double] = []
            for _ in 0..<4 {
                peaks.append(MatrixPeak.gigaflops(threads: threads, seconds: seconds / 8))
                trainings.append(try train.imagesPerSecond(seconds: seconds / 4))
                singles.append(try single?.imagesPerSecond(seconds: seconds / 4) ?? trainings.last!)
                inferences += many.latencies(seconds: seconds / 4).map { Double(batch) / $0 }
                latencies += one.latencies(seconds: seconds / 4)
            }
            peak = peaks.median
            training = trainings.median
            trainingOneThread = singles.median
            inference = inferences.median
            trainingCosts = try train.costs(seconds: seconds)
            inferenceCosts = many.costs(seconds: seconds / 2)
        }

        func directGigaflops(_ cost: StepCost) -> Double? {
            cost.directOperations.map { $0 * Double(batch) / cost.milliseconds * 1e-6 }
        }

        var convolutionGigaflops: Double {
            let layers = trainingCosts.filter { $0.directOperations != nil }
            let operations = layers.reduce(0) { $0 + ($1.directOperations ?? 0) } * Double(batch)
            let time = layers.reduce(0) { $0 + $1.milliseconds }
            return time == 0 ? 0 : operations / time * 1e-6
        }

        func json(network: String) -> JSONValue {
            let layers = trainingCosts.map { cost -> JSONValue in
                [
                    "name": .string(cost.name), "algorithm": .string(cost.algorithm),
                    "forwardMilliseconds": .double(cost.forwardMilliseconds),
                    "backwardMilliseconds": .double(cost.backwardMilliseconds),
                    "directGflops": directGigaflops(cost).map(JSONValue.double) ?? .null,
                ]
            }
            let inferenceLayers = inferenceCosts.map { cost -> JSONValue in
                [
                    "name": .string(cost.name), "algorithm": .string(cost.algorithm),
                    "milliseconds": .double(cost.milliseconds),
                ]
            }
            return [
                "network": .string(network), "inputShape": JSONValue(shape), "parameters": .int(parameters),
                "batch": .int(batch), "threads": .int(threads), "processor": .string(Machine.processor),
                "instructionSet": .string(InstructionSet.current), "version": .string(Fermusic.version),
                "precision": .string(precision.rawValue), "bfloat16Units": .string(InstructionSet.bfloat16),
                "trainImagesPerSecond": .double(training),
                "trainImagesPerSecondOneThread": .double(trainingOneThread),
                "inferenceMillisecondsBatch1": .double(latencies.median * 1000),
                "inferenceMillisecondsBatch1P99": .double(latencies.quantile(0.99) * 1000),
                "inferenceImagesPerSecond": .double(inference), "sgemmGflops": .double(peak),
                "effectiveConvolutionGflops": .double(convolutionGigaflops), "trainingBytes": .int(memory),
                "layers": .array(layers), "inferenceLayers": .array(inferenceLayers),
            ]
        }
    }

    private static func show(_ m: Measurement, network: String, _ console: Console) throws {
        let out = console.output
        let threads = counted(m.threads, "thread")
        try out.line("\(Machine.processor), \(threads), \(InstructionSet.current)")
        if m.precision != .float {
            let units =
                m.precision == .bfloat16 ? " (\(InstructionSet.bfloat16)); the peak is float32's" : " for prediction"
            try out.line("products in \(m.precision.rawValue)\(units)")
        }
        try out.line(
            "\(printable(network)): input \(m.shape.map(String.init).joined(separator: "x")), \(m.parameters) parameters"
        )
        try out.line("")
        try out.line("matrix product   \(fixed(m.peak, 0)) GFLOP/s (\(InstructionSet.current))")
        var training = "training         \(fixed(m.training, 0)) images/s, batch \(m.batch)"
        if m.threads > 1 {
            training +=
                ", \(fixed(m.training / m.trainingOneThread, 2)) times one thread's \(fixed(m.trainingOneThread, 0))"
        }
        try out.line(training)
        try out.line("                 \(fixed(Double(m.memory) / 1e6, 0)) MB for activations, gradients and moments")
        try out.line("inference        \(fixed(m.inference, 0)) images/s, batch \(m.batch)")
        try out.line(
            "                 \(fixed(m.latencies.median * 1000, 3)) ms for one image, p99 \(fixed(m.latencies.quantile(0.99) * 1000, 3)) ms"
        )
        if m.convolutionGigaflops > 0 {
            try out.line(
                "3x3 convolutions as fast as \(fixed(m.convolutionGigaflops, 0)) GFLOP/s of direct convolution, "
                    + "\(fixed(m.convolutionGigaflops / m.peak, 2)) times the peak")
        }
        try out.line("")
        var table = TextTable([
            .left("training step"), .left("computed by"), .right("forward ms"), .right("backward ms"),
            .right("share"), .right("direct GFLOP/s"), .right("of peak"),
        ])
        let total = m.trainingCosts.reduce(0) { $0 + $1.milliseconds }
        for cost in m.trainingCosts {
            let rate = m.directGigaflops(cost)
            table.add(
                cost.name, cost.algorithm, fixed(cost.forwardMilliseconds, 2), fixed(cost.backwardMilliseconds, 2),
                percent(cost.milliseconds / total), rate.map { fixed($0, 0) } ?? "",
                rate.map { fixed($0 / m.peak, 2) } ?? "")
        }
        try out.write(table.render())
        try out.line("")
        var prediction = TextTable([.left("inference step"), .left("computed by"), .right("ms"), .right("share")])
        let whole = m.inferenceCosts.reduce(0) { $0 + $1.milliseconds }
        for cost in m.inferenceCosts {
            prediction.add(
                cost.name, cost.algorithm, fixed(cost.milliseconds, 2), percent(cost.milliseconds / whole))
        }
        try out.write(prediction.render())
    }
}
