import NeuralNet
import Testing

/// One pool to check.
struct PoolCase: Sendable, CustomTestStringConvertible {
    var input: Shape
    var size: (Int, Int)
    var strides: (Int, Int)?
    var padding = Padding.valid

    var testDescription: String { "\(input), pool \(size), strides \(strides ?? size), \(padding)" }
    var window: ReferenceWindow {
        ReferenceWindow(input: input, kernel: size, strides: strides ?? size, padding: padding)
    }
    var output: Shape { [window.output.height, window.output.width, input[2]] }

    static let all = [
        PoolCase(input: [8, 8, 3], size: (2, 2)),
        PoolCase(input: [9, 7, 5], size: (2, 2)),
        PoolCase(input: [9, 7, 5], size: (2, 2), padding: .same),
        PoolCase(input: [7, 8, 2], size: (3, 3), strides: (1, 1)),
        PoolCase(input: [7, 8, 2], size: (3, 3), strides: (2, 2)),
        PoolCase(input: [8, 7, 2], size: (3, 3), strides: (2, 2), padding: .same),
        PoolCase(input: [5, 9, 17], size: (2, 4), strides: (3, 1), padding: .same),
        PoolCase(input: [6, 6, 1], size: (1, 1), strides: (2, 2)),
        PoolCase(input: [2, 3, 4], size: (5, 5), strides: (1, 1), padding: .same),
        PoolCase(input: [16, 16, 1], size: (16, 16)),
        PoolCase(input: [4, 4, 16], size: (4, 4)),
    ]
}

@Suite struct PoolingTests {
    @Test(arguments: PoolCase.all)
    func maximum(_ item: PoolCase) throws {
        try checkLayer(
            MaxPool2D(poolSize: item.size, strides: item.strides, padding: item.padding), input: item.input,
            output: item.output,
            options: ModelCheck(hasKinks: true) { x, _, count in item.window.maximum(x[0], count) })
    }

    /// Below zero, so that padding counted as zero would win.
    @Test(arguments: PoolCase.all)
    func maximumOfNegatives(_ item: PoolCase) throws {
        try checkLayer(
            MaxPool2D(poolSize: item.size, strides: item.strides, padding: item.padding), input: item.input,
            output: item.output,
            options: ModelCheck(hasKinks: true, inputRange: -3 ... -1) { x, _, count in
                item.window.maximum(x[0], count)
            })
    }

    @Test func equalMaximaGiveTheGradientToTheFirst() throws {
        let runner = try Runner(Model(input: [2, 4, 1]) { MaxPool2D(2) }, batch: 1)
        let results = runner.run([[1, 1, 0, 2, 1, 1, 2, 2]], upstream: [[5, 7]], count: 1)
        #expect(results.outputs == [[1, 2]])
        #expect(results.inputGradients == [[5, 0, 0, 7, 0, 0, 0, 0]])
    }

    @Test(arguments: PoolCase.all)
    func average(_ item: PoolCase) throws {
        try checkLayer(
            AveragePool2D(poolSize: item.size, strides: item.strides, padding: item.padding), input: item.input,
            output: item.output, options: ModelCheck(step: 0.25) { x, _, count in item.window.mean(x[0], count) })
    }

    @Test(arguments: [[1, 1, 1], [5, 7, 3], [3, 2, 33]] as [Shape])
    func global(_ input: Shape) throws {
        let window = ReferenceWindow(input: input, kernel: (input[0], input[1]))
        for keeps in [false, true] {
            let output = keeps ? [1, 1, input[2]] : [input[2]]
            try checkLayer(
                GlobalAveragePool2D(keepsDimensions: keeps), input: input, output: output,
                options: ModelCheck(step: 0.25) { x, _, count in window.mean(x[0], count) })
            try checkLayer(
                GlobalMaxPool2D(keepsDimensions: keeps), input: input, output: output,
                options: ModelCheck(hasKinks: true) { x, _, count in window.maximum(x[0], count) })
        }
    }
}
