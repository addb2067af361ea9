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

    var isPadded: Bool { padTop + padLeft + padBottom + padRight > 0 }
    var inputCount: Int { height * width * channels }
    var outputPixels: Int { outputHeight * outputWidth }
    var taps: Int { kernelHeight * kernelWidth }
}
