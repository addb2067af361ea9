/// How the border of an image is treated by a window that slides over it.
public enum Padding: String, Sendable {
    /// Only whole windows: the output is smaller.
    case valid
    /// Zeros around the image, so that stride 1 keeps its size. As in TensorFlow, an odd number of padding
    /// rows puts the extra one at the bottom and right.
    case same
}

/// A window sliding over an image: sizes before and after, and where each window starts.
struct ConvolutionGeometry: Sendable, Equatable {
    var height: Int
    var width: Int
    var channels: Int
    var kernelHeight: Int
    var kernelWidth: Int
    var strideHeight: Int
    var strideWidth: Int
    var dilationHeight: Int
    var dilationWidth: Int
    var outputHeight: Int
    var outputWidth: Int
    var padTop: Int
    var padLeft: Int
    var padBottom: Int
    var padRight: Int

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
        self.height = height
        self.width = width
        self.channels = channels
        (kernelHeight, kernelWidth) = kernel
        (strideHeight, strideWidth) = strides
        (dilationHeight, dilationWidth) = dilation
        (outputHeight, padTop, padBottom) = vertical
        (outputWidth, padLeft, padRight) = horizontal
    }

    var isPadded: Bool { padTop + padLeft + padBottom + padRight > 0 }
    var inputCount: Int { height * width * channels }
    var outputPixels: Int { outputHeight * outputWidth }
    var taps: Int { kernelHeight * kernelWidth }
}
