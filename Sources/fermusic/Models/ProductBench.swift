import Glibc
import JSON
import NeuralNet
import Terminal

/// `fermusic bench --products`: the matrix product beside OpenBLAS's.
enum ProductBench {
    static func run(_ a: Arguments, _ console: Console) throws -> ExitCode {
        let other = try OpenBLAS.load()
        let rounds = max(3, Int(a[BenchCommand.seconds] * 10))
        var results: [MatrixComparison.Result] = []
        for product in MatrixComparison.products {
            results.append(MatrixComparison.measure(product, against: other, rounds: rounds))
        }
        let mean = exp(results.reduce(0) { $0 + log($1.ratio) } / Double(results.count))
        if a[SharedOptions.json] {
            let rows = results.map { result -> JSONValue in
                let p = result.product
                return [
                    "use": .string(p.use), "order": .string(p.order), "m": .int(p.m), "n": .int(p.n), "k": .int(p.k),
                    "gflops": .double(result.gigaflops), "openBLASGflops": .double(result.other),
                    "ratio": .double(result.ratio),
                ]
            }
            let whole: JSONValue = [
                "instructionSet": .string(InstructionSet.current), "openBLASCore": .string(other.coreName),
                "meanRatio": .double(mean), "products": .array(rows),
            ]
            try console.output.line(whole.text())
            return .done
        }
        var table = TextTable([
            .left("product"), .left("order"), .right("m"), .right("n"), .right("k"), .right("GFLOP/s"),
            .right("OpenBLAS"), .right("ratio"),
        ])
        for result in results {
            let p = result.product
            table.add(
                p.use, p.order, "\(p.m)", "\(p.n)", "\(p.k)", fixed(result.gigaflops, 1), fixed(result.other, 1),
                fixed(result.ratio, 2))
        }
        try console.output.write(table.render())
        let least = results.map(\.ratio).min() ?? .nan
        try console.output.line(
            "\(InstructionSet.current) against OpenBLAS for \(other.coreName), one thread: "
                + "\(fixed(mean, 2)) times as fast in the geometric mean, \(fixed(least, 2)) at least")
        return .done
    }
}
