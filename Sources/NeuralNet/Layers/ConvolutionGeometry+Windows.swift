import CKernels
import Glibc

/// Windows of an image as rows of a matrix, `[outputPixels, taps * channels]`, and back.
extension ConvolutionGeometry {
    /// Whether the image already is the matrix.
    var isPointwise: Bool { taps == 1 && strideHeight == 1 && strideWidth == 1 }

    /// Writes what each window covers; outside the image are zeros.
    func writeWindows(of image: UnsafePointer<Float>, to matrix: UnsafeMutablePointer<Float>) {
        var row = matrix
        forEachTap { place in
            if let place {
                row.update(from: image + place, count: channels)
            } else {
                row.update(repeating: 0, count: channels)
            }
            row += channels
        }
    }

    /// Writes for each value of the image the sum of all that windows say about it.
    func addWindows(_ matrix: UnsafePointer<Float>, to image: UnsafeMutablePointer<Float>) {
        memset(image, 0, inputCount * MemoryLayout<Float>.stride)
        var row = matrix
        forEachTap { place in
            if let place { fm_add(image + place, row, channels) }
            row += channels
        }
    }

    /// Calls `body` for each output pixel and tap, in order, with where the tap's channels start; nil outside.
    @inline(__always)
    private func forEachTap(_ body: (Int?) -> Void) {
        for h in 0..<outputHeight {
            for w in 0..<outputWidth {
                for i in 0..<kernelHeight {
                    let r = h * strideHeight + i * dilationHeight - padTop
                    for j in 0..<kernelWidth {
                        let q = w * strideWidth + j * dilationWidth - padLeft
                        let isInside = r >= 0 && r < height && q >= 0 && q < width
                        body(isInside ? (r * width + q) * channels : nil)
                    }
                }
            }
        }
    }
}
