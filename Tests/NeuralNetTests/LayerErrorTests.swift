import NeuralNet
import Testing

/// What is said when layers do not fit, word for word.
@Suite struct LayerErrorTests {
    /// Layers after an input, and the message they must give.
    struct Case: Sendable {
        var input: Shape
        var layers: [any Layer]
        var message: String

        init(_ input: Shape, _ layers: any Layer..., message: String) {
            self.input = input
            self.layers = layers
            self.message = message
        }
    }

    private static func message(_ body: () throws -> Void) -> String { KerasFixtures.message(body) }

    @Test(arguments: [
        Case(
            [4], Conv2D(8, kernelSize: 3),
            message: "Conv2D 'conv2d': input must be [height, width, channels], received [4]"),
        Case(
            [4, 4], Conv2D(8, kernelSize: 3, name: "c"),
            message: "Conv2D 'c': input must be [height, width, channels], received [4, 4]"),
        Case([4, 4, 1], Conv2D(0, kernelSize: 3), message: "Conv2D 'conv2d': filters must be positive, received 0"),
        Case(
            [4, 4, 1], Conv2D(1, kernelSize: 0),
            message: "Conv2D 'conv2d': kernelSize must be positive, received (0, 0)"),
        Case(
            [4, 4, 1], Conv2D(1, kernelSize: 3, strides: -1),
            message: "Conv2D 'conv2d': strides must be positive, received (-1, -1)"),
        Case(
            [4, 4, 1], Conv2D(1, kernelSize: 3, dilationRate: 0),
            message: "Conv2D 'conv2d': dilationRate must be positive, received (0, 0)"),
        Case(
            [4, 4, 1], Conv2D(1, kernelSize: 5),
            message: "Conv2D 'conv2d': input must be at least as large as the 5x5 window, received [4, 4, 1]"),
        Case(
            [8, 8, 3], Conv2D(4, kernelSize: 3), Conv2D(4, kernelSize: 7),
            message: "Conv2D 'conv2d_1': input must be at least as large as the 7x7 window, received [6, 6, 4]"),
        Case(
            [4, 4, 1], DepthwiseConv2D(kernelSize: 3, depthMultiplier: 0),
            message: "DepthwiseConv2D 'depthwise_conv2d': depthMultiplier must be positive, received 0"),
        Case(
            [9], DepthwiseConv2D(kernelSize: 3),
            message: "DepthwiseConv2D 'depthwise_conv2d': input must be [height, width, channels], received [9]"),
        Case(
            [4, 4, 1], SeparableConv2D(-2, kernelSize: 3),
            message: "SeparableConv2D 'separable_conv2d': filters must be positive, received -2"),
        Case(
            [2, 2, 1], SeparableConv2D(2, kernelSize: 3),
            message:
                "SeparableConv2D 'separable_conv2d': input must be at least as large as the 3x3 window, received [2, 2, 1]"
        ),
        Case([4], Dense(0), message: "Dense 'dense': units must be positive, received 0"),
        Case(
            [4, 4, 1], MaxPool2D(0),
            message: "MaxPooling2D 'max_pooling2d': poolSize must be positive with at most 256 places, received (0, 0)"),
        Case(
            [40, 40, 1], MaxPool2D(17),
            message:
                "MaxPooling2D 'max_pooling2d': poolSize must be positive with at most 256 places, received (17, 17)"),
        Case(
            [4, 4, 1], MaxPool2D(2, strides: 0),
            message: "MaxPooling2D 'max_pooling2d': strides must be positive, received (0, 0)"),
        Case(
            [1, 4, 1], MaxPool2D(2),
            message:
                "MaxPooling2D 'max_pooling2d': input must be at least as large as the 2x2 window, received [1, 4, 1]"),
        Case(
            [4, 4, 1], AveragePool2D(-1),
            message: "AveragePooling2D 'average_pooling2d': poolSize must be positive, received (-1, -1)"),
        Case(
            [4], GlobalAveragePool2D(),
            message:
                "GlobalAveragePooling2D 'global_average_pooling2d': input must be [height, width, channels], received [4]"
        ),
        Case(
            [4], GlobalMaxPool2D(),
            message: "GlobalMaxPooling2D 'global_max_pooling2d': input must be [height, width, channels], received [4]"),
        Case([4], Dropout(1), message: "Dropout 'dropout': rate must be in 0 ..< 1, received 1.0"),
        Case([4], Dropout(-0.5), message: "Dropout 'dropout': rate must be in 0 ..< 1, received -0.5"),
        Case([4], Dropout(.nan), message: "Dropout 'dropout': rate must be in 0 ..< 1, received nan"),
        Case(
            [4], BatchNormalization(momentum: 1.5),
            message: "BatchNormalization 'batch_normalization': momentum must be in 0...1, received 1.5"),
        Case(
            [4], BatchNormalization(epsilon: 0),
            message: "BatchNormalization 'batch_normalization': epsilon must be positive, received 0.0"),
        Case(
            [4, 5], Reshape([3, 7]),
            message: "Reshape 'reshape': input must be of as many elements as [3, 7], received [4, 5]"),
        Case(
            [4, 5], Reshape([3, -1]),
            message: "Reshape 'reshape': input must be of as many elements as [3, -1], received [4, 5]"),
        Case(
            [4], Reshape([-1, -1]),
            message: "Reshape 'reshape': targetShape must be positive sizes with at most one -1, received [-1, -1]"),
        Case(
            [4], Reshape([0]),
            message: "Reshape 'reshape': targetShape must be positive sizes with at most one -1, received [0]"),
        Case(
            [4, 4], PReLU(sharedAxes: [3]),
            message: "PReLU 'p_re_lu': sharedAxes must be axes of [4, 4], from 1, received [3]"),
        Case(
            [4, 4, 1], ZeroPadding2D(-1),
            message: "ZeroPadding2D 'zero_padding2d': padding must be not negative, received [-1, -1, -1, -1]"),
        Case(
            [4, 4], ZeroPadding2D(1),
            message: "ZeroPadding2D 'zero_padding2d': input must be [height, width, channels], received [4, 4]"),
        Case(
            [4, 4, 3], Rescaling([1, 2]),
            message: "Rescaling 'rescaling': scale must be one number or 3, received [1.0, 2.0]"),
        Case(
            [4, 1], Rescaling([1], offset: [1, 2]),
            message: "Rescaling 'rescaling': offset must be one number, received [1.0, 2.0]"),
        Case(
            [4, 5], Softmax(axis: 3),
            message: "Softmax 'softmax': axis must be axes of the input [4, 5] other than the batch, received 3"),
        Case(
            [4, 5], Softmax(axes: [2, -1]),
            message: "Softmax 'softmax': axis must be axes of the input [4, 5] other than the batch, received [2, -1]"
        ),
        Case(
            [4, 5], Permute([2, 2]),
            message: "Permute 'permute': dims must be the axes of [4, 5], from 1, received [2, 2]"),
        Case(
            [4], Add(),
            message:
                "Add 'add': input must be two or more tensors of one shape, or of sizes that are 1 where they differ, received [4]"
        ),
        Case(
            [4], Concatenate(),
            message:
                "Concatenate 'concatenate': input must be two or more tensors that differ in axis -1 only, received [4]"
        ),
        Case([4], RepeatVector(0), message: "RepeatVector 'repeat_vector': n must be positive, received 0"),
        Case(
            [4, 2], RepeatVector(3), message: "RepeatVector 'repeat_vector': input must be [features], received [4, 2]"),
        Case(
            [4], BatchNormalization(axis: 2),
            message:
                "BatchNormalization 'batch_normalization': axis must be axes of the input [4] other than the batch, received 2"
        ),
        Case(
            [4], LayerNormalization(axis: [0]),
            message:
                "LayerNormalization 'layer_normalization': axis must be axes of the input [4] other than the batch, received 0"
        ),
        Case(
            [4, 6], GroupNormalization(groups: 4),
            message:
                "GroupNormalization 'group_normalization': groups must be -1 or a divisor of 6 channels, received 4"),
        Case(
            [4, 6], Normalization(statistics: (mean: [1, 2], variance: [1])),
            message: "Normalization 'normalization': mean must be one number or 6, received [1.0, 2.0]"),
        Case(
            [4, 4, 1], Cropping2D(2),
            message: "Cropping2D 'cropping2d': input must be larger than what is cut off, 4x4, received [4, 4, 1]"),
        Case(
            [4, 4, 1], Cropping2D(-1),
            message: "Cropping2D 'cropping2d': cropping must be not negative, received [-1, -1, -1, -1]"),
        Case(
            [4, 4, 1], UpSampling2D(0), message: "UpSampling2D 'up_sampling2d': size must be positive, received (0, 0)"),
        Case(
            [4, 4, 1], Resizing(height: 0, width: 2),
            message: "Resizing 'resizing': size must be positive, received 0x2"),
        Case(
            [60000, 1, 1], Resizing(height: 1, width: 60000, fit: .pad),
            message: "model graph: Resizing 'resizing': a tensor of shape [60000, 3599999999, 1] is too large, "
                + "more than 268435456 elements"),
        Case(
            [4], CenterCrop(height: 1, width: 1),
            message: "CenterCrop 'center_crop': input must be [height, width, channels], received [4]"),
        Case(
            [4, 4, 6], Conv2D(4, kernelSize: 1, groups: 3),
            message: "Conv2D 'conv2d': groups must be a divisor of 6 channels and 4 filters, received 3"),
        Case(
            [4, 4, 6], Conv2D(4, kernelSize: 1, groups: 0),
            message: "Conv2D 'conv2d': groups must be a divisor of 6 channels and 4 filters, received 0"),
        Case(
            [4], Conv2DTranspose(2, kernelSize: 2),
            message: "Conv2DTranspose 'conv2d_transpose': input must be [height, width, channels], received [4]"),
        Case(
            [4, 4, 1], Conv2DTranspose(2, kernelSize: (2, 2), strides: (2, 2), outputPadding: (2, 0)),
            message: "Conv2DTranspose 'conv2d_transpose': outputPadding must be less than the strides (2, 2), "
                + "received (2, 0)"),
        Case(
            [4], Conv1D(2, kernelSize: 2), message: "Conv1D 'conv1d': input must be [steps, channels], received [4]"),
        Case(
            [4, 2], Conv1D(2, kernelSize: 5),
            message: "Conv1D 'conv1d': input must be at least as large as the 1x5 window, received [4, 2]"),
        Case(
            [4, 2], MaxPool1D(0),
            message:
                "MaxPooling1D 'max_pooling1d': poolSize must be positive with at most 256 places, received (1, 0)"),
        Case(
            [4, 6], LayerScale(5),
            message: "LayerScale 'layer_scale': input must be of 5 channels, received [4, 6]"),
        Case(
            [4], StochasticDepth(1),
            message: "StochasticDepth 'stochastic_depth': rate must be in 0 ..< 1, received 1.0"),
        Case(
            [4, 6], Dropout(0.5, noiseShape: [1, nil, 1]),
            message:
                "Dropout 'dropout': noiseShape must be nil for the batch, then nil, 1 or the size for each axis of "
                + #"[4, 6], received ["1", "nil", "1"]"#),
        Case([4], LSTM(3), message: "LSTM 'lstm': input must be [steps, features], received [4]"),
        Case([4, 2], GRU(0), message: "GRU 'gru': units must be positive, received 0"),
        Case(
            [4, 2], LSTM(3, function: .swish),
            message: "LSTM 'lstm': activation must be one whose slope follows from its value, received silu"),
        Case(
            [4, 2], Bidirectional(Dense(3)),
            message: "Bidirectional 'bidirectional': layer must be an LSTM, a GRU or a SimpleRNN, received Dense"),
        Case(
            [4], TimeDistributed(Dense(3)),
            message: "TimeDistributed 'time_distributed': input must be [steps, ...], received [4]"),
        Case(
            [4], Embedding(0, 3), message: "Embedding 'embedding': inputDimension must be in 1...16777216, received 0"),
        Case([0], Dense(1), message: "InputLayer 'input_layer': shape must be positive sizes, received [0]"),
        Case([4, 4, 1], Dense(1, name: "a"), Dense(1, name: "a"), message: "model graph: two layers are named 'a'"),
        Case(
            [1 << 20], Dense(1 << 20),
            message:
                "model graph: Dense 'dense': a tensor of shape [1048576, 1048576] is too large, more than 268435456 elements"
        ),
    ])
    func chains(_ item: Case) {
        #expect(Self.message { _ = try Model(input: item.input, layers: item.layers) } == item.message)
    }

    @Test func graphs() {
        let a = Input([2, 3]), b = Input([2, 4]), c = Input([5])
        let table: [(SymbolicTensor, String)] = [
            (
                MultiHeadAttention(heads: 2, keyDimension: 3)(a),
                "MultiHeadAttention 'multi_head_attention': input must be query, value and perhaps key, each "
                    + "[steps, features], received [2, 3]"
            ),
            (
                MultiHeadAttention(heads: 0, keyDimension: 3)(a, b),
                "MultiHeadAttention 'multi_head_attention': heads must be positive, received 0"
            ),
            (Dot(axes: 1)(a), "Dot 'dot': input must be two tensors, received [2, 3]"),
            (
                Dot(axes: 2)(a, b),
                "Dot 'dot': input must be two tensors of one size on axes 2 and 2, received [2, 3], [2, 4]"
            ),
            (
                Dot(axes: (2, 0))(a, b),
                "Dot 'dot': axes must be axes of the input [2, 4] other than the batch, received 0"
            ),
            (
                Subtract()(a, a, a),
                "Subtract 'subtract': input must be two tensors of one shape, or of sizes that are 1 where they differ, "
                    + "received [2, 3], [2, 3], [2, 3]"
            ),
            (
                Add()(a, b),
                "Add 'add': input must be two or more tensors of one shape, or of sizes that are 1 where they differ, received [2, 3], [2, 4]"
            ),
            (
                Multiply()(a, c),
                "Multiply 'multiply': input must be two or more tensors of one shape, or of sizes that are 1 where they differ, received [2, 3], [5]"
            ),
            (
                Concatenate(axis: 1)(a, b),
                "Concatenate 'concatenate': input must be two or more tensors that differ in axis 1 only, received [2, 3], [2, 4]"
            ),
            (
                Concatenate(axis: 0)(a, b),
                "Concatenate 'concatenate': axis must be an axis of the inputs other than the batch, received 0"
            ),
            (
                Concatenate(axis: 3)(a, b),
                "Concatenate 'concatenate': axis must be an axis of the inputs other than the batch, received 3"
            ),
            (
                Concatenate(axis: -3)(a, b),
                "Concatenate 'concatenate': axis must be an axis of the inputs other than the batch, received -3"
            ),
            (Dense(2)(a, b), "Dense 'dense': input must be one tensor, received [2, 3], [2, 4]"),
            (Dense(2)([]), "Dense 'dense': input must be one tensor, received "),
            (Dense(2)(Input([7])), "model graph: a layer uses an input that is not among the model's inputs"),
        ]
        for (output, message) in table {
            #expect(Self.message { _ = try Model(inputs: [a, b, c], outputs: [output]) } == message)
        }
        #expect(
            Self.message { _ = try Model(inputs: [a], outputs: []) }
                == "model graph: needs at least one input and one output")
        #expect(
            Self.message { _ = try Model(inputs: [], outputs: [a]) }
                == "model graph: a layer uses an input that is not among the model's inputs")
        #expect(
            Self.message { _ = try Model(inputs: [Dense(1)(a)], outputs: [a]) }
                == "model graph: an input must come from Input(...)")
    }

    @Test func descriptions() {
        let table: [(NeuralNetError, String)] = [
            (.incompatibleData(expected: "7 classes", received: "6"), "data: expected 7 classes, received 6"),
            (.notFinite(quantity: "the loss", step: 12), "the loss is not a finite number at step 12"),
            (.file(path: "a.h5", place: "layer 'x'", reason: "missing"), "a.h5: layer 'x': missing"),
            (.file(path: "a.h5", place: nil, reason: "missing"), "a.h5: missing"),
        ]
        for (error, text) in table { #expect(error.description == text) }
    }
}
