import NeuralNet
import Testing

/// The general check (gradients, threads, partial batches, files) for layers whose values come from Keras elsewhere.
@Suite struct LayerTableTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var layer: any Layer
        var inputs: [Shape]
        var output: Shape
        var options: ModelCheck
        var testDescription: String { "\(type(of: layer).className) \(inputs)" }

        init(_ layer: any Layer, _ inputs: Shape..., output: Shape, options: ModelCheck = ModelCheck()) {
            self.layer = layer
            self.inputs = inputs
            self.output = output
            self.options = options
        }
    }

    static let cases: [Case] = [
        Case(Softmax(axis: 1), [3, 4, 2], output: [3, 4, 2]),
        Case(Softmax(axis: -1), [3, 5], output: [3, 5]),
        Case(Softmax(axes: [1, 3]), [3, 4, 2], output: [3, 4, 2]),
        Case(Permute([3, 1, 2]), [3, 4, 2], output: [2, 3, 4]),
        Case(Permute([2, 1, 3]), [3, 4, 2], output: [4, 3, 2]),
        Case(Permute([1]), [5], output: [5]),
    ]

    @Test(arguments: LayerTableTests.cases)
    func check(_ item: Case) throws {
        let inputs = item.inputs.map { Input($0) }
        let model = try Model(inputs: inputs, outputs: [item.layer(inputs)], seed: 7)
        try checkModel(model, outputs: [item.output], options: item.options)
    }
}
