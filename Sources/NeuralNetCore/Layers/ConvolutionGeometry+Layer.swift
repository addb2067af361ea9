extension ConvolutionGeometry {
    /// Throws `NeuralNetError.incompatibleShape` if the window is larger than the padded image.
    init(
        layer: String, height: Int, width: Int, channels: Int, kernel: (Int, Int), strides: (Int, Int),
        dilation: (Int, Int) = (1, 1), padding: Padding
    ) throws {
        func axis(_ size: Int, _ kernel: Int, _ stride: Int, _ dilation: Int) -> (out: Int, before: Int, after: Int) {
            let extent = (kernel - 1) * dilation + 1
            switch padding {
            case .valid: return (size < extent ? 0 : (size - extent) / stride + 1, 0, 0)
            case .same:
                let out = (size + stride - 1) / stride
                let total = max(0, (out - 1) * stride + extent - size)
                return (out, total / 2, total - total / 2)
            }
        }
        let vertical = axis(height, kernel.0, strides.0, dilation.0)
        let horizontal = axis(width, kernel.1, strides.1, dilation.1)
        guard vertical.out > 0, horizontal.out > 0 else {
            throw NeuralNetError.incompatibleShape(
                layer: layer, expected: "at least as large as the \(kernel.0)x\(kernel.1) window",
                received: [[height, width, channels]])
        }
        self.init(
            height: height, width: width, channels: channels, kernelHeight: kernel.0, kernelWidth: kernel.1,
            strideHeight: strides.0, strideWidth: strides.1, dilationHeight: dilation.0, dilationWidth: dilation.1,
            outputHeight: vertical.out, outputWidth: horizontal.out, padTop: vertical.before,
            padLeft: horizontal.before, padBottom: vertical.after, padRight: horizontal.after)
    }
}
