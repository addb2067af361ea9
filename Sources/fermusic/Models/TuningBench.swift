import EmotionRecognition
import JSON
import NeuralNet
import Terminal

/// `fermusic bench --tune`: finds the fastest way of each convolution here, and keeps it in the user's cache.
enum TuningBench {
    static func run(_ a: Arguments, _ console: Console) throws -> ExitCode {
        let threads = SharedOptions.threadPool(a), choice = a[TrainOptions.architecture]
        let model = try choice.makeModel(NetworkOptions(size: a[BenchCommand.size]), seed: 1)
        let batch = a[BenchCommand.batch], rounds = max(3, Int(a[BenchCommand.seconds] * 10))
        var results: [ConvolutionTuning.Result] = []
        // One image, the few that pictures and the page ask for, and many.
        let kinds = Set([1, min(8, batch), batch]).sorted().map { ($0, false) } + (batch > 1 ? [(batch, true)] : [])
        for (count, isTraining) in kinds {
            results += try ConvolutionTuning.measure(
                model, batch: count, isTraining: isTraining, threads: threads, rounds: rounds)
        }
        // What was found before stays, unless it is not of this machine.
        var methods = (try? TunedConvolutions.read()) ?? [:]
        for result in results { methods[result.sizes] = result.fastest == result.usual ? nil : result.fastest }
        try TunedConvolutions.write(methods)
        if a[SharedOptions.json] {
            let rows = results.map { result -> JSONValue in
                [
                    "layer": .string(result.layer), "sizes": .string(result.sizes.description),
                    "usual": .string(result.usual.rawValue), "fastest": .string(result.fastest.rawValue),
                    "gain": .double(result.gain),
                ]
            }
            let whole: JSONValue = ["file": .string(TunedConvolutions.path), "convolutions": .array(rows)]
            try console.output.line(whole.text())
            return .done
        }
        var table = TextTable([.left("convolution"), .left("usual"), .left("fastest here"), .right("gain")])
        for result in results {
            table.add(
                result.sizes.description, result.usual.rawValue,
                result.fastest == result.usual ? "" : result.fastest.rawValue,
                result.fastest == result.usual ? "" : fixed(result.gain, 2))
        }
        try console.output.write(table.render())
        try console.output.line(
            "kept in \(printable(TunedConvolutions.path)); used where FERMUSIC_TUNED=1, since other ways round otherwise"
        )
        return .done
    }
}
