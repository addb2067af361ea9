import NeuralNet
import Testing

/// The general check (gradients, threads, partial batches, files) for layers whose values come from Keras elsewhere.
@Suite struct LayerTableTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var layer: any Layer
        var inputs: [Shape]
        var output: Shape
        var hasKinks: Bool
        var testDescription: String { "\(type(of: layer).className) \(inputs)" }

        init(_ layer: any Layer, _ inputs: Shape..., output: Shape, hasKinks: Bool = false) {
            self.layer = layer
            self.inputs = inputs
            self.output = output
            self.hasKinks = hasKinks
        }
    }

    static let cases: [Case] = [
        Case(Softmax(axis: 1), [3, 4, 2], output: [3, 4, 2]),
        Case(Softmax(axis: -1), [3, 5], output: [3, 5]),
        Case(Softmax(axes: [1, 3]), [3, 4, 2], output: [3, 4, 2]),
        Case(Permute([3, 1, 2]), [3, 4, 2], output: [2, 3, 4]),
        Case(Permute([2, 1, 3]), [3, 4, 2], output: [4, 3, 2]),
        Case(Permute([1]), [5], output: [5]),
        Case(Add(), [3, 4, 5], [5], output: [3, 4, 5]),
        Case(Subtract(), [3, 1, 5], [3, 4, 1], output: [3, 4, 5]),
        Case(Multiply(), [6, 7, 5], [1, 1, 5], output: [6, 7, 5]),
        Case(Multiply(), [3, 4, 1], [3, 4, 5], [5], output: [3, 4, 5]),
        Case(Multiply(), [1], [1], output: [1]),
        Case(Average(), [3, 4], [3, 4], [4], output: [3, 4]),
        Case(Maximum(), [3, 4], [3, 1], output: [3, 4], hasKinks: true),
        Case(Minimum(), [3, 4], [3, 4], [4], output: [3, 4], hasKinks: true),
        Case(Dot(axes: (2, 1)), [3, 4], [4, 5], output: [3, 5]),
        Case(Dot(axes: -1), [6, 4], [5, 4], output: [6, 5]),
        Case(Dot(axes: 1), [4], [4], output: [1]),
        Case(Dot(axes: (2, 2)), [2, 4, 3], [2, 4, 5], output: [2, 3, 2, 5]),
        Case(LayerNormalization(), [3, 4, 19], output: [3, 4, 19]),
        Case(LayerNormalization(axis: [1, 3], center: false), [3, 4, 2], output: [3, 4, 2]),
        Case(RMSNormalization(), [3, 18], output: [3, 18]),
        Case(GroupNormalization(groups: 3), [3, 4, 6], output: [3, 4, 6]),
        Case(GroupNormalization(groups: -1, axis: 1), [6, 5], output: [6, 5]),
        Case(UnitNormalization(), [4, 18], output: [4, 18]),
        Case(UnitNormalization(axis: [1]), [4, 3], output: [4, 3]),
        Case(Normalization(), [4, 3], output: [4, 3]),
        Case(Normalization(axis: []), [4, 3], output: [4, 3]),
        Case(Normalization(axis: [1], invert: true), [4, 3], output: [4, 3]),
        Case(Normalization(statistics: (mean: [1, 2], variance: [2])), [4, 2], output: [4, 2]),
        Case(Cropping2D(top: 1, bottom: 0, left: 2, right: 1), [4, 6, 2], output: [3, 3, 2]),
        Case(UpSampling2D(2), [3, 4, 2], output: [6, 8, 2]),
        Case(UpSampling2D(size: (1, 3), interpolation: .bilinear), [3, 4, 2], output: [3, 12, 2]),
        Case(Resizing(height: 5, width: 3), [4, 7, 2], output: [5, 3, 2]),
        Case(Resizing(height: 2, width: 3, interpolation: .bicubic, fit: .pad), [4, 9, 2], output: [2, 3, 2]),
        Case(Resizing(height: 4, width: 4, interpolation: .nearest, fit: .crop), [3, 9, 1], output: [4, 4, 1]),
        Case(CenterCrop(height: 3, width: 2), [4, 6, 2], output: [3, 2, 2]),
        Case(Conv2D(6, kernelSize: 3, padding: .same, groups: 2), [4, 5, 4], output: [4, 5, 6]),
        Case(Conv2D(8, kernelSize: 3, strides: 2, groups: 4), [5, 6, 4], output: [2, 2, 8]),
        Case(Conv2D(32, kernelSize: 1, groups: 2, activation: .relu), [2, 3, 64], output: [2, 3, 32], hasKinks: true),
        Case(Conv2DTranspose(3, kernelSize: 3, strides: 2), [3, 4, 2], output: [7, 9, 3]),
        Case(Conv2DTranspose(3, kernelSize: 2, strides: 2, padding: .same), [3, 4, 20], output: [6, 8, 3]),
        Case(Conv1D(4, kernelSize: 3), [7, 3], output: [5, 4]),
        Case(Conv1D(4, kernelSize: 3, isCausal: true, dilationRate: 2), [7, 3], output: [7, 4]),
        Case(Conv1D(16, kernelSize: 3, padding: .same, activation: .relu), [9, 16], output: [9, 16], hasKinks: true),
        Case(DepthwiseConv1D(kernelSize: 3), [7, 3], output: [5, 3]),
        Case(SeparableConv1D(4, kernelSize: 3), [7, 3], output: [5, 4]),
        Case(Conv1DTranspose(4, kernelSize: 3, strides: 2), [4, 3], output: [9, 4]),
        Case(MaxPool1D(2), [7, 3], output: [3, 3], hasKinks: true),
        Case(AveragePool1D(2, strides: 1), [7, 3], output: [6, 3]),
        Case(GlobalAveragePool1D(), [7, 3], output: [3]),
        Case(GlobalMaxPool1D(), [7, 3], output: [3], hasKinks: true),
        Case(ZeroPadding1D(left: 2, right: 0), [4, 3], output: [6, 3]),
        Case(Cropping1D(left: 2, right: 0), [4, 3], output: [2, 3]),
        Case(UpSampling1D(2), [4, 3], output: [8, 3]),
        Case(LayerScale(3, initialValue: 0.5), [4, 3], output: [4, 3]),
        Case(SimpleRNN(3), [4, 5], output: [3]),
        Case(LSTM(3, returnsSequences: true), [4, 5], output: [4, 3]),
        Case(LSTM(17, goesBackwards: true), [3, 33], output: [17]),
        Case(GRU(3), [4, 5], output: [3]),
        Case(GRU(3, returnsSequences: true, resetAfter: false), [4, 5], output: [4, 3]),
        Case(Bidirectional(LSTM(3)), [4, 5], output: [6]),
        Case(Bidirectional(GRU(2, returnsSequences: true)), [4, 5], output: [4, 4]),
        Case(TimeDistributed(Conv2D(2, kernelSize: 3, activation: .tanh)), [2, 5, 4, 3], output: [2, 3, 2, 2]),
        Case(MultiHeadAttention(heads: 2, keyDimension: 3), [4, 6], [5, 6], output: [4, 6]),
        Case(
            MultiHeadAttention(heads: 2, keyDimension: 3, valueDimension: 5, outputDimension: 2), [4, 6], [3, 6],
            [3, 1],
            output: [4, 2]),
        Case(RepeatVector(3), [4], output: [3, 4]),
    ]

    @Test(arguments: LayerTableTests.cases)
    func check(_ item: Case) throws {
        let inputs = item.inputs.map { Input($0) }
        let model = try Model(inputs: inputs, outputs: [item.layer(inputs)], seed: 7)
        try checkModel(model, outputs: [item.output], options: ModelCheck(hasKinks: item.hasKinks))
    }
}
