import NeuralNet

/// What `keras.applications.ResNet50V2(weights=None, input_shape=..., classes=...)` makes, with the same names, so that
/// its weights move to and from Keras: bottlenecks that normalise before each convolution, the stride in a stage's last
/// block, global average pooling and one dense layer; 23,564,800 parameters without the dense layer for RGB.
///
/// Source: K. He et al., "Identity Mappings in Deep Residual Networks", 2016; Keras's `applications/resnet.py`.
enum ResNet50V2 {
    private static let epsilon: Float = 1.001e-5
    /// Filters, blocks and stride of each stage.
    private static let stages = [(64, 3, 2), (128, 4, 2), (256, 6, 2), (512, 3, 1)]

    static func make(_ options: NetworkOptions, seed: UInt64) throws -> Model {
        try options.refuseWidths(.resnet50v2)
        let rates = try options.blockDropout(stages.count, default: [0, 0, 0, 0], of: .resnet50v2)
        let input = Input(options.input)
        var x = ZeroPadding2D(3, name: "conv1_pad")(input)
        x = Conv2D(64, kernelSize: 7, strides: 2, name: "conv1_conv")(x)
        x = ZeroPadding2D(1, name: "pool1_pad")(x)
        x = MaxPool2D(3, strides: 2, name: "pool1_pool")(x)
        for (index, (filters, blocks, stride)) in stages.enumerated() {
            let stage = "conv\(index + 2)"
            for block in 1...blocks {
                x = bottleneck(
                    x, filters: filters, stride: block == blocks ? stride : 1, widens: block == 1,
                    name: "\(stage)_block\(block)")
            }
            x = dropout(rates[index]).reduce(x) { $1($0) }
        }
        x = normalized(x, name: "post")
        x = GlobalAveragePool2D(name: "avg_pool")(x)
        x = dropout(options.headDropout ?? 0).reduce(x) { $1($0) }
        let output = Dense(options.classes, activation: .softmax, name: "predictions")(x)
        return try Model(inputs: input, outputs: output, name: "resnet50v2", seed: seed)
    }

    private static func normalized(_ x: SymbolicTensor, name: String) -> SymbolicTensor {
        ActivationLayer(.relu, name: "\(name)_relu")(BatchNormalization(epsilon: epsilon, name: "\(name)_bn")(x))
    }

    /// The shortcut is a convolution where the stage widens, else the input, thinned out where the block has a stride.
    private static func bottleneck(
        _ x: SymbolicTensor, filters: Int, stride: Int, widens: Bool, name: String
    ) -> SymbolicTensor {
        let before = normalized(x, name: "\(name)_preact")
        var shortcut = x
        if widens {
            shortcut = Conv2D(4 * filters, kernelSize: 1, strides: stride, name: "\(name)_0_conv")(before)
        } else if stride > 1 {
            shortcut = MaxPool2D(1, strides: stride)(x)
        }
        var y = Conv2D(filters, kernelSize: 1, usesBias: false, name: "\(name)_1_conv")(before)
        y = normalized(y, name: "\(name)_1")
        y = ZeroPadding2D(1, name: "\(name)_2_pad")(y)
        y = Conv2D(filters, kernelSize: 3, strides: stride, usesBias: false, name: "\(name)_2_conv")(y)
        y = normalized(y, name: "\(name)_2")
        y = Conv2D(4 * filters, kernelSize: 1, name: "\(name)_3_conv")(y)
        return Add(name: "\(name)_out")(shortcut, y)
    }
}
